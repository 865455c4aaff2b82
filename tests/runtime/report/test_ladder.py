"""Rows of a verification by layer, and their count."""

from aipu.runtime.building.verify import Row
from aipu.runtime.figures.figures import Figures
from aipu.runtime.report.ladder import ladder

LEVELS = ("tile", "aipu", "binary")


def rows(small_figures: Figures, *different: tuple[str, str]) -> list[Row]:
    """All layers equal at all levels but for some."""
    return [
        Row(layer.name, level, (layer.name, level) not in different, 0.5, 6.0)
        for level in LEVELS
        for layer in small_figures.layers
    ]


def test_all_are_exact(small_figures: Figures) -> None:
    found = ladder(rows(small_figures), small_figures)
    assert found.exact
    assert found.verdict == "4 of 4 layers bit-exact, and 3 of 3 other launches"


def test_one_level_is_enough_to_differ(small_figures: Figures) -> None:
    different = ("second", "aipu"), ("sum", "binary"), ("sum", "tile")
    found = ladder(rows(small_figures, *different), small_figures)
    assert not found.exact
    assert found.verdict == "3 of 4 layers bit-exact, and 2 of 3 other launches"
    second = next(rung for rung in found.rungs if rung.name == "second")
    assert dict(second.equal) == {"tile": True, "aipu": False, "binary": True}


def test_layers_are_in_order(small_figures: Figures) -> None:
    found = ladder(rows(small_figures), small_figures)
    names = [layer.name for layer in small_figures.layers]
    assert [rung.name for rung in found.rungs] == names
