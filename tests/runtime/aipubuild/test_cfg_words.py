"""Remedies for who wrote a cfg, not a command."""

import re
from pathlib import Path

import pytest

from aipu.errors import AipuError
from aipu.runtime.aipubuild.cfg_words import WORDS, for_cfg, in_cfg_words

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "cut the graph before them: --output NAME",
            "cut the graph before them: output = NAME in [Parser]",
        ),
        (
            "cut the graph before them: --output a --output b:0 --output c",
            "cut the graph before them: output = a,b:0,c in [Parser]",
        ),
        (
            "name it among the inputs: --input a/b:0",
            "name it among the inputs: input = a/b:0 in [Parser]",
        ),
        (
            "add --shape x=1x3x224x224",
            "add input = x and input_shape = [1,3,224,224] in [Parser]",
        ),
        ("leave --random-weights out", "leave 'random-init' out"),
        (
            "or draw them: --random-weights SEED",
            "or draw them: random-init = true in [GBuilder]",
        ),
        ("give it --mean 1,2,3", "give it `aipu build ... --mean 1`,2,3"),
        ("nothing of the kind", "nothing of the kind"),
    ],
)
def test_options_become_keys(text: str, expected: str) -> None:
    assert in_cfg_words(text) == expected


def test_an_error_keeps_its_place() -> None:
    error = for_cfg(AipuError("m", place="node 'a'", remedy="add --batch 2"))
    assert str(error) == "node 'a': m\n  add the first extent of 'input_shape'"


def test_every_option_that_an_import_advises_has_a_key() -> None:
    """What has none is said to be an option of `aipu build`: not of these."""
    said = re.compile(r"remedy=.*?--([a-z][a-z-]*)")
    advised = {
        option
        for file in (ROOT / "frontends").rglob("*.py")
        for option in said.findall(file.read_text())
    }
    assert advised - {"fix"} <= set(WORDS)
    assert "input" in advised
