"""Arm-China's own networks, and what its Optimizer computed with them."""

import re

import numpy as np
import pytest

from aipu.dialects import nn
from aipu.dialects.locations import source_name
from aipu.dialects.quant import quantisation, uniform
from aipu.dialects.semantics.compass import approximate
from aipu.dialects.semantics.evaluate import evaluate
from aipu.frontends.formats import importer
from aipu.frontends.zhouyi_ir.text import read_text
from aipu.passes.authoring.constants import key_of
from aipu.passes.authoring.context import AipuContext
from aipu.passes.authoring.functions import main_function
from aipu.passes.registry import PASSES
from aipu.passes.running.pipeline import build_pipeline, run_pipeline
from aipu.runtime.building.driver import Options, build


@pytest.fixture
def folder(shared):
    return shared / "oracles/zhouyi"


def dumped(folder, kind):
    """The tensor that each layer made."""
    files = (folder / "tiny_dump" / kind).glob("*__o0_*.npy")
    return {path.name.split("__")[1]: np.load(path) for path in files}


def quantised(folder, arithmetic):
    """The float network, quantised on its calibration data."""
    path = folder / "tiny_float.txt"
    model = importer(path)(path)
    samples = {"x": np.load(folder / "tiny_calib.npy")}
    context = AipuContext(model.weights, samples)
    pipeline = build_pipeline(f"import,quantise{{arithmetic={arithmetic}}}", PASSES)
    run_pipeline(pipeline, model.module, context)
    return operators(model.module), model.weights


def operators(module):
    kept = (op for op in module.walk() if isinstance(op, nn.Operator))
    return {source_name(op): op for op in kept if quantisation(op.ofm) is not None}


def test_every_layer_of_the_tiny_net_is_exact(folder):
    path = folder / "tiny_o.txt"
    model = importer(path)(path)
    layers = {}

    def keep(op, result):
        if (element := quantisation(op.results[0])) is not None:
            unsigned = 128 if element.zero_point == -128 else 0
            layers[source_name(op)] = result.astype(np.int64) + unsigned

    image = dumped(folder, "float32")["x"]
    evaluate(main_function(model.module), [image], model.weights, observe=keep)
    expected = dumped(folder, "quant")
    assert layers.keys() == expected.keys()
    for name, tensor in expected.items():
        np.testing.assert_array_equal(layers[name], tensor, name)


def test_the_tiny_net_is_exact_on_the_machine(folder):
    package = build(folder / "tiny_o.txt", Options())
    image = dumped(folder, "float32")["x"]
    assert all(row.equal for row in package.verify({"x": image}))
    stored = np.rint(package.run({"x": image}).outputs["y"] * 58.732933044433594)
    np.testing.assert_array_equal(stored, dumped(folder, "quant")["fc"])


def test_the_float_net_computes_the_same(folder):
    path = folder / "tiny_float.txt"
    model = importer(path)(path)
    expected = dumped(folder, "float32")
    image = expected["x"]
    (result,) = evaluate(main_function(model.module), [image], model.weights)
    np.testing.assert_allclose(result, expected["fc"], rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize(
    ("arithmetic", "file"),
    [("zhouyi", "tiny_o.txt"), ("zhouyi-bias16", "tiny_bias16/tiny_o.txt")],
)
def test_our_quantiser_chooses_the_same_integers(folder, arithmetic, file):
    found, weights = quantised(folder, arithmetic)
    theirs = importer(folder / file)(folder / file)
    expected = operators(theirs.module)
    assert found.keys() == expected.keys()
    for name, op in found.items():
        other = expected[name]
        ours, element = uniform(op.ofm), uniform(other.ofm)
        assert ours.zero_point == element.zero_point
        # Two float32 sums in different orders end in different last digits.
        assert ours.scale == pytest.approx(element.scale, rel=1e-7)
        assert op.properties.get("rescale") == other.properties.get("rescale")
        for value, reference in zip(op.operands, other.operands, strict=True):
            if isinstance(value.owner, nn.WeightOp):
                key = key_of(reference)
                array = weights[key_of(value)]
                np.testing.assert_array_equal(array, theirs.weights[key])


def layers_by_name(path):
    layers = read_text(path.read_text(), path.name).layers
    return {layer.text("layer_name"): layer for layer in layers}


def scale_of(layer):
    (scale,) = layer.reals("layer_top_scale")
    return np.float32(scale)


def test_multipliers_and_shifts_follow_from_scales(folder):
    """Every convolution of a larger network, of which there are no weights."""
    layers = layers_by_name(folder / "squeezenet_rand_pertensor_o.txt")
    checked = 0
    for layer in layers.values():
        if layer.text("layer_type") != "Convolution":
            continue
        (bottom,) = layer.words("layer_bottom")
        ifm, ofm = scale_of(layers[bottom]), scale_of(layer)
        weight = np.float32(layer.real("weights_scale"))
        assert np.float32(layer.real("biases_scale")) == ifm * weight
        multiplier, shift = approximate(ofm / (ifm * weight))
        assert multiplier == layer.integer("scale_value")
        assert shift == layer.integer("shift_value")
        checked += 1
    assert checked == 26


def test_the_rescales_of_concats_follow_from_scales(folder):
    for file in ("squeezenet_rand_pertensor_o", "squeezenet_rand_perchannel_asym_o"):
        layers = layers_by_name(folder / f"{file}.txt")
        for layer in layers.values():
            if layer.text("layer_type") != "Concat":
                continue
            bottoms = [layers[name] for name in layer.words("layer_bottom")]
            ratios = [scale_of(layer) / scale_of(bottom) for bottom in bottoms]
            pairs = [approximate(ratio) for ratio in ratios]
            assert [int(m) for m, _ in pairs] == layer.integers("scale_value")
            assert [int(s) for _, s in pairs] == layer.integers("shift_value")


CONSTANT = re.compile(r"(\w+)_offset=(\d+)\n\1_size=(\d+)")


@pytest.mark.long
@pytest.mark.parametrize("kind", ["pertensor", "perchannel_asym"])
def test_squeezenet_builds_and_runs_exactly_with_any_integers(folder, tmp_path, kind):
    text = (folder / f"squeezenet_rand_{kind}_o.txt").read_text()
    random = np.random.default_rng(1)
    size = max(int(at) + int(size) for _, at, size in CONSTANT.findall(text))
    data = bytearray(size)
    for name, offset, count in CONSTANT.findall(text):
        start, end = int(offset), int(offset) + int(count)
        data[start:end] = constant(name, int(count), random)
    path = tmp_path / "net.txt"
    path.write_text(text)
    path.with_suffix(".bin").write_bytes(bytes(data))
    package = build(path, Options())
    assert all(row.equal for row in package.verify(package.noise()))


def constant(name, count, random):
    """The bytes of a constant: small weights, no bias, the multipliers of the rest."""
    match name:
        case "weights":
            return random.integers(-20, 21, count).astype(np.int8).tobytes()
        case "scale":
            return random.integers(200, 255, count // 2).astype(np.uint16).tobytes()
        case "shift":
            return bytes([16]) * count
    return bytes(count)
