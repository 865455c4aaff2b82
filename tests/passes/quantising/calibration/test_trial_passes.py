"""Ranges are tried with the passes that quantise in earnest."""

from aipu.passes.pipelines import INTEGERS, PREPARE
from aipu.passes.quantising.trial_passes import narrowing, quantising

CHANGE_NO_NUMBERS = {
    "judge-scales": "it only warns",
    "name-reals": "names",
    "share-constants": "the same constants by other names",
    "outline-segments": "the same operators in functions",
    "name-operators": "names",
}


def test_a_trial_runs_what_comes_after_the_choice() -> None:
    names = [line.text for line in (*PREPARE, *INTEGERS)]
    later = names[names.index("choose-ranges") + 1 :]
    tried = [narrowing("aipu"), *quantising("aipu")]
    assert [each.name for each in tried] == [
        name for name in later if name not in CHANGE_NO_NUMBERS
    ]
