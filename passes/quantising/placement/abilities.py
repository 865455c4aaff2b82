"""What a machine can run: a table of operators, each with its condition.

Operators that become others on integers, like functions of one element, always fit.
"""

from collections.abc import Callable, Mapping

from xdsl.dialects.builtin import f32
from xdsl.ir import Operation

from ....backend_aipu.machine import Machine
from ....dialects import nn
from ....dialects.quant import quantisation
from ....errors import AipuError
from ...authoring.operators import (
    computed_operands,
    is_function_of_one_element,
    is_weight,
)
from ...scheduling.group import Group
from ...scheduling.layerwise import why_no_room
from ...scheduling.stages import STAGES, stage_of

Check = Callable[[nn.Operator], str | None]
"""Why the machine cannot run an operator; None if it can."""


def why_not(op: nn.Operator, machine: Machine) -> str | None:
    """Why a machine cannot run `op`; None if it can."""
    if type(op) in CROSSINGS:
        return CROSSINGS[type(op)]
    if not computed_operands(op):
        return "it depends on no input"
    if on_integers(op):
        check = CHECKS.get(type(op)) if type(op) in (*STAGES, nn.ReshapeOp) else None
        if check is None:
            return f"the machine has no {op.name} of integers"
        return check(op) or why_too_large(op, machine)
    if isinstance(op, nn.OnnxNodeOp):
        if op.because is not None:
            return f"no such {op.operator.data} but ONNX's own: {op.because.data}"
        return f"the machine has no {op.operator.data} of ONNX"
    if any(nn.element_type(value) != f32 for value in (*op.operands, op.ofm)):
        return "the machine quantises f32 only"
    if is_function_of_one_element(op):
        return None
    check = CHECKS.get(type(op), lambda op: f"the machine has no {op.name}")
    return check(op) or why_too_large(op, machine)


def why_too_large(op: nn.Operator, machine: Machine) -> str | None:
    """Why the extents of `op` are too many or too large; None if they are not."""
    if type(op) not in STAGES:
        return None
    try:
        group = Group("", (stage_of(op),), ())
    except AipuError as error:
        return error.message
    return why_no_room(group, machine)


def on_integers(op: nn.Operator) -> bool:
    """Whether the model has this operator on integers already."""
    values = (*computed_operands(op), op.ofm)
    return all(quantisation(value) is not None for value in values)


def anything(op: nn.Operator) -> str | None:
    """Every form of the operator."""
    return None


def constant_weights(op: nn.Operator) -> str | None:
    """Weight and bias are constants."""
    constant = all(is_weight(value) for value in op.operands[1:])
    return None if constant else "its weight or bias is computed"


def pair(op: nn.Operator) -> str | None:
    """Each side a tensor or a constant, and broadcast along any few dimensions."""
    return None


def last_axis(op: nn.Operator) -> str | None:
    """Along the last axis."""
    assert isinstance(op, nn.SoftmaxOp)
    last = op.axis.value.data == len(nn.shape(op.ifm)) - 1
    return None if last else "it runs along another axis than the last"


def two_computed_tensors(op: nn.Operator) -> str | None:
    """No operand is a constant, and none is broadcast."""
    lhs, rhs = map(nn.shape, op.operands)
    broadcast = lhs[:-2] != rhs[:-2]
    reason = f"it broadcasts {list(lhs)} and {list(rhs)}" if broadcast else None
    return computed_tensors(op) or reason


def computed_tensors(op: nn.Operator) -> str | None:
    """No operand is a constant."""
    constant = any(is_weight(value) for value in op.operands)
    return "one operand is a constant tensor" if constant else None


CROSSINGS: Mapping[type[Operation], str] = {
    nn.QuantiseOp: "it takes reals to integers",
    nn.DequantiseOp: "it takes integers to reals",
}

CHECKS: dict[type[Operation], Check] = {
    nn.Conv2dOp: constant_weights,
    nn.FullyConnectedOp: constant_weights,
    nn.MatMulOp: two_computed_tensors,
    nn.SoftmaxOp: last_axis,
    nn.AddOp: pair,
    nn.SubOp: pair,
    nn.MulOp: pair,
    nn.MaximumOp: pair,
    nn.MinimumOp: pair,
    nn.MaxPool2dOp: anything,
    nn.AvgPool2dOp: anything,
    nn.ClampOp: anything,
    nn.ConcatOp: computed_tensors,
    nn.SliceOp: anything,
    nn.PadOp: anything,
    nn.ReshapeOp: anything,
    nn.TransposeOp: anything,
    nn.RequantiseOp: anything,
    nn.LookupOp: anything,
}

DECOMPOSED: Mapping[type[Operation], type[nn.Operator]] = {
    nn.BatchNormOp: nn.Conv2dOp,
    nn.ConvTranspose2dOp: nn.Conv2dOp,
    nn.PReluOp: nn.AddOp,
    nn.ReduceMaxOp: nn.MaxPool2dOp,
    nn.ReduceMeanOp: nn.AvgPool2dOp,
    nn.ReduceMinOp: nn.MaxPool2dOp,
    nn.ReduceSumOp: nn.AvgPool2dOp,
    nn.ResizeOp: nn.Conv2dOp,
}
"""What the passes of `import` make something else of, and what does its work then."""
