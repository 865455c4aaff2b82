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


DILATED = {
    "between": {"kernel_shape": [2, 3], "dilations": [2, 1], "strides": [1, 2]},
    "steps of the gap": {
        "kernel_shape": [3, 2],
        "dilations": [2, 3],
        "strides": [2, 3],
    },
    "steps past it": {"kernel_shape": [2, 2], "dilations": [2, 4], "strides": [3, 2]},
}
PADDED = {
    "no pads": {},
    "pads": {"pads": [1, 0, 1, 1]},
    "ceil": {"pads": [1, 0, 1, 1], "ceil_mode": 1},
}
"""Pads smaller than every dilated window, so that each has an element."""


@pytest.mark.parametrize("pads", PADDED)
@pytest.mark.parametrize("window", DILATED.values(), ids=DILATED)
def test_dilated_max_pool(check_node, left_to_onnx, ifm, window, pads):
    imported = check_node("MaxPool", ifm, **window, **PADDED[pads])
    assert left_to_onnx(imported) == []


@pytest.mark.parametrize("counting", [0, 1])
@pytest.mark.parametrize("pads", PADDED)
@pytest.mark.parametrize("window", DILATED.values(), ids=DILATED)
def test_dilated_average_pool(check_node, left_to_onnx, ifm, window, pads, counting):
    options = {"opset": 19, "count_include_pad": counting, **window, **PADDED[pads]}
    imported = check_node("AveragePool", ifm, **options)
    assert left_to_onnx(imported) == []


def test_a_kernel_of_one_element_has_no_gaps(check_node, operators, ifm):
    window = {"kernel_shape": [1, 1], "dilations": [5, 2], "strides": [2, 3]}
    imported = check_node("MaxPool", ifm, **window)
    assert operators(imported).count("nn.max_pool2d") == 1


@pytest.mark.parametrize(
    ("mode", "pads"), [("SAME_LOWER", [2, 1, 2, 0]), ("SAME_UPPER", [2, 0, 2, 1])]
)
def test_pads_that_keep_the_extents_know_of_dilation(
    node_model, reference, results, error, ifm, mode, pads
):
    # onnxruntime forgets it, and contradicts its own inference of shapes.
    window = {"kernel_shape": [3, 2], "dilations": [2, 1]}
    expected = reference(node_model("MaxPool", ifm, **window, pads=pads), [ifm])
    imported = import_onnx(node_model("MaxPool", ifm, **window, auto_pad=mode))
    assert error(results(imported, [ifm]), expected) == 0


def test_a_dilated_window_that_has_nothing_but_padding(node_model, left_to_onnx, ifm):
    window = {"kernel_shape": [2, 2], "dilations": [20, 1], "pads": [20, 0, 20, 0]}
    imported = import_onnx(node_model("MaxPool", ifm, **window))
    assert left_to_onnx(imported) == ["a window that has nothing but padding"]


VOLUMES = {
    "plain": {"kernel_shape": [2, 3, 2], "strides": [1, 2, 2]},
    "ceil": {"kernel_shape": [2, 3, 2], "strides": [2, 1, 2], "ceil_mode": 1},
    "dilated": {"kernel_shape": [2, 2, 2], "dilations": [2, 1, 3]},
}


@pytest.mark.parametrize("options", [{}, {"pads": [1, 1, 0, 0, 1, 1]}], ids=str)
@pytest.mark.parametrize("window", VOLUMES.values(), ids=VOLUMES)
@pytest.mark.parametrize("operator", ["MaxPool", "AveragePool"])
def test_pool_in_three_dimensions(
    check_node, left_to_onnx, generator, operator, window, options
):
    ifm = generator.standard_normal((2, 3, 5, 6, 7), np.float32) - 5
    imported = check_node(operator, ifm, opset=19, **window, **options)
    assert left_to_onnx(imported) == []


def test_pool_in_four_dimensions_is_left_to_the_host(node_model, left_to_onnx):
    ifm = np.zeros((1, 2, 3, 4, 5, 6), np.float32)
    model = node_model("MaxPool", ifm, kernel_shape=[2, 2, 2, 2])
    assert left_to_onnx(import_onnx(model)) == ["a window over a tensor of rank 6"]


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
