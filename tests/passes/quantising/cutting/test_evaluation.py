"""What a placement is said to cost is what the report of its package says."""

import pytest

from aipu import compile
from aipu.backend_aipu.machine import load_machine
from aipu.passes.authoring.functions import main_function
from aipu.passes.quantising.cutting.by_cost import cutting_of
from aipu.passes.quantising.placement.pins import Pins, find_pins
from aipu.passes.quantising.placement.rules import host_operators
from aipu.runtime.building.driver import Build, Options
from aipu.runtime.building.levels import FLOAT
from aipu.runtime.figures.figures import figures
from aipu.tests.runtime.report.mixed_networks import Mixed
from aipu.tests.runtime.report.test_random_pins import pinned

SETTINGS = {"method": "min-max"}
R329 = load_machine("r329")


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("strategy", ["layerwise", "packed", "dp"])
@pytest.mark.parametrize("seed", [1, 3, 11])
def test_it_is_what_the_package_takes(seed: int, strategy: str) -> None:
    """But for what is about: groups in tiles, and where launches begin."""
    host, machine = pinned(seed, 1)
    build = Build(Mixed(seed).model(), Options())
    build.reach(FLOAT)
    block = main_function(build.module).body.block
    evaluator = cutting_of(block, R329, {}, strategy).evaluator
    operators = evaluator.network.operators
    pins = find_pins(operators, Pins(host, machine))
    on_host = host_operators(block, R329, pins)
    found = evaluator(tuple(op not in on_host for op in operators))
    package = compile(
        Mixed(seed).model(),
        quantise=SETTINGS,
        host=host,
        machine=machine,
        strategy=strategy,
    )
    report = figures(package.report)
    assert len(found.stays) == len(report.segments)
    assert len(found.crossing) == len(report.crossings)
    assert found.crossing_ms == pytest.approx(report.crossing_ms)
    assert found.latency_ms == pytest.approx(report.latency_ms, rel=0.05)
    assert found.machine_ms == pytest.approx(report.machine_ms, rel=0.05)
