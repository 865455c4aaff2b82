"""What lives where and when."""

from itertools import combinations, pairwise

import pytest

from aipu import compile
from aipu.dialects.aipu import Space
from aipu.runtime.building.package import Package
from aipu.runtime.figures.figures import Figures, figures
from aipu.runtime.report.memory_map import live_buffers, live_maps, sram_bytes
from aipu.runtime.simulator.lives import Life, alive
from aipu.tests.small_model import images, small_model


@pytest.fixture(scope="module", params=["layerwise", "packed", "dp"])
def scheduled(request: pytest.FixtureRequest) -> Package:
    return compile(small_model(), strategy=request.param, calibration=images(8))


def share_bytes(one: Life, other: Life) -> bool:
    """Whether some bytes are of both at one time."""
    together = one.start < other.end and other.start < one.end
    return together and (
        one.address < other.address + other.bytes
        and other.address < one.address + one.bytes
    )


def test_no_two_maps_are_in_one_place_at_one_time(scheduled: Package) -> None:
    maps = live_maps(list(scheduled.simulator.entries.values()))
    assert not any(share_bytes(*two) for two in combinations(maps, 2))


def test_every_map_of_the_binary_lives(package: Package) -> None:
    program = package.simulator.program
    maps = live_maps(list(package.simulator.entries.values()))
    names = {buffer.name for buffer in program.buffers if buffer.space is Space.DRAM}
    assert {each.name for each in maps} == names
    assert all(0 <= each.start < each.end <= package.profile.cycles for each in maps)


def test_a_map_lives_from_its_layer_to_its_last_reader(package: Package) -> None:
    maps = {m.name: m for m in live_maps(list(package.simulator.entries.values()))}
    layers = {layer.name: layer for layer in package.profile.entries[0].layers}
    assert maps["first"].start == layers["first"].start
    assert maps["first"].end == layers["sum"].start + layers["sum"].cycles


def test_the_peak_of_sram_is_that_of_the_report(
    package: Package, small_figures: Figures
) -> None:
    used = sram_bytes(list(package.simulator.entries.values()))
    assert set(used) == {layer.name for layer in small_figures.layers}
    assert max(used.values()) == small_figures.sram_peak_bytes


def test_every_buffer_on_chip_lives_where_the_binary_has_it(scheduled: Package) -> None:
    program = scheduled.simulator.program
    found = live_buffers(list(scheduled.simulator.entries.values()))
    names = {buffer.name for buffer in program.buffers if buffer.space is Space.SRAM}
    assert {life.name.partition("[")[0] for life in found} == names
    assert all(0 <= life.start < life.end <= scheduled.profile.cycles for life in found)
    peak = figures(scheduled.report).sram_peak_bytes
    assert max(life.address + life.bytes for life in found) == peak


def test_the_most_in_use_is_no_more_than_what_is_reserved(scheduled: Package) -> None:
    """Counted byte by byte, at every cycle at which something begins or ends."""
    found = figures(scheduled.report)
    lives = live_buffers(list(scheduled.simulator.entries.values()))
    counts: dict[int, int] = {}
    for cycle in {each for life in lives for each in (life.start, life.end)}:
        used = [life for life in lives if life.start <= cycle < life.end]
        counts[cycle] = len(
            {b for x in used for b in range(x.address, x.address + x.bytes)}
        )
    assert dict(alive(lives)) == counts
    assert max(counts.values()) == found.sram_live_bytes
    assert found.sram_live_bytes <= found.sram_peak_bytes
    assert all(one < other for (one, _), (other, _) in pairwise(alive(lives)))
