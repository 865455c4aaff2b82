"""Convolutions and products against TFLite's own runtime."""

import struct

import numpy as np
import pytest

CONV = {"options_type": "Conv2DOptions"}
DEPTHWISE = {"options_type": "DepthwiseConv2DOptions"}
SAME, VALID = 0, 1
NONE, RELU, RELU_N1_TO_1, RELU6, TANH = range(5)


def normal(generator, *shape):
    return generator.standard_normal(shape, np.float32)


@pytest.mark.parametrize("padding", [SAME, VALID], ids=["same", "valid"])
@pytest.mark.parametrize("stride", [1, 2])
@pytest.mark.parametrize("size", [7, 8])
def test_conv_2d(check, generator, padding, stride, size):
    ifm, weight = normal(generator, 2, size, 9, 3), normal(generator, 4, 3, 2, 3)
    strides = {"StrideH": stride, "StrideW": 3 - stride}
    check(
        "CONV_2D", ifm, weight, normal(generator, 4), Padding=padding, **strides, **CONV
    )


@pytest.mark.parametrize("activation", [NONE, RELU, RELU_N1_TO_1, RELU6])
def test_fused_activations(check, generator, activation):
    ifm, weight = normal(generator, 1, 5, 5, 3) * 3, normal(generator, 4, 3, 3, 3)
    strides = {"StrideH": 1, "StrideW": 1}
    check(
        "CONV_2D",
        *(ifm, weight, normal(generator, 4)),
        FusedActivationFunction=activation,
        **strides,
        **CONV,
    )


def test_dilated_conv_2d(check, generator):
    ifm, weight = normal(generator, 1, 9, 9, 3), normal(generator, 4, 3, 3, 3)
    window = {"StrideH": 1, "StrideW": 1, "DilationHFactor": 2, "DilationWFactor": 3}
    check("CONV_2D", ifm, weight, normal(generator, 4), **window, **CONV)


def test_grouped_conv_2d(check, generator):
    ifm, weight = normal(generator, 1, 6, 6, 8), normal(generator, 4, 3, 3, 2)
    strides = {"StrideH": 1, "StrideW": 1}
    check("CONV_2D", ifm, weight, normal(generator, 4), **strides, **CONV)


@pytest.mark.parametrize("multiplier", [1, 2])
def test_depthwise_conv_2d(check, generator, multiplier):
    ifm, weight = (
        normal(generator, 1, 6, 6, 3),
        normal(generator, 1, 3, 3, 3 * multiplier),
    )
    window = {"StrideH": 2, "StrideW": 2, "DepthMultiplier": multiplier}
    bias = normal(generator, 3 * multiplier)
    check("DEPTHWISE_CONV_2D", ifm, weight, bias, **window, **DEPTHWISE)


@pytest.mark.parametrize("padding", [SAME, VALID], ids=["same", "valid"])
@pytest.mark.parametrize("stride", [1, 2])
@pytest.mark.parametrize("bias", [True, False])
def test_transpose_conv(check, generator, padding, stride, bias):
    rows = 5 * stride if padding == SAME else 4 * stride + 3
    target = np.array([2, rows, rows, 4], np.int32)
    weight, ifm = normal(generator, 4, 3, 3, 2), normal(generator, 2, 5, 5, 2)
    added = [normal(generator, 4)] if bias else []
    window = {"Padding": padding, "StrideH": stride, "StrideW": stride}
    check(
        "TRANSPOSE_CONV",
        *(target, weight, ifm, *added),
        variable=[2],
        options_type="TransposeConvOptions",
        **window,
    )


@pytest.mark.parametrize("keep", [False, True])
@pytest.mark.parametrize("bias", [True, False])
def test_fully_connected(check, generator, keep, bias):
    ifm, weight = normal(generator, 2, 3, 4), normal(generator, 5, 4)
    check(
        "FULLY_CONNECTED",
        *(ifm, weight, normal(generator, 5) if bias else None),
        KeepNumDims=keep,
        FusedActivationFunction=RELU,
        options_type="FullyConnectedOptions",
    )


def test_fully_connected_by_a_computed_weight(check, generator):
    ifm, weight = normal(generator, 3, 4), normal(generator, 5, 4)
    check(
        "FULLY_CONNECTED",
        *(ifm, weight, None),
        variable=[0, 1],
        options_type="FullyConnectedOptions",
    )


@pytest.mark.parametrize("lhs, rhs", [(0, 0), (1, 0), (0, 1), (1, 1)])
def test_batch_matmul(check, generator, lhs, rhs):
    a = normal(generator, 2, 4, 3) if lhs else normal(generator, 2, 3, 4)
    b = normal(generator, 2, 5, 4) if rhs else normal(generator, 2, 4, 5)
    check(
        "BATCH_MATMUL",
        *(a, b),
        variable=[0, 1],
        AdjX=bool(lhs),
        AdjY=bool(rhs),
        options_type="BatchMatMulOptions",
    )


@pytest.mark.parametrize("padding", [1, 2], ids=["same", "valid"])
@pytest.mark.parametrize("kernel", [2, 3])
def test_mediapipes_transposed_convolution(
    node_file, runtime, computed, generator, padding, kernel
):
    """As TFLite's own with a bias, which has the shape of the result as an input."""
    ifm, weight, bias = (
        generator.standard_normal(shape, np.float32)
        for shape in ((1, 4, 5, 3), (6, kernel, kernel, 3), (6,))
    )
    custom = node_file(
        "Convolution2DTransposeBias",
        ifm,
        weight,
        bias,
        custom_options=struct.pack("<3i", padding, 2, 2),
    )
    extents = [2 * n if padding == 1 else 2 * (n - 1) + kernel for n in (4, 5)]
    builtin = node_file(
        "TRANSPOSE_CONV",
        np.array([1, *extents, 6], np.int32),
        weight,
        ifm,
        bias,
        variable=[2],
        options_type="TransposeConvOptions",
        Padding=padding - 1,
        StrideH=2,
        StrideW=2,
    )
    (found,), (expected,) = computed(custom, [ifm]), runtime(builtin, [ifm])
    assert np.allclose(found, expected, rtol=1e-4, atol=1e-5)
