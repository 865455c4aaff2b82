"""Convolutions against loops over Python integers, and against onnxruntime."""

from fractions import Fraction

import numpy as np
import onnx
import onnxruntime
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from xdsl.dialects.builtin import f32, i8, i16, i32

from aipu.dialects import nn
from aipu.dialects.quant import UniformType
from aipu.dialects.semantics.evaluate import evaluate_operator
from aipu.dialects.semantics.requantise import requantise
from aipu.errors import AipuError


def int8(values) -> np.ndarray:
    return np.array(values, np.int8)


def random_parameters(generator, weight_shape):
    """Weight, bias, multiplier and shift that make results of every size."""
    channels, terms = weight_shape[0], int(np.prod(weight_shape[1:]))
    return (
        generator.integers(-127, 128, weight_shape, np.int8),
        generator.integers(-9000, 9000, channels, np.int32),
        generator.integers(1 << 14, 1 << 15, channels, np.int16),
        generator.integers(19, 23, channels, np.int8) + int(np.log2(terms) / 2),
    )


def parameter_values(tensor, weight_shape):
    channels = weight_shape[:1]
    return (
        tensor(weight_shape, i8),
        tensor(channels, i32),
        [tensor(channels, i16), tensor(channels, i8)],
    )


def slow_conv2d(ifm, zero_point, weight, bias, stride, pad, dilation, groups):
    """Accumulators by definition, one product at a time."""
    batch, height, width, _ = ifm.shape
    ofm_channels, kernel_rows, kernel_columns, ifm_channels = weight.shape
    top, left, bottom, right = pad
    rows = (height + top + bottom - (kernel_rows - 1) * dilation[0] - 1) // stride[0]
    columns = (width + left + right - (kernel_columns - 1) * dilation[1] - 1) // stride[
        1
    ]
    sums = np.empty((batch, rows + 1, columns + 1, ofm_channels), object)
    for n, y, x, m in np.ndindex(*sums.shape):
        total = int(bias[m])
        first = m // (ofm_channels // groups) * ifm_channels
        for i, j, c in np.ndindex(*weight.shape[1:]):
            row = y * stride[0] + i * dilation[0] - top
            column = x * stride[1] + j * dilation[1] - left
            if 0 <= row < height and 0 <= column < width:
                pixel = int(ifm[n, row, column, first + c]) - zero_point
                total += pixel * int(weight[m, i, j, c])
        sums[n, y, x, m] = total
    return sums


def slow_requantise(sums, multiplier, shift, zero_point, low=-128, high=127):
    result = np.empty(sums.shape, np.int8)
    for index in np.ndindex(*sums.shape):
        m = index[-1]
        factor = Fraction(int(multiplier[m]), 1 << int(shift[m]))
        scaled = round(sums[index] * factor)
        result[index] = min(max(scaled + zero_point, low), high)
    return result


def test_a_float_multiplier_rounds_each_product(tensor, feature_map):
    """To float32 first, in convolutions and fully connected layers alike."""
    generator = np.random.default_rng(5)
    weight, bias, *_ = random_parameters(generator, (6, 40))
    multiplier = generator.uniform(1e-3, 1e-2, 6).astype(np.float32)
    ifm = generator.integers(-128, 128, (9, 40), np.int8)
    op = nn.FullyConnectedOp(
        feature_map((9, 40), 3),
        tensor((6, 40), i8),
        tensor((6,), i32),
        rescale=[tensor((6,), f32)],
    )
    sums = (ifm.astype(np.int64) - 3) @ weight.T.astype(np.int64) + bias
    expected = np.clip(np.rint(sums.astype(np.float32) * multiplier) + 3, -128, 127)
    for precision in (np.float32, np.float64):
        arguments = [ifm, weight, bias, multiplier.astype(precision)]
        result = evaluate_operator(op, arguments)
        assert np.array_equal(result, expected)


def test_sums_below_0_have_multipliers_of_their_own(tensor, feature_map):
    """One of either sign a channel, in convolutions and fully connected layers."""
    generator = np.random.default_rng(6)
    weight, bias, multiplier, shift = random_parameters(generator, (6, 40))
    below = generator.integers(-(1 << 15) + 1, 1 << 15, 6, np.int16)
    rescale = [multiplier, shift, below, shift + 1]
    ifm = generator.integers(-128, 128, (1, 9, 1, 40), np.int8)
    types = [tensor((6,), i16), tensor((6,), i8)] * 2
    constants = tensor((6,), i32)
    for op, pixels, filters in (
        (
            nn.FullyConnectedOp(
                feature_map((9, 40), 3), tensor((6, 40), i8), constants, rescale=types
            ),
            ifm.reshape(9, 40),
            weight,
        ),
        (
            nn.Conv2dOp(
                feature_map((1, 9, 1, 40), 3),
                tensor((6, 1, 1, 40), i8),
                constants,
                rescale=types,
            ),
            ifm,
            weight.reshape(6, 1, 1, 40),
        ),
    ):
        sums = (pixels.astype(np.int64) - 3) @ weight.T.astype(np.int64) + bias
        expected = np.where(
            sums < 0,
            slow_requantise(sums, below, shift + 1, 3),
            slow_requantise(sums, multiplier, shift, 3),
        )
        result = evaluate_operator(op, [pixels, filters, bias, *rescale])
        assert np.array_equal(result, expected)


@st.composite
def convolutions(draw):
    groups = draw(st.sampled_from([1, 1, 2, 4]))
    each = draw(st.integers(1, 3))
    kernel = draw(st.tuples(st.integers(1, 3), st.integers(1, 3)))
    dilation = draw(st.tuples(st.integers(1, 2), st.integers(1, 2)))
    reach = [(k - 1) * d + 1 for k, d in zip(kernel, dilation, strict=True)]
    return {
        "ifm": (
            draw(st.integers(1, 2)),
            draw(st.integers(reach[0], 6)),
            draw(st.integers(reach[1], 6)),
            groups * each,
        ),
        "weight": (groups * draw(st.integers(1, 3)), *kernel, each),
        "stride": draw(st.tuples(st.integers(1, 3), st.integers(1, 3))),
        "pad": draw(st.tuples(*[st.integers(0, 2)] * 4)),
        "dilation": dilation,
        "groups": groups,
    }


@settings(max_examples=60)
@given(convolutions(), st.integers(-128, 127), st.integers(-128, 127), st.integers(0))
def test_conv2d_is_its_definition(
    tensor, feature_map, geometry, ifm_zero, ofm_zero, seed
):
    generator = np.random.default_rng(seed)
    ifm_shape, weight_shape = geometry.pop("ifm"), geometry.pop("weight")
    ifm = generator.integers(-128, 128, ifm_shape, np.int8)
    weight, bias, multiplier, shift = random_parameters(generator, weight_shape)
    weight_value, bias_value, rescale = parameter_values(tensor, weight_shape)
    op = nn.Conv2dOp(
        feature_map(ifm_shape, ifm_zero),
        weight_value,
        bias_value,
        rescale=rescale,
        **geometry,
        element=UniformType(1.0, ofm_zero),
    )
    result = evaluate_operator(op, [ifm, weight, bias, multiplier, shift])
    sums = slow_conv2d(ifm, ifm_zero, weight, bias, **geometry)
    assert np.array_equal(result, slow_requantise(sums, multiplier, shift, ofm_zero))


@pytest.mark.parametrize(
    ("activation", "low", "high"),
    [((0.0, 6.0), 3, 15), ((0.0, float("inf")), 3, 127), ((-1.1, 2.9), 1, 9)],
)
def test_activation_clamps_in_stored_integers(
    tensor, feature_map, activation, low, high
):
    """Scale 0.5 and zero point 3: a real r is stored as round(r / 0.5) + 3."""
    weight, bias, rescale = parameter_values(tensor, (1, 1, 1, 1))
    op = nn.Conv2dOp(
        feature_map((1, 1, 256, 1), 0),
        weight,
        bias,
        rescale=rescale,
        activation=nn.ClampAttr(nn.Clamp(*activation)),
        element=UniformType(0.5, 3),
    )
    ifm = np.arange(-128, 128).astype(np.int8).reshape(1, 1, 256, 1)
    one = [np.array([1], np.int32)] * 2
    result = evaluate_operator(op, [ifm, int8([[[[1]]]]), *one, int8([0])])
    expected = [min(max(value + 1 + 3, low), high) for value in range(-128, 128)]
    assert result.ravel().tolist() == expected


@pytest.mark.parametrize("terms", [10, 1500])
def test_fully_connected_is_its_definition(tensor, feature_map, terms):
    generator = np.random.default_rng(terms)
    ifm = generator.integers(-128, 128, (3, terms), np.int8)
    weight, bias, multiplier, shift = random_parameters(generator, (4, terms))
    weight_value, bias_value, rescale = parameter_values(tensor, (4, terms))
    op = nn.FullyConnectedOp(
        feature_map((3, terms), -7),
        weight_value,
        bias_value,
        rescale=rescale,
        element=UniformType(1.0, 9),
    )
    sums = (ifm.astype(object) + 7) @ weight.T.astype(object) + bias
    result = evaluate_operator(op, [ifm, weight, bias, multiplier, shift])
    assert np.array_equal(result, slow_requantise(sums, multiplier, shift, 9))


def test_matmul_is_its_definition(feature_map):
    generator = np.random.default_rng(5)
    lhs = generator.integers(-128, 128, (2, 3, 700), np.int8)
    rhs = generator.integers(-128, 128, (2, 700, 4), np.int8)
    op = nn.MatMulOp(feature_map(lhs.shape, -128), feature_map(rhs.shape, 127))
    op.rescale = nn.RescaleAttr(nn.Rescale((21000,), 29))
    sums = (lhs.astype(object) + 128) @ (rhs.astype(object) - 127)
    expected = slow_requantise(sums, [21000] * 4, [29] * 4, -128)
    assert np.array_equal(evaluate_operator(op, [lhs, rhs]), expected)


def run_onnx(operator, ifm, weight, zero_point, **attributes):
    """The int32 result of an integer operator of onnxruntime, all of it signed."""
    graph = onnx.helper.make_graph(
        [
            onnx.helper.make_node(
                operator, ["ifm", "weight", "zero"], ["ofm"], **attributes
            )
        ],
        "one",
        [onnx.helper.make_tensor_value_info("ifm", onnx.TensorProto.INT8, ifm.shape)],
        [onnx.helper.make_tensor_value_info("ofm", onnx.TensorProto.INT32, None)],
        [
            onnx.numpy_helper.from_array(weight, "weight"),
            onnx.numpy_helper.from_array(np.array(zero_point, np.int8), "zero"),
        ],
    )
    opset = onnx.helper.make_opsetid("", 13)
    model = onnx.helper.make_model(graph, opset_imports=[opset], ir_version=8)
    session = onnxruntime.InferenceSession(model.SerializeToString())
    return np.asarray(session.run(["ofm"], {"ifm": ifm})[0])


@pytest.mark.parametrize(
    ("channels", "weight_shape", "groups", "stride", "pad"),
    [
        (64, (48, 3, 3, 64), 1, 1, 1),
        (256, (32, 1, 1, 256), 1, 2, 0),
        (40, (40, 5, 5, 1), 40, 2, 2),
        (24, (36, 3, 3, 8), 3, 1, 1),
    ],
)
def test_conv2d_agrees_with_onnxruntime(
    tensor, feature_map, channels, weight_shape, groups, stride, pad
):
    generator = np.random.default_rng(channels)
    ifm = generator.integers(-128, 128, (2, 14, 15, channels), np.int8)
    weight, bias, multiplier, shift = random_parameters(generator, weight_shape)
    weight_value, bias_value, rescale = parameter_values(tensor, weight_shape)
    geometry = {"stride": (stride, stride), "pad": (pad,) * 4, "groups": groups}
    op = nn.Conv2dOp(
        feature_map(ifm.shape, 11),
        weight_value,
        bias_value,
        rescale=rescale,
        **geometry,
        element=UniformType(1.0, -20),
    )
    sums = run_onnx(
        "ConvInteger",
        ifm.transpose(0, 3, 1, 2),
        weight.transpose(0, 3, 1, 2),
        11,
        strides=[stride, stride],
        pads=[pad] * 4,
        group=groups,
    ).transpose(0, 2, 3, 1)
    expected = requantise(sums + bias, multiplier, shift, -20, -128, 127)
    result = evaluate_operator(op, [ifm, weight, bias, multiplier, shift])
    assert np.array_equal(result, expected)


def test_fully_connected_agrees_with_onnxruntime(tensor, feature_map):
    generator = np.random.default_rng(3)
    ifm = generator.integers(-128, 128, (5, 2048), np.int8)
    weight, bias, multiplier, shift = random_parameters(generator, (100, 2048))
    weight_value, bias_value, rescale = parameter_values(tensor, weight.shape)
    op = nn.FullyConnectedOp(
        feature_map(ifm.shape, -3),
        weight_value,
        bias_value,
        rescale=rescale,
        element=UniformType(1.0, 0),
    )
    sums = run_onnx("MatMulInteger", ifm, np.ascontiguousarray(weight.T), -3)
    expected = requantise(sums + bias, multiplier, shift, 0, -128, 127)
    result = evaluate_operator(op, [ifm, weight, bias, multiplier, shift])
    assert np.array_equal(result, expected)


def test_without_a_rescale_integers_have_no_meaning(tensor, feature_map):
    weight, bias, _ = parameter_values(tensor, (1, 2))
    op = nn.FullyConnectedOp(feature_map((1, 2), 0), weight, bias)
    arrays = [int8([[1, 2]]), int8([[3, 4]]), np.array([5], np.int32)]
    with pytest.raises(AipuError, match="needs a rescale"):
        evaluate_operator(op, arrays)
