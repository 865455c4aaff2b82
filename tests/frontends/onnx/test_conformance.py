"""ONNX's own test cases: single nodes with their inputs and outputs.

All inputs but the first are constants here, unless the operator treats them alike.
"""

import warnings
from collections import defaultdict

import numpy as np
import onnx
import pytest
from onnx import TensorProto, numpy_helper
from onnx.backend.test.case.node import collect_testcases

from aipu.errors import AipuError
from aipu.frontends.onnx.importer import import_onnx
from aipu.frontends.onnx.operators import CONVERTERS, dynamic, fused, quantised

ALIKE = {
    "Add",
    "Concat",
    "Div",
    "Equal",
    "Greater",
    "GreaterOrEqual",
    "Less",
    "LessOrEqual",
    "Max",
    "Mean",
    "Min",
    "Mul",
    "Sub",
    "Sum",
}

ELSEWHERE = {"Equal", "GlobalLpPool", "Where", *fused.CONVERTERS}
"""Operators that onnx has no cases of, or none on reals: other files test them."""

REFUSED = {
    "BatchNormalization": {"training"},
    "Dropout": {"training", "mask"},
    "MaxPool": {"argmax"},
    "ReduceL1": {"empty_set"},
    "ReduceL2": {"empty_set"},
    "ReduceLogSum": {"empty_set"},
    "ReduceLogSumExp": {"empty_set"},
    "ReduceMax": {"empty_set"},
    "ReduceMin": {"empty_set"},
    "ReduceProd": {"empty_set"},
    "ReduceSum": {"empty_set"},
    "ReduceSumSquare": {"empty_set"},
    "Reshape": {"allowzero_reordered"},
    "Split": {"zero_size"},
}
"""Parts of the names of cases that are refused: indices of maxima, training, tensors
without elements."""


REALS = {TensorProto.FLOAT, TensorProto.FLOAT16, TensorProto.DOUBLE}
NUMBERS = {*REALS, TensorProto.INT64, TensorProto.BOOL}


def on_reals(model) -> bool:
    """Whether a model is one node from reals to numbers: positions and truths too."""
    ifms, ofms = (
        {value.type.tensor_type.elem_type for value in values[:1]}
        for values in (model.graph.input, model.graph.output)
    )
    return len(model.graph.node) == 1 and ifms <= REALS and ofms <= NUMBERS


@pytest.fixture(scope="module")
def cases():
    """The cases of each operator."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        collected = collect_testcases(None)
    cases = defaultdict(list)
    for case in collected:
        if case.model is not None and on_reals(case.model):
            cases[case.model.graph.node[0].op_type].append(case)
    return cases


def as_array(value) -> np.ndarray:
    proto = isinstance(value, TensorProto)
    return numpy_helper.to_array(value) if proto else np.asarray(value)


def with_constants(model, arrays, variable):
    """A copy of a model, its shapes static, its inputs after `variable` constants."""
    constant = onnx.ModelProto()
    constant.CopyFrom(model)
    names = [value.name for value in model.graph.input]
    for value, array in zip(constant.graph.input, arrays, strict=True):
        shape = onnx.helper.make_tensor_type_proto(1, array.shape).tensor_type.shape
        value.type.tensor_type.shape.CopyFrom(shape)
    constant.graph.initializer.extend(
        numpy_helper.from_array(array, name)
        for name, array in list(zip(names, arrays, strict=True))[variable:]
    )
    return constant


ON_INTEGERS = {*quantised.CONVERTERS, *dynamic.CONVERTERS}


@pytest.mark.parametrize(
    "operator", sorted(CONVERTERS.keys() - ON_INTEGERS - ELSEWHERE)
)
def test_onnx_test_cases(cases, results, operator):
    checked = 0
    for case in cases[operator]:
        inputs, outputs = (list(map(as_array, values)) for values in case.data_sets[0])
        variable = len(inputs) if operator in ALIKE else 1
        model = with_constants(case.model, inputs, variable)
        if any(part in case.name for part in REFUSED.get(operator, ())):
            with pytest.raises(AipuError):
                import_onnx(model)
            continue
        found = results(import_onnx(model), inputs[:variable])
        for ours, theirs in zip(found, outputs, strict=False):
            assert ours.shape == theirs.shape, case.name
            close = np.allclose(ours, theirs, case.rtol, 1e-6, equal_nan=True)
            assert close, case.name
        checked += 1
    assert checked
