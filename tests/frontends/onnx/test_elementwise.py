"""Operators on every element against onnxruntime."""

import numpy as np
import pytest
from onnx import helper

from aipu.dialects import nn
from aipu.frontends.onnx.importer import import_onnx

UNARY = ["Abs", "Neg", "Exp", "Sigmoid", "Tanh", "Relu", "LeakyRelu", "HardSigmoid"]
BINARY = ["Add", "Sub", "Mul", "Div"]
MANY = ["Sum", "Max", "Min", "Mean"]


@pytest.fixture
def ifm(generator):
    return generator.standard_normal((2, 3, 4, 5), np.float32) * 3


@pytest.mark.parametrize("opset", [7, 13])
@pytest.mark.parametrize("operator", UNARY)
def test_unary(check_node, ifm, operator, opset):
    check_node(operator, ifm, opset=opset)


@pytest.mark.parametrize("operator", ["Log", "Sqrt", "Reciprocal"])
def test_unary_of_positive_reals(check_node, ifm, operator):
    check_node(operator, np.abs(ifm) + 0.1)


def test_hard_swish(check_node, ifm):
    check_node("HardSwish", ifm, opset=14)


def test_parameters_of_unary_operators(check_node, ifm):
    check_node("LeakyRelu", ifm, alpha=0.3)
    check_node("HardSigmoid", ifm, alpha=0.1, beta=0.7)


@pytest.mark.parametrize("inputs", [1, 2])
@pytest.mark.parametrize("shape", [(2, 3, 4, 5), (3, 1, 1), (), (5,)])
@pytest.mark.parametrize("operator", BINARY)
def test_binary_broadcasts(check_node, generator, ifm, operator, shape, inputs):
    rhs = np.asarray(generator.uniform(0.5, 2, shape), np.float32)
    check_node(operator, ifm, rhs, inputs=inputs)


def test_a_constant_may_come_first(graph_model, reference, results, error, ifm):
    node = helper.make_node("Sub", ["one", "x"], ["y"])
    one = np.float32(1).reshape(1)
    model = graph_model([node], {"x": ifm.shape}, ["y"], {"one": one})
    assert error(results(import_onnx(model), [ifm]), reference(model, [ifm])) < 1e-6


@pytest.mark.parametrize("exponent", [np.float32(2), np.float32(0.5), np.int64(3)])
def test_pow(check_node, ifm, exponent):
    check_node("Pow", np.abs(ifm), np.array(exponent))


@pytest.mark.parametrize("count", [1, 2, 4])
@pytest.mark.parametrize("operator", MANY)
def test_operators_of_many_inputs(check_node, ifm, operator, count):
    check_node(operator, *(ifm + i for i in range(count)), inputs=count)


@pytest.mark.parametrize(
    "bounds", [{}, {"min": -1.0}, {"max": 2.0}, {"min": -1.0, "max": 2.0}]
)
def test_clip_by_attributes(check_node, ifm, bounds):
    check_node("Clip", ifm, opset=7, **bounds)


LOW, HIGH = np.array(-1, np.float32), np.array(2, np.float32)


@pytest.mark.parametrize("bounds", [(), (LOW,), (None, HIGH), (LOW, HIGH), (HIGH, LOW)])
def test_clip_by_inputs(check_node, ifm, bounds):
    check_node("Clip", ifm, *bounds)


@pytest.mark.parametrize("slope", [(1,), (3, 1, 1), (3, 4, 5)])
def test_prelu(check_node, generator, ifm, slope):
    check_node("PRelu", ifm, generator.uniform(-1, 1, slope).astype(np.float32))


def test_relu6_is_one_clamp(check_node, function, ifm):
    zero, six = np.array(0, np.float32), np.array(6, np.float32)
    imported = check_node("Clip", ifm, zero, six)
    clamp = function(imported).body.block.first_op
    assert isinstance(clamp, nn.ClampOp)
    assert clamp.bounds.data == (0.0, 6.0)
