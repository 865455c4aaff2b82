"""Resizes against onnxruntime, and outputs of another shape than the file declares."""

import numpy as np
import pytest
from onnx import TensorProto, helper

from aipu.errors import AipuError
from aipu.frontends.onnx.importer import import_onnx

RATIOS = [(10, 0.7), (30, 0.9), (9, 0.45), (10, 0.3), (6, 1.5), (5, 2.2)]
"""In exact arithmetic, 10 times float32's 0.7 is less than 7."""


@pytest.mark.parametrize(
    "attributes",
    [
        {"mode": "nearest"},
        {"mode": "linear"},
        {"mode": "linear", "antialias": 1},
        {"mode": "cubic"},
        {"mode": "cubic", "antialias": 1},
    ],
    ids=str,
)
@pytest.mark.parametrize(("extent", "ratio"), RATIOS)
def test_a_ratio_gives_the_extent_of_float32(
    check_node, generator, extent, ratio, attributes
):
    ifm = generator.standard_normal((1, 2, extent, 6), np.float32)
    scales = np.array([1, 1, ratio, 1], np.float32)
    check_node("Resize", ifm, None, scales, opset=18, **attributes)


def test_a_ratio_of_some_axes(check_node, generator):
    ifm = generator.standard_normal((1, 2, 4, 10), np.float32)
    scales = np.array([0.7], np.float32)
    check_node("Resize", ifm, None, scales, opset=18, mode="cubic", axes=[3])


@pytest.mark.parametrize("mode", ["nearest", "linear"])
@pytest.mark.parametrize("opset", [7, 8])
def test_upsample_by_an_attribute(check_node, generator, opset, mode):
    ifm = generator.standard_normal((1, 2, 4, 5), np.float32)
    scales = {"scales": [1.0, 1.0, 2.0, 3.0]}
    check_node("Upsample", ifm, opset=opset, mode=mode, **scales)


def test_upsample_without_scales(node_model, generator):
    ifm = generator.standard_normal((1, 2, 4, 5), np.float32)
    with pytest.raises(AipuError, match=r"scales \[\] on 4 axes"):
        import_onnx(node_model("Upsample", ifm, opset=7))


def declared(model, shape):
    """The model with a declared shape of its output."""
    output = helper.make_tensor_value_info("y0", TensorProto.FLOAT, shape)
    model.graph.output[0].CopyFrom(output)
    return model


@pytest.mark.parametrize("shape", [(1, 2, 6, 6), (1, 2, 42)])
def test_an_output_of_another_shape_than_declared_is_told(node_model, generator, shape):
    ifm = generator.standard_normal((1, 2, 10, 6), np.float32)
    scales = np.array([1, 1, 0.7, 1], np.float32)
    model = declared(node_model("Resize", ifm, None, scales, opset=18), shape)
    (warning,) = import_onnx(model).warnings
    text = "x".join(map(str, shape))
    assert warning == (
        f"output 'y0': the file declares the shape {text}, it has 1x2x7x6"
    )


@pytest.mark.parametrize("shape", [(1, 2, 7, 6), ("n", 2, None, 6), None])
def test_an_output_as_declared_is_not_told(node_model, generator, shape):
    ifm = generator.standard_normal((1, 2, 10, 6), np.float32)
    scales = np.array([1, 1, 0.7, 1], np.float32)
    model = declared(node_model("Resize", ifm, None, scales, opset=18), shape)
    assert import_onnx(model).warnings == ()


def test_a_user_may_change_what_is_declared(node_model, generator):
    model = declared(node_model("Relu", generator.standard_normal((1, 4))), (1, 4))
    assert import_onnx(model, batch=3).warnings == ()
