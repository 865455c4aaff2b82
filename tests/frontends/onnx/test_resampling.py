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


@pytest.mark.parametrize(
    "attributes",
    [
        {},
        {"coordinate_transformation_mode": "align_corners"},
        {"coordinate_transformation_mode": "asymmetric"},
        {"exclude_outside": 1, "cubic_coeff_a": -0.5},
    ],
    ids=str,
)
def test_a_cubic_resize(check_node, left_to_onnx, generator, attributes):
    ifm = generator.standard_normal((1, 2, 6, 5), np.float32)
    sizes = np.array([1, 2, 9, 3])
    options = {"opset": 19, "mode": "cubic", **attributes}
    imported = check_node("Resize", ifm, None, None, sizes, **options)
    assert left_to_onnx(imported) == []


def test_a_cubic_resize_of_a_row(node_model, results, generator):
    """As one of a map with a single row, which onnxruntime knows alone."""
    row, sizes = generator.standard_normal((1, 2, 5), np.float32), [1, 2, 9]
    found, expected = (
        results(
            import_onnx(
                node_model("Resize", ifm, None, None, np.array(after), mode="cubic")
            ),
            [ifm],
        )[0]
        for ifm, after in ((row, sizes), (row[:, :, np.newaxis], [1, 2, 1, 9]))
    )
    assert np.array_equal(found, expected[:, :, 0])


def test_a_cubic_resize_to_one_pixel(node_model, results):
    """It is the first, as the specification says, unlike onnx itself."""
    ifm = np.arange(24, dtype=np.float32).reshape(1, 1, 4, 6)
    mode = {"mode": "cubic", "coordinate_transformation_mode": "pytorch_half_pixel"}
    sizes = np.array([1, 1, 1, 6])
    model = node_model("Resize", ifm, None, None, sizes, **mode)
    assert results(import_onnx(model), [ifm])[0].tolist() == ifm[:, :, :1].tolist()


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


@pytest.mark.parametrize("mode", ["bilinear", "nearest", "bicubic"])
@pytest.mark.parametrize("padding", ["zeros", "border", "reflection"])
def test_a_sample_at_a_grid(check_node, left_to_onnx, generator, mode, padding):
    ifm = generator.standard_normal((2, 3, 5, 6), np.float32)
    grid = generator.uniform(-1.5, 1.5, (2, 3, 4, 2)).astype(np.float32)
    options = {"opset": 16, "mode": mode, "padding_mode": padding}
    assert left_to_onnx(check_node("GridSample", ifm, grid, **options)) == []


def test_a_sample_at_a_computed_grid_is_left_to_the_host(
    check_node, left_to_onnx, generator
):
    ifm = generator.standard_normal((1, 3, 5, 6), np.float32)
    grid = generator.uniform(-1, 1, (1, 3, 4, 2)).astype(np.float32)
    imported = check_node("GridSample", ifm, grid, inputs=2, opset=16)
    assert left_to_onnx(imported) == ["its input 'x1' is not constant"]
