"""What a text of a later level has decided already, and nobody can ask for any more."""

from collections.abc import Collection, Iterable, Sequence

from ...errors import AipuError
from ...passes.authoring.places import HOST, MACHINE
from ...passes.registry import PASSES
from ...passes.running.pipeline import options_of
from .levels import PREPARED, QUANTISED, TILE


def refuse_settled(
    given: Collection[str], asked: Sequence[str], settings: Iterable[str]
) -> None:
    """Refuse options that the levels which a text gives have no use for.

    Args:
        given: the levels that are there with the text, from the first on.
        asked: the options that say who decides what runs when, and what for.
        settings: the options of the pipeline `quantise` that are asked for.

    Raises:
        AipuError: there is such an option.
    """
    late = options_of("integers", PASSES)
    settled = {
        PREPARED: [each for each in settings if each not in late],
        QUANTISED: [each for each in settings if each in late],
        TILE: asked,
    }
    for level, names in settled.items():
        if level in given and names:
            raise AipuError(
                f"the text has decided this, being of the level '{[*given][-1]}'",
                place=_as_typed(names[0]),
                remedy=f"change the text, or build from a level above '{level}'",
            )


def _as_typed(name: str) -> str:
    """An option of `aipu build`, or of its `--quantise`."""
    own = ("strategy", "goal", "budget", "seed", "without", HOST, MACHINE)
    return f"--{name}" if name in own else f"--quantise {name}"
