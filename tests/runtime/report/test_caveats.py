"""What a reader must know first."""

from msgspec.structs import replace

from aipu.runtime.report.caveats import caveats
from aipu.runtime.report.figures import Figures


def test_nothing_to_say(small_figures: Figures) -> None:
    assert list(caveats(small_figures)) == []


def test_noise_and_random_weights(small_figures: Figures) -> None:
    changed = replace(small_figures, calibration="noise", weights="random")
    noise, weights = caveats(changed)
    assert "the scales come from noise" in noise
    assert "random weights" in weights
