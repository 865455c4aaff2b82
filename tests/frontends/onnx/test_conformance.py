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
from aipu.frontends.onnx.operators import CONVERTERS, dynamic, quantised

ALIKE = {"Add", "Div", "Concat", "Max", "Mean", "Min", "Mul", "Sub", "Sum"}

REFUSED = {
    "AveragePool": {"3d", "dilations"},
    "BatchNormalization": {"training"},
    "Dropout": {"training", "mask"},
    "MatMul": {"1d"},
    "MaxPool": {"3d", "dilations", "argmax"},
    "Pad": {"edge", "reflect", "wrap"},
    "ReduceMax": {"empty_set"},
    "ReduceSum": {"empty_set"},
    "Reshape": {"allowzero_reordered"},
    "Slice": {"start_out_of_bounds"},
    "Split": {"zero_size"},
}
"""Parts of the names of cases that are refused: solids, dilated pools, indices of
maxima, training, vectors, and tensors without elements."""


REALS = {TensorProto.FLOAT, TensorProto.FLOAT16, TensorProto.DOUBLE}


def on_reals(model) -> bool:
    """Whether a model is one node from reals to reals."""
    values = [*model.graph.input[:1], *model.graph.output[:1]]
    kinds = {value.type.tensor_type.elem_type for value in values}
    return len(model.graph.node) == 1 and kinds <= REALS


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
    """A copy of a model whose inputs after the first `variable` are constants."""
    constant = onnx.ModelProto()
    constant.CopyFrom(model)
    names = [value.name for value in model.graph.input]
    constant.graph.initializer.extend(
        numpy_helper.from_array(array, name)
        for name, array in list(zip(names, arrays, strict=True))[variable:]
    )
    return constant


ON_INTEGERS = {*quantised.CONVERTERS, *dynamic.CONVERTERS}


@pytest.mark.parametrize("operator", sorted(CONVERTERS.keys() - ON_INTEGERS))
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
