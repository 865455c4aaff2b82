"""Layers of Caffe, against plain loops and formulas."""

from collections.abc import Callable
from itertools import product
from math import ceil, sqrt
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
from onnx import TensorProto, helper

from aipu.errors import AipuError, UnsupportedError
from aipu.frontends.caffe.importer import import_caffe
from aipu.tests.frontends.caffe.small_models import (
    input_layer,
    layer,
    one_layer,
    results,
)

X = np.random.default_rng(0).standard_normal((2, 4, 6, 7), np.float32)
ROWS = np.random.default_rng(1).standard_normal((2, 12), np.float32)


def by_onnx(operator: str, *arrays: np.ndarray, **attributes: object) -> np.ndarray:
    """What onnxruntime computes with an operator that means the same."""
    names = [f"x{number}" for number in range(len(arrays))]
    node = helper.make_node(operator, names, ["y"])
    node.attribute.extend(
        helper.make_attribute(name, value) for name, value in attributes.items()
    )
    inputs = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, array.shape)
        for name, array in zip(names, arrays, strict=True)
    ]
    outputs = [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)]
    graph = helper.make_graph([node], "graph", inputs, outputs)
    opsets = [helper.make_opsetid("", 13)]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=8)
    session = onnxruntime.InferenceSession(model.SerializeToString())
    (found,) = session.run(None, dict(zip(names, arrays, strict=True)))
    return np.asarray(found)


def normal(*shape: int) -> np.ndarray:
    return np.random.default_rng(sum(shape)).standard_normal(shape, np.float32)


@pytest.mark.parametrize(
    ("parameters", "attributes", "shape"),
    [
        ("kernel_size: 3", {}, (6, 4, 3, 3)),
        (
            "kernel_h: 3 kernel_w: 2 stride_h: 2 stride_w: 1 pad_h: 1 pad_w: 0",
            {"strides": [2, 1], "pads": [1, 0, 1, 0]},
            (6, 4, 3, 2),
        ),
        (
            "kernel_size: 3 pad: 2 dilation: 2 group: 2",
            {"pads": [2] * 4, "dilations": [2, 2], "group": 2},
            (6, 2, 3, 3),
        ),
    ],
)
def test_convolution(tmp_path: Path, parameters: str, attributes, shape) -> None:
    weight, bias = normal(*shape), normal(6)
    found = one_layer(
        tmp_path,
        "Convolution",
        f"convolution_param {{ num_output: 6 {parameters} }}",
        X,
        weights=[weight, bias],
    )
    expected = by_onnx("Conv", X, weight, bias, **attributes)
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("groups", [1, 2, 4])
def test_deconvolution(tmp_path: Path, groups: int) -> None:
    weight = normal(4, 8 // groups, 4, 4)
    found = one_layer(
        tmp_path,
        "Deconvolution",
        "convolution_param { num_output: 8 kernel_size: 4 stride: 2 pad: 1 "
        f"group: {groups} bias_term: false }}",
        X,
        weights=[weight],
    )
    options = {"strides": [2, 2], "pads": [1] * 4, "group": groups}
    expected = by_onnx("ConvTranspose", X, weight, **options)
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)


def pooled(x: np.ndarray, kernel: int, stride: int, pad: int, average: bool):
    """Caffe's rule: as many windows as begin inside, sums over the padded size."""
    extents = x.shape[2:]
    counts = [ceil((n + 2 * pad - kernel) / stride) + 1 for n in extents]
    if pad:
        counts = [
            count - ((count - 1) * stride >= n + pad)
            for count, n in zip(counts, extents, strict=True)
        ]
    found = np.zeros((*x.shape[:2], *counts), np.float32)
    for row, column in product(*map(range, counts)):
        start = [row * stride - pad, column * stride - pad]
        end = [min(s + kernel, n + pad) for s, n in zip(start, extents, strict=True)]
        size = (end[0] - start[0]) * (end[1] - start[1])
        window = x[:, :, max(start[0], 0) : end[0], max(start[1], 0) : end[1]]
        reduced = window.sum((2, 3)) / size if average else window.max((2, 3))
        found[:, :, row, column] = reduced
    return found


@pytest.mark.parametrize("average", [False, True])
@pytest.mark.parametrize(
    ("kernel", "stride", "pad"), [(2, 2, 0), (3, 2, 0), (3, 2, 1), (2, 3, 1), (5, 4, 2)]
)
def test_pooling_rounds_up(tmp_path: Path, kernel, stride, pad, average: bool) -> None:
    found = one_layer(
        tmp_path,
        "Pooling",
        f"pooling_param {{ pool: {'AVE' if average else 'MAX'} kernel_size: {kernel} "
        f"stride: {stride} pad: {pad} }}",
        X,
    )
    expected = pooled(X, kernel, stride, pad, average)
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)


def test_global_pooling(tmp_path: Path) -> None:
    parameters = "pooling_param { pool: AVE global_pooling: true }"
    found = one_layer(tmp_path, "Pooling", parameters, X)
    np.testing.assert_allclose(found, X.mean((2, 3), keepdims=True), rtol=1e-5)


def test_inner_product_takes_all_axes_from_one_on(tmp_path: Path) -> None:
    weight, bias = normal(5, 168), normal(5)
    parameters = "inner_product_param { num_output: 5 }"
    found = one_layer(tmp_path, "InnerProduct", parameters, X, weights=[weight, bias])
    expected = X.reshape(2, -1) @ weight.T + bias
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)


def test_inner_product_by_a_transposed_weight(tmp_path: Path) -> None:
    weight = normal(42, 5)
    parameters = (
        "inner_product_param { num_output: 5 axis: 2 transpose: true bias_term: false }"
    )
    found = one_layer(tmp_path, "InnerProduct", parameters, X, weights=[weight])
    expected = X.reshape(2, 4, 42) @ weight
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)


def test_batch_norm_divides_its_sums_by_their_number(tmp_path: Path) -> None:
    mean, variance = normal(4), np.abs(normal(4)) + 1
    found = one_layer(
        tmp_path,
        "BatchNorm",
        "batch_norm_param { eps: 0.001 }",
        X,
        weights=[mean * 50, variance * 50, np.array([50.0])],
    )
    wide = (1, 4, 1, 1)
    expected = (X - mean.reshape(wide)) / np.sqrt(variance.reshape(wide) + 0.001)
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)


def test_scale(tmp_path: Path) -> None:
    gain, offset = normal(4), normal(4) + 1
    parameters = "scale_param { bias_term: true }"
    found = one_layer(tmp_path, "Scale", parameters, X, weights=[gain, offset])
    expected = X * gain.reshape(1, 4, 1, 1) + offset.reshape(1, 4, 1, 1)
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)


def test_scale_by_a_blob_along_its_axes(tmp_path: Path) -> None:
    factor = normal(2, 4)
    found = one_layer(tmp_path, "Scale", "scale_param { axis: 0 }", X, factor)
    np.testing.assert_allclose(found, X * factor[:, :, None, None], rtol=1e-6)


def test_a_sum_with_coefficients(tmp_path: Path) -> None:
    parameters = "eltwise_param { operation: SUM coeff: 0.5 coeff: -2 }"
    found = one_layer(tmp_path, "Eltwise", parameters, X, X[::-1].copy())
    np.testing.assert_allclose(found, 0.5 * X - 2 * X[::-1], rtol=1e-5, atol=1e-6)


SLOPES = np.array([0.1, -0.2, 0.3, 0.4], np.float32)
FORMULAS: dict[tuple[str, str], Callable[[np.ndarray], np.ndarray]] = {
    ("AbsVal", ""): np.abs,
    ("BNLL", ""): lambda x: np.log1p(np.exp(x)),
    ("Clip", "clip_param { min: -0.5 max: 0.75 }"): lambda x: np.clip(x, -0.5, 0.75),
    ("Dropout", "dropout_param { dropout_ratio: 0.7 }"): lambda x: x,
    ("ELU", "elu_param { alpha: 0.5 }"): lambda x: np.where(
        x > 0, x, 0.5 * np.expm1(x)
    ),
    ("Exp", "exp_param { base: 2 scale: 0.5 shift: 1 }"): lambda x: 2 ** (x / 2 + 1),
    ("Flatten", ""): lambda x: x.reshape(2, -1),
    ("Flatten", "flatten_param { axis: 2 }"): lambda x: x.reshape(2, 4, 42),
    ("Log", "log_param { base: 10 scale: 0.1 shift: 5 }"): lambda x: np.log10(
        x / 10 + 5
    ),
    ("Permute", "permute_param { order: 0 order: 2 }"): lambda x: x.transpose(
        0, 2, 1, 3
    ),
    ("Power", "power_param { power: 2 scale: 3 shift: 1 }"): lambda x: (3 * x + 1) ** 2,
    ("ReLU", ""): lambda x: np.maximum(x, 0),
    ("ReLU", "relu_param { negative_slope: 0.1 }"): lambda x: np.where(
        x > 0, x, 0.1 * x
    ),
    ("ReLU6", ""): lambda x: np.clip(x, 0, 6),
    ("Reduction", "reduction_param { operation: MEAN axis: 1 coeff: 2 }"): lambda x: (
        2 * x.mean((1, 2, 3))
    ),
    ("Reduction", "reduction_param { operation: ASUM axis: 2 }"): lambda x: np.abs(
        x
    ).sum((2, 3)),
    ("Reshape", "reshape_param { shape { dim: 0 dim: -1 dim: 14 } }"): lambda x: (
        x.reshape(2, 12, 14)
    ),
    (
        "Reshape",
        "reshape_param { shape { dim: 2 dim: 2 } axis: 1 num_axes: 1 }",
    ): lambda x: x.reshape(2, 2, 2, 6, 7),
    ("ShuffleChannel", "shuffle_channel_param { group: 2 }"): lambda x: x[
        :, [0, 2, 1, 3]
    ],
    ("Sigmoid", ""): lambda x: 1 / (1 + np.exp(-x)),
    ("Softmax", ""): lambda x: np.exp(x) / np.exp(x).sum(1, keepdims=True),
    ("Softmax", "softmax_param { axis: 2 }"): lambda x: (
        np.exp(x) / np.exp(x).sum(2, keepdims=True)
    ),
    ("TanH", ""): np.tanh,
    ("Upsample", "upsample_param { scale: 2 }"): lambda x: x.repeat(2, 2).repeat(2, 3),
}


@pytest.mark.parametrize(("operator", "parameters"), FORMULAS)
def test_formulas(tmp_path: Path, operator: str, parameters: str) -> None:
    found = one_layer(tmp_path, operator, parameters, X)
    expected = FORMULAS[operator, parameters](X.astype(np.float64))
    assert found.shape == expected.shape
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)


def test_prelu(tmp_path: Path) -> None:
    found = one_layer(tmp_path, "PReLU", "", X, weights=[SLOPES])
    expected = np.where(X > 0, X, SLOPES.reshape(1, 4, 1, 1) * X)
    np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_lrn(tmp_path: Path) -> None:
    parameters = "lrn_param { local_size: 3 alpha: 0.5 beta: 0.75 k: 2 }"
    found = one_layer(tmp_path, "LRN", parameters, X)
    expected = by_onnx("LRN", X, size=3, alpha=0.5, beta=0.75, bias=2.0)
    np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_an_lrn_of_an_even_size_is_none_of_caffe(tmp_path: Path) -> None:
    parameters = "lrn_param { local_size: 4 }"
    with pytest.raises(AipuError, match="a local_size of 4: Caffe takes odd ones"):
        one_layer(tmp_path, "LRN", parameters, X)


@pytest.mark.parametrize("size", [1, 3])
def test_lrn_within_channels(tmp_path: Path, size: int) -> None:
    parameters = (
        f"lrn_param {{ local_size: {size} alpha: 0.5 beta: 0.75 "
        "norm_region: WITHIN_CHANNEL }"
    )
    found = one_layer(tmp_path, "LRN", parameters, X)
    around = [(0, 0), (0, 0), (size // 2, size // 2), (size // 2, size // 2)]
    squares = np.lib.stride_tricks.sliding_window_view(
        np.pad(X**2, around), (size, size), (2, 3)
    )
    expected = X * (1 + 0.5 * squares.mean((4, 5))) ** -0.75
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("across", [False, True])
@pytest.mark.parametrize("variance", [False, True])
def test_mean_and_variance(tmp_path: Path, across: bool, variance: bool) -> None:
    flags = f"across_channels: {across} normalize_variance: {variance}".lower()
    found = one_layer(tmp_path, "MVN", f"mvn_param {{ {flags} eps: 0.1 }}", X)
    axes = (1, 2, 3) if across else (2, 3)
    expected = X - X.mean(axes, keepdims=True)
    if variance:
        expected /= X.std(axes, keepdims=True) + 0.1
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)


def test_tile(tmp_path: Path) -> None:
    found = one_layer(tmp_path, "Tile", "tile_param { axis: 2 tiles: 3 }", X)
    np.testing.assert_array_equal(found, np.tile(X, (1, 1, 3, 1)))


def test_normalize_over_channels(tmp_path: Path) -> None:
    parameters = "norm_param { across_spatial: false channel_shared: false }"
    found = one_layer(tmp_path, "Normalize", parameters, X, weights=[SLOPES])
    length = np.sqrt((X**2).sum(1, keepdims=True) + 1e-10)
    expected = SLOPES.reshape(1, 4, 1, 1) * X / length
    np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_interp_lays_corners_on_corners(tmp_path: Path) -> None:
    parameters = "interp_param { height: 11 width: 13 }"
    found = one_layer(tmp_path, "Interp", parameters, X)
    for row, column in product(range(11), range(13)):
        y, x = row * 5 / 10, column * 6 / 12
        top, left = min(int(y), 4), min(int(x), 5)
        dy, dx = y - top, x - left
        square = X[:, :, top : top + 2, left : left + 2]
        corners = square * [
            [(1 - dy) * (1 - dx), (1 - dy) * dx],
            [dy * (1 - dx), dy * dx],
        ]
        np.testing.assert_allclose(
            found[:, :, row, column], corners.sum((2, 3)), rtol=1e-4, atol=1e-5
        )


def test_concat_and_slice(tmp_path: Path) -> None:
    joined = one_layer(tmp_path, "Concat", "concat_param { axis: 2 }", X, X)
    np.testing.assert_array_equal(joined, np.concatenate([X, X], 2))
    text = input_layer("x", X.shape) + (
        'layer { name: "s" type: "Slice" bottom: "x" top: "a" top: "b" top: "c" '
        "slice_param { axis: 1 slice_point: 1 slice_point: 3 } }"
    )
    path = tmp_path / "slice.prototxt"
    path.write_text(text)
    found = results(import_caffe(path, random_weights=0), {"x": X})
    parts = {"a": X[:, :1], "b": X[:, 1:3], "c": X[:, 3:]}
    for name, expected in parts.items():
        np.testing.assert_array_equal(found[name], expected)


def test_crop_to_another_blob(tmp_path: Path) -> None:
    like = np.zeros((2, 4, 3, 5), np.float32)
    parameters = "crop_param { axis: 2 offset: 1 offset: 2 }"
    # The blob to be like is read for its shape alone, so it is no input of the network.
    text = input_layer("x0", X.shape) + input_layer("x1", like.shape)
    path = tmp_path / "model.prototxt"
    path.write_text(text + layer("Crop", ["x0", "x1"], "y", parameters))
    found = results(import_caffe(path, random_weights=0), {"x0": X, "x1": like})["y"]
    np.testing.assert_array_equal(found, X[:, :, 1:4, 2:7])


def test_prior_boxes_about_every_position(tmp_path: Path) -> None:
    found = one_layer(
        tmp_path,
        "PriorBox",
        "prior_box_param { min_size: 30 max_size: 60 aspect_ratio: 2 flip: true "
        "clip: false variance: 0.1 variance: 0.1 variance: 0.2 variance: 0.2 }",
        np.zeros((1, 8, 3, 2), np.float32),
        np.zeros((1, 3, 90, 100), np.float32),
    )
    expected: list[float] = []
    mean = sqrt(30 * 60)
    sizes = [(30, 30), (mean, mean)]
    sizes += [(30 * sqrt(2), 30 / sqrt(2)), (30 / sqrt(2), 30 * sqrt(2))]
    for row, column in product(range(3), range(2)):
        x, y = (column + 0.5) * 50, (row + 0.5) * 30
        for w, h in sizes:
            box = [(x - w / 2) / 100, (y - h / 2) / 90]
            expected += [*box, (x + w / 2) / 100, (y + h / 2) / 90]
    assert found.shape == (1, 2, len(expected))
    np.testing.assert_allclose(found[0, 0], expected, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(found[0, 1], [0.1, 0.1, 0.2, 0.2] * 24, rtol=1e-6)


def test_what_is_not_supported_is_listed_with_its_layer(tmp_path: Path) -> None:
    path = tmp_path / "model.prototxt"
    path.write_text(
        input_layer("x", X.shape)
        + layer("Python", ["x"], "first")
        + layer("Pooling", ["x"], "second", "pooling_param { pool: STOCHASTIC }")
        + layer("ReLU", ["first"], "third")
    )
    with pytest.raises(UnsupportedError) as caught:
        import_caffe(path, random_weights=0)
    message = str(caught.value)
    assert "layer 'first' (Python): the operator is not supported" in message
    assert "layer 'second' (Pooling): pooling at random" in message
    assert "third" not in message


def test_a_weight_of_another_size_is_refused(tmp_path: Path) -> None:
    parameters = "convolution_param { num_output: 6 kernel_size: 3 }"
    with pytest.raises(AipuError, match=r"its weight has 5 elements .* \[6, 4, 3, 3\]"):
        one_layer(tmp_path, "Convolution", parameters, X, weights=[normal(5)])
