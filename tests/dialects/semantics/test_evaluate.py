"""Running functions of operators: order, precision, observers, and who computes."""

import numpy as np
import pytest
from xdsl.dialects import test as test_dialect
from xdsl.dialects.builtin import TensorType, f32
from xdsl.dialects.func import FuncOp, ReturnOp
from xdsl.ir import Block, Region

from aipu.dialects import nn
from aipu.dialects.locations import named
from aipu.dialects.quant import UniformType
from aipu.dialects.semantics import integer, real
from aipu.dialects.semantics.evaluate import evaluate, evaluate_operator
from aipu.errors import AipuError

ON_INTEGERS = {nn.QuantiseOp, nn.DequantiseOp, nn.RequantiseOp, nn.LookupOp}


@pytest.fixture
def function() -> FuncOp:
    """`max(x + w, 0) * (x + w)`."""
    kind = TensorType(f32, (2,))
    block = Block(arg_types=[kind])
    weight = nn.WeightOp("w", kind)
    added = nn.AddOp(block.args[0], weight.value)
    clamped = nn.ClampOp(added.ofm, 0.0, float("inf"))
    product = nn.MulOp(clamped.ofm, added.ofm)
    block.add_ops([weight, added, clamped, product, ReturnOp(product.ofm)])
    return FuncOp("main", ([kind], [kind]), Region(block))


def test_evaluate_computes_in_order(function):
    weights = {"w": np.array([1.0, -4.0], np.float32)}
    (result,) = evaluate(function, [np.array([2.0, 3.0], np.float32)], weights)
    assert result.tolist() == [9.0, 0.0]


@pytest.mark.parametrize("precision", [np.float32, np.float64])
def test_evaluate_computes_in_the_wanted_precision(function, precision):
    weights = {"w": np.array([1e-9, 0.0], np.float64)}
    (result,) = evaluate(function, [np.ones(2)], weights, precision=precision)
    assert result.dtype == precision
    assert (result[0] > 1) == (precision is np.float64)


def test_evaluate_shows_every_operator(function):
    seen: list[str] = []
    weights = {"w": np.zeros(2, np.float32)}
    evaluate(
        function, [np.ones(2)], weights, observe=lambda op, _: seen.append(op.name)
    )
    assert seen == ["nn.add", "nn.clamp", "nn.mul"]


def test_every_operator_on_reals_has_a_meaning():
    operators = {op for op in nn.Nn.operations if issubclass(op, nn.Operator)}
    assert set(real.FUNCTIONS) == operators - ON_INTEGERS


def test_an_integer_operand_makes_it_an_operator_on_integers(monkeypatch):
    meaning = {nn.DequantiseOp: lambda op, ifm: ifm * 2.0}
    monkeypatch.setattr(integer, "FUNCTIONS", meaning)
    kind = TensorType(UniformType(2.0, 0), (3,))
    op = nn.DequantiseOp(Block(arg_types=[kind]).args[0])
    assert evaluate_operator(op, [np.array([1, 2, 3])]).tolist() == [2.0, 4.0, 6.0]


def test_an_operator_without_a_meaning_is_an_error():
    kind = TensorType(f32, (3,))
    op = test_dialect.TestOp(Block(arg_types=[kind]).args, [kind])
    op.location = named("a node")
    with pytest.raises(
        AipuError, match=r"^a node: test.op has no .* reals\n  `@real\("
    ):
        evaluate_operator(op, [np.zeros(3)])


def test_infinities_are_values(recwarn):
    kind = TensorType(f32, (1,))
    op = nn.LogOp(Block(arg_types=[kind]).args[0])
    assert evaluate_operator(op, [np.zeros(1)]).tolist() == [float("-inf")]
    assert not recwarn.list


def test_a_sum_does_not_depend_on_how_its_terms_lie():
    kinds = [TensorType(f32, (7, 5, 37)), TensorType(f32, (7, 37, 2))]
    block = Block(arg_types=kinds)
    product = nn.MatMulOp(*block.args)
    block.add_ops([product, ReturnOp(product.ofm)])
    function = FuncOp("main", (kinds, [product.ofm.type]), Region(block))
    generator = np.random.default_rng(0)
    plain, other = (generator.standard_normal(k.get_shape(), np.float32) for k in kinds)
    turned = np.ascontiguousarray(plain.transpose(2, 0, 1)).transpose(1, 2, 0)
    (one,), (two,) = (evaluate(function, [a, other], {}) for a in (plain, turned))
    assert one.tobytes() == two.tobytes()
