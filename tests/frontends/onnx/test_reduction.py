"""Reductions against onnxruntime."""

import numpy as np
import pytest

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
