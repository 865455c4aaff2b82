"""Steps of recurrent layers have the same integers, whatever the layer."""

from functools import cache
from itertools import pairwise

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

import aipu
from aipu.dialects import nn
from aipu.runtime.building.package import Package
from aipu.runtime.figures.figures import figures

FEATURES, CELLS = 16, 32
GATES = {"LSTM": 4, "GRU": 3, "RNN": 1}
SAMPLES = 6


def recurrent(kind: str, steps: int) -> onnx.ModelProto:
    """A layer of one sequence: [steps, 1, FEATURES] to [steps, 1, 1, CELLS]."""
    generator = np.random.default_rng(0)
    shapes = {
        "weight": (1, GATES[kind] * CELLS, FEATURES),
        "recurrence": (1, GATES[kind] * CELLS, CELLS),
        "bias": (1, 2 * GATES[kind] * CELLS),
    }
    weights = [
        numpy_helper.from_array(generator.normal(0, 0.2, shape).astype("f"), name)
        for name, shape in shapes.items()
    ]
    node = helper.make_node(kind, ["x", *shapes], ["y"], "layer", hidden_size=CELLS)
    x, y = (steps, 1, FEATURES), (steps, 1, 1, CELLS)
    graph = helper.make_graph(
        [node],
        "recurrent",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, x)],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, y)],
        weights,
    )
    opset = helper.make_opsetid("", 17)
    return helper.make_model(graph, opset_imports=[opset], ir_version=8)


@cache
def built(kind: str, steps: int) -> Package:
    generator = np.random.default_rng(1)
    samples = generator.normal(0, 1, (SAMPLES * steps, 1, FEATURES)).astype("f")
    return aipu.compile(recurrent(kind, steps), calibration=samples)


def constants(package: Package) -> set[str]:
    """The keys of all constants that the machine reads."""
    module = package.levels["tile"]
    return {op.key.data for op in module.walk() if isinstance(op, nn.WeightOp)}


@pytest.mark.parametrize("kind", GATES)
def test_more_steps_need_no_more_constants(kind: str) -> None:
    assert len(constants(built(kind, 6))) == len(constants(built(kind, 4)))


@pytest.mark.parametrize("kind", GATES)
def test_more_steps_move_maps_alone(kind: str) -> None:
    six, four = (figures(built(kind, steps).report).dram_bytes for steps in (6, 4))
    products = GATES[kind] * CELLS  # of all inputs at once: there and back, sliced
    assert six - four <= 2 * (FEATURES + 4 * products + 2 * CELLS)


@pytest.mark.parametrize("kind", GATES)
def test_integers_stay_near_reals(kind: str) -> None:
    kept = figures(built(kind, 6).report).accuracy
    assert kept is not None
    assert all(out.sqnr_db is None or out.sqnr_db > 25 for out in kept.outputs)


def fading(gain: float, steps: int) -> onnx.ModelProto:
    """The same product again and again, each of so many times what it is given."""
    generator = np.random.default_rng(0)
    turn, _ = np.linalg.qr(generator.normal(size=(CELLS, CELLS)))
    weights = {"weight": gain * turn, "bias": np.zeros(CELLS)}
    names = ["x", *(f"step{number}" for number in range(steps))]
    shape = (1, CELLS)
    graph = helper.make_graph(
        [
            helper.make_node("Gemm", [before, *weights], [after], after)
            for before, after in pairwise(names)
        ],
        "fading",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info(names[-1], TensorProto.FLOAT, shape)],
        [numpy_helper.from_array(w.astype("f"), name) for name, w in weights.items()],
    )
    opset = helper.make_opsetid("", 17)
    return helper.make_model(graph, opset_imports=[opset], ir_version=8)


@pytest.mark.parametrize("gain", [0.4, 2.0])
def test_what_fades_or_grows_is_left_in_eight_bits(gain: float) -> None:
    samples = np.random.default_rng(1).normal(0, 1, (16, CELLS)).astype("f")
    package = aipu.compile(fading(gain, 8), calibration=samples)
    kept = figures(package.report).accuracy
    assert kept is not None
    assert all(out.sqnr_db is not None and out.sqnr_db > 25 for out in kept.outputs)
