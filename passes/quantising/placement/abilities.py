"""What a machine can run: operators that have a form there, in its conditions.

Operators that become others on integers, like functions of one element, always fit.
"""

from collections.abc import Mapping

from xdsl.dialects.builtin import f32
from xdsl.ir import Operation

from ....backend_aipu.machine import Machine
from ....dialects import nn
from ....dialects.quant import quantisation
from ....errors import AipuError
from ...authoring.operators import (
    computed_operands,
    is_function_of_one_element,
)
from ...machine_forms.forms import form_of, stage_of
from ...scheduling.strategies.layerwise import why_no_room
from ...scheduling.tiled.group import Group


def why_not(op: nn.Operator, machine: Machine) -> str | None:
    """Why a machine cannot run `op`; None if it can."""
    if type(op) in CROSSINGS:
        return CROSSINGS[type(op)]
    if not computed_operands(op):
        return "it depends on no input"
    form = form_of(op)
    if on_integers(op):
        if form is None or not form.on_integers:
            return f"the machine has no {op.name} of integers"
        return form.why_not(op) or why_too_large(op, machine)
    if isinstance(op, nn.OnnxNodeOp):
        if op.because is not None:
            return f"no such {op.operator.data} but ONNX's own: {op.because.data}"
        return f"the machine has no {op.operator.data} of ONNX"
    if any(nn.element_type(value) != f32 for value in (*op.operands, op.ofm)):
        return "the machine quantises f32 only"
    if is_function_of_one_element(op):
        return None
    if form is None:
        return f"the machine has no {op.name}"
    return form.why_not(op) or why_too_large(op, machine)


def why_too_large(op: nn.Operator, machine: Machine) -> str | None:
    """Why the extents of `op` are too many or too large; None if they are not."""
    form = form_of(op)
    if form is None or not form.is_work:
        return None
    try:
        group = Group("", stage_of(op))
    except AipuError as error:
        return error.message
    return why_no_room(group, machine)


def on_integers(op: nn.Operator) -> bool:
    """Whether the model has this operator on integers already."""
    values = (*computed_operands(op), op.ofm)
    return all(quantisation(value) is not None for value in values)


CROSSINGS: Mapping[type[Operation], str] = {
    nn.QuantiseOp: "it takes reals to integers",
    nn.DequantiseOp: "it takes integers to reals",
}

DECOMPOSED: Mapping[type[Operation], type[nn.Operator]] = {
    nn.BatchNormOp: nn.Conv2dOp,
    nn.ConvTranspose2dOp: nn.Conv2dOp,
    nn.PReluOp: nn.Conv2dOp,
    nn.ReduceMaxOp: nn.MaxPool2dOp,
    nn.ReduceMeanOp: nn.AvgPool2dOp,
    nn.ReduceMinOp: nn.MaxPool2dOp,
    nn.ReduceSumOp: nn.AvgPool2dOp,
    nn.ResizeOp: nn.Conv2dOp,
}
"""What is something else by `place-operators`, and what does its work then."""
