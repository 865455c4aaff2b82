"""The tree of launches, groups and operators: who is in it, and that it adds up."""

from collections.abc import Sequence

import pytest
from msgspec import convert, structs

from aipu import compile
from aipu.runtime.building.package import Package
from aipu.runtime.figures.figures import Layer, Piece, figures
from aipu.runtime.report.tree import Branch, tree, tree_rows
from aipu.tests.compiled import R329
from aipu.tests.small_model import images, small_model

CAUSES = ("compute", "fill_drain", "partial", "dma_wait", "sync", "launch")


def part(name: str, cycles: int, launch: int = 0) -> Piece:
    causes = {**dict.fromkeys(CAUSES, 0), "compute": cycles - launch, "launch": launch}
    return Piece(name, "add", "", 128, cycles, 0.5, 3, 5, 7.0, "mac", causes)


def layer(name: str, launch: int, launches: int, *parts: Piece) -> Layer:
    cycles = sum(each.cycles for each in parts)
    waited = sum(each.cycles_by_cause["launch"] for each in parts)
    whole = structs.asdict(part(name, cycles, waited))
    more = {"launch": launch, "launches": launches, "operators": list(parts)}
    return convert({**whole, **more}, Layer)


def shown(layers: Sequence[Layer]) -> list[tuple[int, str, bool]]:
    found = tree_rows(tree(layers, R329))
    return [(depth, part.name, leaf) for depth, part, leaf in found]


def test_what_holds_one_thing_is_that_thing() -> None:
    layers = [
        layer("alone", 1, 1, part("alone", 10)),
        layer("pair", 2, 1, part("a", 10), part("b", 10)),
        layer("first", 3, 1, part("first", 10)),
        layer("joined", 3, 0, part("c", 10), part("d", 10)),
    ]
    assert shown(layers) == [
        (0, "alone", True),
        (0, "pair", False),
        (1, "a", True),
        (1, "b", True),
        (0, "launch 3", False),
        (1, "first", True),
        (1, "joined", False),
        (2, "c", True),
        (2, "d", True),
    ]


def test_a_launch_is_the_sum_of_its_groups() -> None:
    layers = [
        layer("a", 1, 1, part("a", 130, launch=30)),
        layer("b", 1, 2, part("b", 28)),
    ]
    (launch,) = tree(layers, R329)
    assert launch.part.name == "launches 1 to 3"
    assert launch.part.cycles == 158
    assert launch.part.cycles_by_cause["launch"] == 30
    assert launch.part.macs == 256
    assert launch.part.dram_bytes == 6
    assert launch.part.utilisation == pytest.approx(256 / (128 * 128))


@pytest.fixture(scope="module", params=["layerwise", "packed", "dp"])
def package(request: pytest.FixtureRequest) -> Package:
    return compile(small_model(), strategy=request.param, calibration=images(8))


def test_every_level_adds_up_to_the_report(package: Package) -> None:
    found = figures(package.report)
    branches = tree(found.layers, package.machine)
    assert sum(branch.part.cycles for branch in branches) == found.cycles
    assert sum(branch.part.dram_bytes for branch in branches) == found.dram_bytes
    assert sum(branch.part.macs for branch in branches) == found.macs
    energy = sum(branch.part.energy_uj for branch in branches)
    assert energy == pytest.approx(found.energy_uj)
    for branch in branches:
        adds_up(branch)


def adds_up(branch: Branch) -> None:
    assert sum(branch.part.cycles_by_cause.values()) == branch.part.cycles
    for figure in ("macs", "cycles", "dram_bytes", "sram_bytes"):
        found = sum(getattr(each.part, figure) for each in branch.parts)
        assert not branch.parts or found == getattr(branch.part, figure)
    for each in branch.parts:
        adds_up(each)


def test_launches_are_those_of_the_program(package: Package) -> None:
    begun = sum(
        instruction.mnemonic in ("launch", "resume")
        for entry in package.simulator.program.entries
        for instruction in entry.instructions
    )
    assert sum(layer.launches for layer in figures(package.report).layers) == begun


def test_every_operator_of_the_machine_is_in_it(package: Package) -> None:
    found = figures(package.report)
    named = [part.name for layer in found.layers for part in layer.operators]
    assert {"first", "depth", "sum", "second", "pool", "mean", "classes"} <= set(named)
    assert len(named) == len(set(named))
