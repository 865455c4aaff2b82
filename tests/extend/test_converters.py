"""A converter of a user's own, for each format that takes one: the same cube."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import aipu
from aipu.errors import AipuError
from aipu.extend.converters import TABLES
from aipu.tests.extend.conftest import CUBE, cube_model
from aipu.tests.frontends.caffe.small_models import input_layer, layer
from aipu.tests.frontends.ncnn.small_models import param_text
from aipu.tests.frontends.tensorflow.graph_writer import GraphWriter
from aipu.tests.frontends.tflite.tflite_file import Operator, Tensor, tflite_file

SHAPE = (1, 2, 4, 4)

OF_FORMATS = {
    "onnx": ("mine::Cube", "node.tensor(0)"),
    "tflite": ("Cube", "node.tensor(0)"),
    "tensorflow": ("Cube", "node.tensor(0)"),
    "pytorch": ("mine::cube", 'node.tensor("x")'),
    "caffe": ("Cube", "node.bottom(0)"),
    "ncnn": ("Cube", "node.bottom(0)"),
    "zhouyi_ir": ("Cube", "node.bottom(0)"),
}

LAYER = """
layer_id={number}
layer_name={name}
layer_type={kind}
layer_bottom=[{bottom}]
layer_bottom_shape=[{shape}]
layer_bottom_type=[{type}]
layer_top=[{name}]
layer_top_shape=[[1,2,4,4]]
layer_top_type=[float32]
"""


def onnx_file(folder: Path) -> Path:
    path = folder / "cube.onnx"
    path.write_bytes(cube_model().SerializeToString())
    return path


def tflite_model(folder: Path) -> Path:
    tensors = [Tensor("x", shape=SHAPE), Tensor("y", shape=SHAPE)]
    path = folder / "cube.tflite"
    node = Operator("Cube", ["x"], ["y"])
    path.write_bytes(tflite_file(tensors, [node], ["x"], ["y"]))
    return path


def tensorflow_file(folder: Path) -> Path:
    writer = GraphWriter()
    writer.placeholder("x", SHAPE)
    writer.node("Cube", "y", "x")
    path = folder / "cube.pb"
    path.write_bytes(writer.proto.SerializeToString())
    return path


def caffe_file(folder: Path) -> Path:
    path = folder / "cube.prototxt"
    path.write_text(f"{input_layer('x', SHAPE)}\n{layer('Cube', ['x'], 'y')}\n")
    return path


def ncnn_file(folder: Path) -> Path:
    path = folder / "cube.param"
    size = "0=4 1=4 2=2"
    path.write_text(param_text([f"Input x 0 1 x {size}", "Cube y 1 1 x y"]))
    path.with_suffix(".bin").write_bytes(b"")
    return path


def zhouyi_ir_file(folder: Path) -> Path:
    head = (
        "model_name=cube\nlayer_number=2\nprecision=float32\nmodel_bin=./cube.bin\n"
        "input_tensors=[x]\noutput_tensors=[y]\n"
    )
    none = {"bottom": "", "shape": "", "type": ""}
    image = LAYER.format(number=0, name="x", kind="Input", **none)
    some = {"bottom": "x", "shape": "[1,2,4,4]", "type": "float32"}
    cube = LAYER.format(number=1, name="y", kind="Cube", **some)
    path = folder / "cube.txt"
    path.write_text(head + image + cube)
    path.with_suffix(".bin").write_bytes(b"")
    return path


def pytorch_file(folder: Path) -> Path:
    torch = pytest.importorskip("torch", reason="needs torch: the extra 'torch'")
    from aipu.tests.frontends.pytorch.exporting import exported, saved

    schema = "(Tensor x) -> Tensor"

    @torch.library.custom_op("mine::cube", mutates_args=(), schema=schema)
    def cube(x):
        return x**3

    @cube.register_fake
    def like(x):
        return torch.empty_like(x)

    path = folder / "cube.pt2"
    path.write_bytes(saved(exported(lambda x: cube(x), (torch.zeros(SHAPE),))))
    return path


FILES: dict[str, Callable[[Path], Path]] = {
    "onnx": onnx_file,
    "tflite": tflite_model,
    "tensorflow": tensorflow_file,
    "caffe": caffe_file,
    "ncnn": ncnn_file,
    "pytorch": pytorch_file,
    "zhouyi_ir": zhouyi_ir_file,
}


def extension_of(format: str) -> str:
    operator, operand = OF_FORMATS[format]
    text = CUBE.replace('"onnx", "mine::Cube"', f'"{format}", "{operator}"')
    return text.replace("node.tensor(0)", operand)


def test_every_format_is_tried() -> None:
    assert {*OF_FORMATS} == {*FILES} == {*TABLES}


@pytest.mark.parametrize("format", TABLES)
def test_an_operator_that_nobody_knows_comes_in(
    write, tmp_path: Path, format: str
) -> None:
    model = FILES[format](tmp_path)
    with pytest.raises(AipuError, match="not supported"):
        aipu.compile(model)
    aipu.load_extension(write(extension_of(format)))
    package = aipu.compile(model)
    assert "mine.cube" in package.levels.texts()["levels/float.mlir"]
    inputs = package.noise()
    found = package.run(inputs).outputs
    reference = package.reference(inputs)
    assert all(np.array_equal(found[name], reference[name]) for name in found)
    if format != "onnx":  # whose model has a convolution before
        (x,), (y,) = inputs.values(), package.reference(inputs, "float").values()
        assert np.allclose(y, x**3)


@pytest.mark.parametrize("format", TABLES)
def test_a_fault_in_it_is_said_with_its_line(
    write, tmp_path: Path, format: str
) -> None:
    text = extension_of(format).replace("node.emit(", "node.emti(")
    file = write(text)
    line = text[: text.index("emti")].count("\n") + 1
    aipu.load_extension(file)
    with pytest.raises(AipuError) as raised:
        aipu.compile(FILES[format](tmp_path))
    assert f"{file}:{line}: the converter of" in str(raised.value)
    assert "no attribute 'emti'" in str(raised.value)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ('"keras", "Cube"', "no format 'keras'"),
        ('"onnx", "Conv"', "a converter of Conv of onnx exists already"),
        ('"pytorch", "aten::relu"', "a converter of aten::relu of pytorch exists"),
    ],
)
def test_what_no_converter_can_be_for(write, arguments: str, words: str) -> None:
    file = write(CUBE.replace('"onnx", "mine::Cube"', arguments))
    with pytest.raises(AipuError) as raised:
        aipu.load_extension(file)
    assert words in str(raised.value)
    assert f"{file}:" in str(raised.value)
