"""What a reader must know first."""

from msgspec.structs import replace

from aipu.runtime.figures.figures import Figures
from aipu.runtime.report.caveats import caveats


def test_nothing_to_say(small_figures: Figures) -> None:
    assert list(caveats(small_figures)) == []


def test_random_weights_and_what_the_build_found(small_figures: Figures) -> None:
    changed = replace(small_figures, weights="random", warnings=["no data"])
    weights, warning = caveats(changed)
    assert "random weights" in weights
    assert warning == "no data"
