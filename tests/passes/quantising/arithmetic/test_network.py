"""A network of every kind of operator, float and quantised, side by side."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from xdsl.dialects.builtin import (
    ModuleOp,
    NameLoc,
    NoneAttr,
    StringAttr,
    TensorType,
    f32,
)
from xdsl.ir import Operation
from xdsl.utils.test_value import create_ssa_value

from aipu.dialects import nn
from aipu.dialects.locations import place
from aipu.dialects.quant import UniformType, quantisation
from aipu.dialects.semantics.evaluate import evaluate
from aipu.dialects.semantics.uniform import to_reals
from aipu.dialects.semantics.weights import WeightStore
from aipu.errors import AipuError
from aipu.passes.authoring.constants import Constants
from aipu.passes.authoring.context import AipuContext
from aipu.passes.authoring.functions import main_function
from aipu.passes.machine_forms.forms import quantised
from aipu.passes.machine_forms.site import Site
from aipu.passes.quantising.arithmetic.arithmetic import AIPU
from aipu.passes.registry import PASSES
from aipu.passes.running.pipeline import build_pipeline, run_pipeline
from aipu.passes.running.reading import read_module

TEXT = Path(__file__).with_name("network.mlir").read_text()
FUSED = {"swish", "gate"}
"""Parts of the product, which is one table then."""
CUT_OFF = "pointwise"
"""Whose lowest values the product makes the same of."""
CROSSINGS = (nn.QuantiseOp, nn.DequantiseOp, nn.RequantiseOp)


def weights() -> dict[str, np.ndarray]:
    generator = np.random.default_rng(5)
    shapes = {
        "w1": (8, 3, 3, 3),
        "w2": (8, 3, 3, 1),
        "w3": (8, 1, 1, 8),
        "w4": (10, 16),
        "b1": (8,),
        "b2": (8,),
        "b3": (8,),
        "b4": (10,),
    }
    return {
        key: generator.normal(0, 0.4, shape).astype(np.float32)
        for key, shape in shapes.items()
    }


def images(count: int, seed: int = 6) -> np.ndarray:
    generator = np.random.default_rng(seed)
    return generator.normal(0, 1, (count, 3, 12, 12)).astype(np.float32)


def network(
    arrays: Mapping[str, np.ndarray] | None = None,
) -> tuple[ModuleOp, AipuContext]:
    store = WeightStore(weights() if arrays is None else arrays)
    context = AipuContext(store, {"image": images(16)})
    return read_module(TEXT, "network.mlir", context), context


def run(module: ModuleOp, context: AipuContext, pipeline: str) -> None:
    run_pipeline(build_pipeline(pipeline, PASSES), module, context)


def layers(module: ModuleOp, context: AipuContext) -> dict[str, np.ndarray]:
    """The result of every layer by its name, as reals."""
    found: dict[str, np.ndarray] = {}

    def note(op: Operation, result: np.ndarray) -> None:
        if not isinstance(op, CROSSINGS):
            element = quantisation(op.results[0])
            found[place(op)] = result if element is None else to_reals(result, element)

    evaluate(main_function(module), [images(1, seed=7)], context.weights, observe=note)
    return found


def decibels(signal: np.ndarray, noisy: np.ndarray) -> float:
    return 10 * np.log10(np.sum(signal**2) / np.sum((signal - noisy) ** 2 + 1e-30))


@pytest.mark.parametrize("pipeline", ["quantise", "quantise{method=min-max}"])
def test_every_layer_is_near_its_float_and_keeps_its_name(pipeline):
    module, context = network()
    expected = layers(module, context)
    run(module, context, pipeline)
    found = layers(module, context)
    assert found.keys() == expected.keys() - FUSED
    expected[CUT_OFF] = expected[CUT_OFF].clip(min=found[CUT_OFF].min())
    for name, result in found.items():
        assert decibels(expected[name], result) > 30, name


def degenerate(case: str) -> dict[str, np.ndarray]:
    arrays = weights()
    match case:
        case "a channel of zeros":
            arrays["w1"][3] = 0
        case "a layer of zeros":
            arrays["w2"][:] = arrays["b2"][:] = 0
        case "a huge bias":
            arrays["b2"][:3] = 3e4, 0, -3e4
        case "weights next to nothing":
            arrays["w3"] *= 1e-12
        case "everything zero":
            for array in arrays.values():
                array[:] = 0
    return arrays


@pytest.mark.parametrize(
    "case",
    [
        "a channel of zeros",
        "a layer of zeros",
        "a huge bias",
        "weights next to nothing",
        "everything zero",
    ],
)
def test_degenerate_weights_break_nothing(case):
    module, context = network(degenerate(case))
    expected = layers(module, context)["classes"]
    run(module, context, "quantise")
    result = layers(module, context)["classes"]
    assert np.abs(result - expected).max() <= 0.05 * np.abs(expected).max() + 1e-6


def test_an_accumulator_that_could_overflow_names_its_layer():
    """It takes over 65,000 weights, as large as they can be."""
    ifm = create_ssa_value(TensorType(f32, (1, 70000)))
    weight = nn.WeightOp("w", TensorType(f32, (1, 70000)))
    bias = nn.WeightOp("b", TensorType(f32, (1,)))
    layer = nn.FullyConnectedOp(ifm, weight.value, bias.value)
    layer.location = NameLoc(StringAttr("long"), NoneAttr())
    signs = np.resize([1, -1], (1, 70000)).astype(np.float32)
    store = WeightStore({"w": signs, "b": np.zeros(1, np.float32)})
    integers = create_ssa_value(TensorType(UniformType(0.01, -128), (1, 70000)))
    site = Site([integers], UniformType(1.0, 0), Constants(store), AIPU)
    with pytest.raises(AipuError, match="channel 0 can reach 2266950000") as caught:
        quantised(layer, site)
    assert caught.value.place == "long"


def test_outlined_segments_compute_the_same():
    module, context = network()
    run(module, context, "place-operators,calibrate,quantise-operators")
    before = evaluate(main_function(module), [images(1)], context.weights)
    run(module, context, "outline-segments")
    after = evaluate(main_function(module), [images(1)], context.weights)
    assert np.array_equal(before[0], after[0])


def test_segments_alternate_and_need_no_more_crossings():
    module, context = network()
    run(module, context, "quantise")
    _, *functions = module.body.block.ops
    places = [str(function.attributes["place"]) for function in functions]
    assert places == ['"host"', '"machine"'] * 2 + ['"host"']


def test_text_and_weights_are_the_same_with_any_number_of_threads(tmp_path):
    network_file, data_file = tmp_path / "network.mlir", tmp_path / "images.npy"
    network_file.write_text(TEXT)
    WeightStore(weights()).save(tmp_path / "network.npz")
    np.save(data_file, images(5))
    command = "from aipu.cli.aipu_opt import main; main()"
    aipu_opt = [sys.executable, "-c", command, str(network_file)]
    pipeline = f'quantise{{data="{data_file}"}}'
    written: list[bytes] = []
    for threads in ("1", "2"):
        output = tmp_path / f"{threads}.mlir"
        subprocess.run(
            [*aipu_opt, "-p", pipeline, "-o", str(output)],
            check=True,
            env={**os.environ, "OPENBLAS_NUM_THREADS": threads},
        )
        written.append(output.read_bytes() + output.with_suffix(".npz").read_bytes())
    assert written[0] == written[1]
