"""A row is all that the machine needs: an operator that nobody knows runs on it."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from onnx import TensorProto, helper

import aipu
from aipu.dialects import nn
from aipu.errors import AipuError
from aipu.extensions import for_a_while
from aipu.passes.machine_forms.form import FORMS
from aipu.passes.machine_forms.forms import stage_of

HALF_SUM = '''
import numpy as np
from aipu.dialects import nn
from aipu.dialects.quant import uniform
from aipu.dialects.semantics.integer.elementwise import scaled_sum
from aipu.dialects.semantics.integer.narrowing import multipliers
from aipu.extend import Numbers, PairForm, clamped, zero_points
from aipu.extend import converter, integer, machine_form, real

class HalfSumOp(nn.BinaryOperator):
    """`ofm = clamp(lhs + rhs / 2)`."""
    name = "mine.half_sum"
    def multiplier_count(self):
        return 3

@real(HalfSumOp)
def half_sum(op, lhs, rhs):
    return lhs + rhs / 2

@integer(HalfSumOp)
def half_sum_of_integers(op, lhs, rhs):
    return scaled_sum(op, lhs, rhs, 1)

@machine_form(HalfSumOp)
class HalfSumForm(PairForm):
    mnemonic = "vector.add"

    def quantised(self, op, site):
        lhs, rhs = site.pair(op)
        scales = uniform(lhs).scale, uniform(rhs).scale / 2, site.element.scale
        factors = site.rules.sum_rescale(*scales)
        return HalfSumOp(lhs, rhs, rescale=factors, element=site.element)

    def numbers(self, op, weights):
        factors, shift = multipliers(op, op.rescale)
        points = zero_points(op.lhs, op.rhs, op.ofm)
        fields = {"multipliers": factors, "shift": shift, "zero_points": points}
        return Numbers({**fields, **clamped(op.ofm, op.activation)})

@converter("onnx", "mine::HalfSum")
def convert(node):
    return node.emit(HalfSumOp(node.tensor(0), node.tensor(1)))
'''
SHAPE = (1, 6, 5, 4)


@pytest.fixture(autouse=True)
def nothing_stays() -> Iterator[None]:
    with for_a_while():
        yield


def test_an_operator_with_a_row_runs_on_the_machine(tmp_path: Path) -> None:
    file = tmp_path / "half_sum.py"
    file.write_text(HALF_SUM)
    aipu.load_extension(file)
    nodes = [
        helper.make_node("Relu", ["x"], ["r"], "relu"),
        helper.make_node("HalfSum", ["x", "r"], ["y"], "half", domain="mine"),
    ]
    ends = [helper.make_tensor_value_info(n, TensorProto.FLOAT, SHAPE) for n in "xy"]
    graph = helper.make_graph(nodes, "halves", ends[:1], ends[1:])
    opsets = [helper.make_opsetid("", 13), helper.make_opsetid("mine", 1)]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=8)
    samples = np.random.default_rng(0).normal(0, 1, (8, *SHAPE[1:])).astype(np.float32)
    package = aipu.compile(model, calibration=samples)
    rows = package.verify()
    assert "half" in [row.name for row in rows]
    assert all(row.equal for row in rows)
    x = samples[:1]
    expected = x + np.maximum(x, 0) / 2
    found = package.run({"x": x}).outputs["y"]
    assert np.abs(found - expected).max() <= 2 * np.ptp(expected) / 255


def test_rows_are_of_operators_of_the_dialect() -> None:
    assert set(FORMS) <= set(nn.Nn.operations)


def test_every_row_says_its_condition() -> None:
    conditions = {form.condition for form in FORMS.values()}
    assert "Weight and bias are constants." in conditions
    assert all(each.endswith(".") for each in conditions)


def test_what_has_no_row_is_said_so() -> None:
    from xdsl.dialects.builtin import TensorType, f32
    from xdsl.ir import Block

    (value,) = Block(arg_types=[TensorType(f32, [4])]).args
    with pytest.raises(AipuError, match=r"nn\.exp cannot run on the machine"):
        stage_of(nn.ExpOp(value))
