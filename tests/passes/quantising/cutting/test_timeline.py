"""What scheduled work is said to take, beside what the simulator counts of it."""

from dataclasses import replace

import pytest

from aipu.backend_aipu.machine import load_machine
from aipu.examples.networks import NETWORKS
from aipu.passes.authoring.segments import machine_functions
from aipu.passes.quantising.cutting.segment_cost import parts_of
from aipu.passes.quantising.cutting.timeline import Timed, timed
from aipu.passes.registry import PASSES
from aipu.passes.running.pipeline import build_pipeline, run_pipeline
from aipu.passes.scheduling.network.links import group_graph, links_of
from aipu.passes.scheduling.strategies.goal import LATENCY
from aipu.passes.scheduling.strategies.strategy import strategy
from aipu.runtime.building.driver import Build, Options
from aipu.runtime.building.levels import AIPU, QUANTISED

R329 = load_machine("r329")


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize(
    ("network", "outputs", "name"),
    [
        ("ds_cnn_s", [], "layerwise"),
        ("ds_cnn_s", [], "dp"),
        ("mobilenet_v2", ["block6"], "dp"),
        pytest.param("mobilenet_v2", [], "dp", marks=pytest.mark.long),
    ],
)
def test_it_is_what_is_simulated(network: str, outputs: list[str], name: str) -> None:
    """But for launches, which hang on the size of programs."""
    build = Build(NETWORKS[network](0), Options(strategy=name, outputs=outputs))
    build.reach(QUANTISED)
    module = build.module.clone()
    run_pipeline(build_pipeline("group-operators", PASSES), module, build.context)
    found: list[Timed] = []
    for function in machine_functions(module):
        graph = replace(group_graph(function), links=links_of(function))
        schedules = strategy(name).schedule(graph, R329, LATENCY)
        found += timed(graph, parts_of(graph, schedules), R329)
    build.reach(AIPU)
    entries = build.package().simulator.entries.values()
    layers = [layer for entry in entries for layer in entry.profile.layers]
    simulated = sum(layer.running_cycles for layer in layers)
    assert sum(each.cycles for each in found) == pytest.approx(simulated, rel=0.02)
