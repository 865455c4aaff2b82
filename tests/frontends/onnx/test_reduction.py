"""Reductions against onnxruntime."""

import numpy as np
import pytest
from onnx import helper

from aipu.errors import UnsupportedError
from aipu.frontends.onnx.importer import import_onnx

REDUCTIONS = ["ReduceMean", "ReduceSum", "ReduceMax"]


@pytest.fixture
def ifm(generator):
    return generator.standard_normal((2, 3, 4, 5), np.float32)


@pytest.mark.parametrize("keep", [0, 1])
@pytest.mark.parametrize("axes", [[1], [2, 3], [-1, 1], [0, 1, 2, 3]])
@pytest.mark.parametrize("operator", REDUCTIONS)
def test_axes_are_an_attribute_in_old_opsets(check_node, ifm, operator, axes, keep):
    check_node(operator, ifm, opset=11, axes=axes, keepdims=keep)


@pytest.mark.parametrize("keep", [0, 1])
@pytest.mark.parametrize("axes", [[1], [2, 3], [-1, 1]])
@pytest.mark.parametrize("operator", REDUCTIONS)
def test_axes_are_an_input_in_new_opsets(check_node, ifm, operator, axes, keep):
    check_node(operator, ifm, np.array(axes, np.int64), opset=18, keepdims=keep)


@pytest.mark.parametrize("operator", REDUCTIONS)
def test_no_axes_are_all_axes_or_none(check_node, operators, ifm, operator):
    check_node(operator, ifm, opset=18)
    imported = check_node(operator, ifm, opset=18, noop_with_empty_axes=1)
    assert operators(imported) == []


@pytest.mark.parametrize("power", [1, 2])
def test_global_lp_pool(check_node, generator, power):
    check_node(
        "GlobalLpPool", generator.standard_normal((2, 3, 4, 5), np.float32), p=power
    )


def test_a_sum_along_too_many_elements(graph_model):
    """It would be a product with a triangle of petabytes."""
    nodes = [helper.make_node("CumSum", ["x", "axis"], ["y"], "sums")]
    model = graph_model(nodes, {"x": (1, 1 << 31)}, ["y"], {"axis": np.array(1)})
    with pytest.raises(UnsupportedError) as caught:
        import_onnx(model)
    assert "node 'sums' (CumSum): it needs an array of the shape" in str(caught.value)
