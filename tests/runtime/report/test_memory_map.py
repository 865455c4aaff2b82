"""What lives where and when."""

from aipu.dialects.aipu import Space
from aipu.runtime.building.package import Package
from aipu.runtime.figures.figures import Figures
from aipu.runtime.report.memory_map import live_maps, sram_bytes


def test_no_two_maps_are_in_one_place_at_one_time(package: Package) -> None:
    maps = live_maps(list(package.simulator.entries.values()))
    for number, one in enumerate(maps):
        for other in maps[:number]:
            together = one.start < other.end and other.start < one.end
            apart = (
                one.address + one.bytes <= other.address
                or other.address + other.bytes <= one.address
            )
            assert apart or not together, (one.name, other.name)


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
