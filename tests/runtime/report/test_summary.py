"""The figures of a report follow from the profile of the binary."""

import json
from collections.abc import Sequence

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from aipu import compile
from aipu.backend_aipu.machine import Machine
from aipu.dialects.tile import StripedSchedule, Weights
from aipu.passes.scheduling.network.group_graph import GroupGraph, Schedules
from aipu.passes.scheduling.strategies.goal import LATENCY, Goal
from aipu.passes.scheduling.strategies.layerwise import Layerwise
from aipu.passes.scheduling.strategies.strategy import STRATEGIES
from aipu.runtime.building.package import Package
from aipu.runtime.figures.figures import Figures, figures
from aipu.tests.small_model import model_of

MACS = {
    "first": 16 * 16 * 8 * 3 * 9,
    "depth": 16 * 16 * 8 * 9,
    "second": 8 * 8 * 16 * 8,
    "classes": 16 * 10,
}
"""Counted by hand from the model."""


def test_a_report_is_plain_data(package: Package) -> None:
    assert json.loads(json.dumps(package.report)) == package.report


def test_macs_are_those_of_the_model(small_figures: Figures) -> None:
    found = {layer.name: layer.macs for layer in small_figures.layers if layer.macs}
    assert found == MACS
    assert small_figures.macs == sum(MACS.values())


def test_layers_add_up(small_figures: Figures) -> None:
    layers = small_figures.layers
    assert sum(layer.cycles for layer in layers) == small_figures.cycles
    assert sum(layer.dram_bytes for layer in layers) == small_figures.dram_bytes
    energy = sum(layer.energy_uj for layer in layers)
    assert energy == pytest.approx(small_figures.energy_uj)


def test_causes_add_up(small_figures: Figures) -> None:
    for layer in small_figures.layers:
        assert sum(layer.cycles_by_cause.values()) == layer.cycles


def test_the_machine_s_time_is_cycles_by_the_clock(small_figures: Figures) -> None:
    milliseconds = small_figures.cycles / 800e6 * 1e3
    assert small_figures.machine_ms == pytest.approx(milliseconds)
    assert small_figures.machine_fps == pytest.approx(1e3 / milliseconds)


def test_of_many_frames_the_longer_side_counts(small_figures: Figures) -> None:
    beside = small_figures.host_ms + small_figures.crossing_ms
    longer = max(small_figures.machine_ms, beside)
    assert small_figures.fps_piped == pytest.approx(1e3 / longer)
    assert small_figures.fps is not None
    assert small_figures.fps < 1e3 / longer


def test_frames_are_counted_not_batches() -> None:
    batch = figures(compile(model_of("Relu", [1, 64]), batch=4).report)
    assert batch.batch == 4
    assert batch.fps == pytest.approx(4e3 / batch.latency_ms)


def test_components_of_energy_add_up(small_figures: Figures) -> None:
    energy = small_figures.energy_uj_by_component
    components = (energy.mac, energy.sram, energy.dram, energy.vector, energy.idle)
    assert sum(components) == pytest.approx(small_figures.energy_uj)
    assert energy.mac == pytest.approx(small_figures.macs * 0.3 / 1e6)
    assert energy.dram == pytest.approx(small_figures.dram_bytes * 162.5 / 1e6)


def test_kernels_are_kinds_of_convolution(small_figures: Figures) -> None:
    kernels = small_figures.kernels
    assert {name: kernel.macs for name, kernel in kernels.items()} == {
        "3x3": MACS["first"],
        "3x3 depthwise": MACS["depth"],
        "1x1": MACS["second"],
    }
    first = next(layer for layer in small_figures.layers if layer.name == "first")
    assert kernels["3x3"].cycles == first.cycles - first.cycles_by_cause["launch"]
    assert kernels["3x3"].utilisation == pytest.approx(
        MACS["first"] / (kernels["3x3"].cycles * 128)
    )


@pytest.mark.parametrize(
    ("windows", "kind"), [((3, 3, 3), "3x3"), ((3, 1, 3), "mixed")]
)
def test_convolutions_that_run_together_are_all_counted(
    windows: Sequence[int], kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(STRATEGIES, "all-as-one", AllAsOne)
    package = compile(convolutions(windows), strategy="all-as-one")
    together = figures(package.report)
    layer = together.layers[0]
    assert (layer.op, layer.kernel) == ("3 conv2d", kind)
    (kernel,) = together.kernels.items()
    assert (kernel[0], kernel[1].layers) == (kind, 3)
    assert kernel[1].macs == together.macs > 0


class AllAsOne:
    """All products as one, in stripes of two rows; the rest by itself."""

    def schedule(
        self, graph: GroupGraph, machine: Machine, goal: Goal = LATENCY
    ) -> Schedules:
        names = tuple(group.name for group in graph.groups if group.stage.macs)
        alone = Layerwise().schedule(graph, machine, goal)
        others = {name: alone[name] for name in alone if name not in names}
        return {**others, names: StripedSchedule(2, (Weights(),) * len(names), "ws")}


def convolutions(windows: Sequence[int]) -> onnx.ModelProto:
    """Convolutions in a row, with windows of so many rows and columns."""
    weights = np.random.default_rng(0).normal(0, 0.3, (8, 8, max(windows), 3))
    names = [f"conv{number}" for number in range(len(windows))]
    graph = helper.make_graph(
        [
            helper.make_node(
                "Conv", [before, f"{name}.weight"], [name], name, auto_pad="SAME_UPPER"
            )
            for before, name in zip(["x", *names], names, strict=False)
        ],
        "convolutions",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 8, 16, 16])],
        [helper.make_tensor_value_info(names[-1], TensorProto.FLOAT, None)],
        [
            numpy_helper.from_array(
                weights[:, :, :size, :size].astype(np.float32), f"{name}.weight"
            )
            for name, size in zip(names, windows, strict=True)
        ],
    )
    opsets = [helper.make_opsetid("", 13)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=8)


def test_no_result_is_better_than_its_bounds(small_figures: Figures) -> None:
    bounds = small_figures.bounds
    assert bounds.compute_cycles == np.ceil(sum(MACS.values()) / 128)
    assert small_figures.cycles >= bounds.compute_cycles
    assert small_figures.dram_bytes >= bounds.dram_bytes_layerwise
    assert bounds.dram_bytes_layerwise >= bounds.dram_bytes_fused
    assert small_figures.machine_ms >= bounds.latency_ms_sram >= bounds.latency_ms


def test_the_host_is_listed_with_reasons(small_figures: Figures) -> None:
    operators = {each.name: each for each in small_figures.host.operators}
    assert operators["normal"].reason == "the machine has no nn.lrn"
    shares = [each.share for each in small_figures.host.operators]
    assert sum(shares) == pytest.approx(small_figures.host.share)
    assert operators["normal"].share == pytest.approx(
        8 * 16 * 16 * small_figures.host.share / (8 * 16 * 16 + 3 * 256 + 10)
    )


def test_memory_is_that_of_the_binary(package: Package, small_figures: Figures) -> None:
    memory = small_figures.memory
    parts = memory.weights_bytes + memory.feature_maps_bytes + memory.text_bytes
    assert memory.total_bytes == parts < len(package.binary) + memory.feature_maps_bytes
    assert memory.available_bytes == 104_857_600


def test_a_network_for_the_host_only() -> None:
    found = figures(compile(model_of("Softmax", [1, 10])).report)
    assert (found.cycles, found.machine_fps, found.utilisation) == (0, None, 0)
    assert found.host.share == 1
