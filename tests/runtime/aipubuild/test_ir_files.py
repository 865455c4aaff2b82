"""The networks and statistics that a build leaves behind, in the vendor's formats."""

import re
from pathlib import Path

import msgspec
import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from aipu import load
from aipu.dialects import nn
from aipu.dialects.semantics.evaluate import evaluate
from aipu.frontends.formats import importer
from aipu.frontends.zhouyi_ir.constants import read_constant
from aipu.frontends.zhouyi_ir.text import read_text
from aipu.passes.authoring.functions import main_function
from aipu.runtime.aipubuild.build import aipubuild
from aipu.runtime.aipubuild.log import Log
from aipu.tests.small_model import images, save, small_model

CFG = """\
[Common]
mode = build
[Parser]
model_type = onnx
model_name = tiny
input_model = tiny.onnx
output_dir = out
{parser}
[{tool}]
calibration_data = images.npy
[GBuilder]
target = Z1_0701
"""


def built(
    folder: Path,
    tool: str,
    model: onnx.ModelProto | None = None,
    samples: np.ndarray | None = None,
    parser: str = "",
) -> Path:
    save(small_model() if model is None else model, folder / "tiny.onnx")
    np.save(folder / "images.npy", images(4) if samples is None else samples)
    cfg = folder / "tiny.cfg"
    cfg.write_text(CFG.format(tool=tool, parser=parser))
    aipubuild(cfg, Log(lambda line: None))
    return folder / "out"


@pytest.mark.parametrize(
    ("tool", "quantised"),
    [("AutoQuantizationTool", "tiny_int8"), ("Optimizer", "tiny_o")],
)
def test_both_networks_can_be_read_back(tmp_path, tool, quantised):
    out = built(tmp_path, tool)
    for model in ("tiny", quantised):
        path = out / f"{model}.txt"
        assert path.with_suffix(".bin").is_file()
        assert importer(path)(path).weights_source == "model"


def attention() -> onnx.ModelProto:
    """Scores of a map with itself, the larger of two, softmax, and back; a clip."""
    generator = np.random.default_rng(0)
    weights = {
        "w": generator.normal(0, 0.4, (8, 3, 1, 1)),
        "flat": np.array([1, 8, 16]),
        "low": np.full((1, 1, 16), -0.5),
        "high": np.full((1, 1, 16), 0.5),
        "v": generator.normal(0, 0.4, (16, 6)),
    }
    make = helper.make_node
    graph = helper.make_graph(
        [
            make("Conv", ["x", "w"], ["c"], "conv"),
            make("Reshape", ["c", "flat"], ["q"], "rows"),
            make("Transpose", ["q"], ["k"], "keys", perm=[0, 2, 1]),
            make("MatMul", ["k", "q"], ["s"], "scores"),
            make("Max", ["s", "low"], ["larger"], "larger"),
            make("Min", ["larger", "high"], ["smaller"], "smaller"),
            make("Softmax", ["smaller"], ["p"], "shares", axis=-1),
            make("MatMul", ["p", "k"], ["o"], "mixed"),
            make("MatMul", ["s", "v"], ["y"], "behind"),
        ],
        "attention",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 3, 4, 4])],
        [
            helper.make_tensor_value_info(name, TensorProto.FLOAT, None)
            for name in ("o", "y")
        ],
        [
            numpy_helper.from_array(
                a.astype(np.int64 if name == "flat" else np.float32), name
            )
            for name, a in weights.items()
        ],
    )
    opsets = [helper.make_opsetid("", 13)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=8)


@pytest.fixture
def attention_out(tmp_path: Path) -> Path:
    samples = np.random.default_rng(1).normal(size=(16, 3, 4, 4)).astype(np.float32)
    return built(tmp_path, "Optimizer", attention(), samples)


def test_the_quantised_ir_is_in_the_vendor_s_words(attention_out):
    text = (attention_out / "tiny_o.txt").read_text()
    kinds = set(re.findall("layer_type=(.*)", text))
    assert {"MatMul", "Eltwise", "Softmax", "Convolution"} <= kinds
    assert "nn." not in text
    assert not re.search(r": [if]\d", text)
    assert {"MAX", "MIN"} <= set(re.findall("method=(.*)", text))


def test_the_quantised_ir_computes_what_the_package_does(attention_out):
    package = load(attention_out / "tiny.package")
    x = np.random.default_rng(2).normal(size=(1, 3, 4, 4)).astype(np.float32)
    expected = package.reference({"x": x}, "quantised")
    path = attention_out / "tiny_o.txt"
    model = importer(path)(path)
    main = main_function(model.module)
    assert any(isinstance(op, nn.SoftmaxOp) and op.table for op in main.body.block.ops)
    found = evaluate(main, [x], model.weights)
    for array, reference in zip(found, expected.values(), strict=True):
        assert np.array_equal(array, reference)


def test_the_optimizer_s_softmax_is_two_steps_from_ours_at_most(attention_out):
    """Its table and factor, of 8 bits, as the file has them; its arithmetic by hand."""
    read = read_text((attention_out / "tiny_o.txt").read_text(), "tiny_o.txt")
    (block,) = (b for b in read.layers if b.text("layer_type") == "Softmax")
    data = (attention_out / "tiny_o.bin").read_bytes()
    lut = read_constant(block, "lut", data).astype(np.int64)
    powers = read_constant(block, "powers", data).astype(np.int64)
    factor, shift = block.integer("scale_value"), block.integer("shift_value")
    assert 0 < factor < 256
    (scale,) = block.reals("layer_top_scale")
    assert factor * 2.0**-shift == pytest.approx(scale, rel=1 / 128)
    ifm = np.random.default_rng(3).integers(-128, 128, (200, 16))
    below = 255 + ifm - ifm.max(1, keepdims=True)
    theirs = lut[below]
    assert (theirs.sum(1) < 2**32).all()
    theirs = theirs * factor * 2.0**-shift // theirs.sum(1, keepdims=True)
    ours = np.rint(powers[below] * scale / powers[below].sum(1, keepdims=True))
    assert np.abs(theirs - ours).max() <= 2


@pytest.mark.parametrize("tool", ["AutoQuantizationTool", "Optimizer"])
def test_the_domain_is_the_cfg_s(tmp_path, tool):
    built(tmp_path, tool, parser="model_domain = Keyword_Spotting")
    header = (tmp_path / "out" / "tiny.txt").read_text().partition("\n\n")[0]
    assert "model_domain=keyword_spotting" in header.splitlines()


def test_old_cfgs_leave_the_largest_and_the_least(tmp_path):
    out = built(tmp_path, "AutoQuantizationTool")
    largest, least = (np.load(out / f"tiny_{end}.npy") for end in ("max", "min"))
    assert largest["layer"].tolist() == least["layer"].tolist()
    assert (least["min"] <= 0).all()
    assert (largest["max"] > least["min"]).all()


def test_new_cfgs_leave_a_template(tmp_path):
    out = built(tmp_path, "Optimizer")
    table = np.load(out / "tiny_statistic_info.npy")
    layers = msgspec.json.decode((out / "tiny_opt_template.json").read_bytes())
    assert list(layers) == list(dict.fromkeys(table["layer"].tolist()))
    assert all(layer["q_bits_activation"] == 8 for layer in layers.values())
