"""Wherever a network runs, it gives the same bytes, and its time is all accounted for.

Operators are pinned at random to either side.
"""

import math
from functools import cache

import numpy as np
import pytest
from xdsl.dialects.func import CallOp

from aipu import compile
from aipu.backend_aipu.machine import load_machine
from aipu.dialects import nn
from aipu.dialects.locations import source_name
from aipu.passes.authoring.functions import main_function
from aipu.passes.authoring.operator_names import HELPERS, operator_names
from aipu.passes.authoring.operators import operators
from aipu.passes.authoring.segments import functions, place_of
from aipu.passes.quantising.placement.abilities import why_not
from aipu.runtime.building.driver import Build, Options
from aipu.runtime.building.levels import FLOAT, QUANTISED, TILE
from aipu.runtime.building.package import Package
from aipu.runtime.figures.figures import figures
from aipu.runtime.report.findings import findings
from aipu.runtime.report.graph.built import built_picture
from aipu.runtime.report.tree import tree
from aipu.tests.runtime.report.mixed_networks import Mixed

SETTINGS = {"method": "min-max"}
NETWORKS, PINS_OF_EACH = 20, 50
R329 = load_machine("r329")


@cache
def choices(seed: int) -> dict[str, bool]:
    """The names of the operators of a network, and whether the machine can run each."""
    build = Build(Mixed(seed).model(), Options())
    build.reach(FLOAT)
    found = operators(main_function(build.module).body.block)
    names = operator_names(found)
    return {names[op]: why_not(op, R329) is None for op in found}


def pinned(seed: int, draw: int) -> tuple[list[str], list[str]]:
    """Some operators for the host, and some that it can run for the machine."""
    random = np.random.default_rng([seed, draw])
    share = random.random()
    host, machine = [], []
    for name, able in choices(seed).items():
        if random.random() < share:
            (machine if able and random.random() < 0.5 else host).append(name)
    return host, machine


def check_pins(package: Package, host: list[str], machine: list[str]) -> None:
    """Whether everything runs where it was pinned to."""
    places = {
        source_name(op): place_of(function)
        for function in functions(package.levels[QUANTISED])
        for op in function.body.block.ops
        if isinstance(op, nn.Operator) and not isinstance(op, HELPERS)
    }
    assert {places.get(name, "host") for name in host} <= {"host"}
    assert {places.get(name, "machine") for name in machine} <= {"machine"}


def check_bytes(package: Package) -> None:
    """Whether all levels agree on every layer, and the outputs with the reference."""
    noise = package.noise()
    assert all(row.equal for row in package.verify(noise))
    reference = package.reference(noise)
    for name, array in package.run(noise).outputs.items():
        np.testing.assert_array_equal(array, reference[name])


def crossing_tensors(package: Package) -> int:
    """How many tensors of `@main` are read on the other side than they come from."""
    module = package.levels[QUANTISED]
    on_machine = {
        function.sym_name.data
        for function in functions(module)
        if place_of(function) == "machine"
    }

    def side(op: object) -> bool:
        return isinstance(op, CallOp) and op.callee.string_value() in on_machine

    block = main_function(module).body.block
    values = [*block.args, *(result for op in block.ops for result in op.results)]
    return sum(
        any(side(use.operation) != side(value.owner) for use in value.uses)
        for value in values
    )


def check_times(package: Package) -> None:
    """Whether every part has a time, and the parts add up."""
    found = figures(package.report)
    for each in found.host.operators:
        assert each.ms is not None
        assert (each.ms > 0.057) == (each.op != "reshape")
        assert each.ms >= 0
    assert len(found.crossings) == crossing_tensors(package)
    for each in found.crossings:
        assert each.ms is not None
        assert each.ms >= 0.1
        assert each.bytes > 0
    assert found.machine_ms == pytest.approx(found.cycles / 800e6 * 1e3, abs=1e-6)
    parts = found.machine_ms + found.host_ms + found.crossing_ms
    assert found.latency_ms == pytest.approx(parts, abs=1e-6)
    rows = sum(each.ms or 0 for each in (*found.segments, *found.crossings))
    assert found.latency_ms == pytest.approx(rows, abs=1e-6)
    assert found.fps is not None
    assert math.isfinite(found.fps)
    assert found.fps == pytest.approx(1e3 * found.batch / found.latency_ms)


def check_graph(package: Package) -> None:
    """Whether every operator is in the graph once, and launches add up."""
    found = findings(package)
    module = package.levels[TILE]
    names = [source_name(op) for op in module.walk() if isinstance(op, nn.Operator)]
    spots = built_picture(found).spots
    told = [spot.told for spot in spots if "end" not in spot.told.marks]
    assert sorted(each.name for each in told) == sorted(names)
    launches = tree(found.figures.layers, package.machine)
    assert sum(each.part.cycles for each in launches) == found.figures.cycles


def check(seed: int, host: list[str], machine: list[str]) -> None:
    package = compile(
        Mixed(seed).model(), quantise=SETTINGS, host=host, machine=machine
    )
    check_pins(package, host, machine)
    check_bytes(package)
    check_times(package)
    check_graph(package)


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("seed", range(0, NETWORKS, 2))
def test_pins_at_random(seed: int) -> None:
    check(seed, *pinned(seed, 0))


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("seed", range(0, NETWORKS, 5))
def test_everything_on_the_host(seed: int) -> None:
    package = compile(Mixed(seed).model(), quantise=SETTINGS, host=["*"])
    assert package.profile.cycles == 0
    check_graph(package)
    check_bytes(package)
    check_times(package)


@pytest.mark.long
@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("seed", range(NETWORKS))
def test_many_pins_at_random(seed: int) -> None:
    """50 of each network: 1,000 in all."""
    for draw in range(PINS_OF_EACH):
        check(seed, *pinned(seed, draw))
