"""Pooling against onnxruntime, and the arithmetic of windows against counting."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from aipu.errors import UnsupportedError
from aipu.frontends.onnx.importer import import_onnx
from aipu.frontends.onnx.window import ceil_pad, same_pads

WINDOWS = {
    "plain": {"kernel_shape": [3, 2]},
    "strides": {"kernel_shape": [3, 2], "strides": [2, 3]},
    "pads": {"kernel_shape": [3, 3], "strides": [2, 2], "pads": [0, 1, 2, 1]},
    "same_upper": {"kernel_shape": [3, 2], "strides": [2, 2], "auto_pad": "SAME_UPPER"},
    "same_lower": {"kernel_shape": [3, 2], "strides": [2, 2], "auto_pad": "SAME_LOWER"},
    "valid": {"kernel_shape": [2, 2], "strides": [2, 2], "auto_pad": "VALID"},
}
CEIL_WINDOWS = {
    "ceil": {"kernel_shape": [2, 3], "strides": [2, 2]},
    "ceil, pads": {"kernel_shape": [3, 3], "strides": [2, 2], "pads": [1, 1, 1, 1]},
    "ceil, wide": {"kernel_shape": [2, 2], "strides": [3, 3], "pads": [1, 0, 1, 0]},
}


@pytest.fixture(params=[(2, 3, 8, 9), (1, 2, 7, 10)], ids=["8x9", "7x10"])
def ifm(request, generator):
    # All negative, so that padding with zeros would show in a maximum.
    return generator.standard_normal(request.param, np.float32) - 5


@pytest.mark.parametrize("window", WINDOWS.values(), ids=WINDOWS)
@pytest.mark.parametrize("opset", [8, 12])
def test_max_pool(check_node, ifm, window, opset):
    check_node("MaxPool", ifm, opset=opset, **window)


@pytest.mark.parametrize("counting", [0, 1])
@pytest.mark.parametrize("window", WINDOWS.values(), ids=WINDOWS)
@pytest.mark.parametrize("opset", [7, 19])
def test_average_pool(check_node, ifm, window, counting, opset):
    check_node("AveragePool", ifm, opset=opset, count_include_pad=counting, **window)


@pytest.mark.parametrize("window", CEIL_WINDOWS.values(), ids=CEIL_WINDOWS)
def test_max_pool_with_partial_windows(check_node, ifm, window):
    check_node("MaxPool", ifm, ceil_mode=1, **window)


@pytest.mark.parametrize("counting", [0, 1])
@pytest.mark.parametrize("window", CEIL_WINDOWS.values(), ids=CEIL_WINDOWS)
def test_average_pool_with_partial_windows(check_node, ifm, window, counting):
    check_node(
        "AveragePool", ifm, opset=19, ceil_mode=1, count_include_pad=counting, **window
    )


@pytest.mark.parametrize("operator", ["MaxPool", "AveragePool"])
def test_pool_in_one_dimension(check_node, generator, operator):
    ifm = generator.standard_normal((2, 3, 11), np.float32)
    check_node(operator, ifm, kernel_shape=[3], strides=[2], pads=[1, 0])


@pytest.mark.parametrize("operator", ["GlobalAveragePool", "GlobalMaxPool"])
def test_global_pool(check_node, ifm, operator):
    check_node(operator, ifm)


@pytest.mark.parametrize("operator", ["MaxPool", "AveragePool"])
def test_dilated_pool_is_left_to_the_host(check_node, left_to_onnx, ifm, operator):
    window = {"kernel_shape": [2, 3], "dilations": [2, 1], "pads": [1, 0, 0, 2]}
    imported = check_node(operator, ifm, opset=19, strides=[1, 2], **window)
    assert left_to_onnx(imported) == ["dilations [2, 1]"]


@pytest.mark.parametrize("operator", ["MaxPool", "AveragePool"])
def test_pool_in_three_dimensions_is_left_to_the_host(
    check_node, left_to_onnx, operators, generator, operator
):
    ifm = generator.standard_normal((1, 2, 5, 6, 4), np.float32)
    imported = check_node(operator, ifm, kernel_shape=[2, 3, 2], strides=[1, 2, 2])
    assert left_to_onnx(imported) == ["a window over a tensor of rank 5"]
    assert operators(imported) == ["nn.onnx"]


@pytest.mark.parametrize("rounding", [{"ceil_mode": 1}, {"auto_pad": "SAME_UPPER"}])
def test_dilated_pool_that_onnx_gets_wrong_is_unsupported(node_model, ifm, rounding):
    window = {"kernel_shape": [2, 2], "dilations": [2, 2], "strides": [3, 3]}
    model = node_model("MaxPool", ifm, **window, **rounding)
    with pytest.raises(UnsupportedError, match=r"dilations \[2, 2\]"):
        import_onnx(model)


def test_the_places_of_maxima_are_unsupported(node_model, ifm):
    model = node_model("MaxPool", ifm, outputs=2, kernel_shape=[2, 2])
    with pytest.raises(UnsupportedError, match="its output 'y1'"):
        import_onnx(model)


EXTENTS = st.integers(1, 20)


@given(EXTENTS, st.integers(1, 7), st.integers(1, 4), st.booleans())
def test_same_pads_are_the_least_that_make_a_window_at_each_stride(
    extent, reach, stride, extra_first
):
    pads = same_pads(extent, reach, stride, extra_first=extra_first)
    windows = len(range(0, extent, stride))
    assert extent + sum(pads) >= (windows - 1) * stride + reach
    assert sum(pads) == 0 or extent + sum(pads) == (windows - 1) * stride + reach
    assert pads[0] - pads[1] in ({0, 1} if extra_first else {0, -1})


@given(
    EXTENTS, st.integers(1, 7), st.integers(1, 4), st.integers(0, 3), st.integers(0, 3)
)
def test_ceil_pad_fills_the_last_window_that_begins_before_the_end_pad(
    extent, reach, stride, before, after
):
    padded = extent + before + after
    assume(reach <= padded and max(before, after) < reach)
    starts = [0]
    while starts[-1] + reach < padded and starts[-1] + stride < extent + before:
        starts.append(starts[-1] + stride)
    expected = max(starts[-1] + reach - padded, 0)
    assert ceil_pad(extent, reach, stride, (before, after)) == expected
