"""What of a network its model leaves open, so that samples have to say it."""

from xdsl.dialects.func import FuncOp
from xdsl.ir import Block, SSAValue

from ....dialects import nn
from ....dialects.quant import quantisation
from ....errors import AipuError
from ...authoring.constants import has_scale
from ...authoring.functions import input_name
from ...authoring.operators import computed_operands, operators
from ...authoring.pinned import pinned
from ...authoring.places import runs_on_host


def check_inputs(function: FuncOp) -> None:
    """Whether there can be samples for every input.

    Raises:
        AipuError: an input is quantised.
    """
    for argument in function.args:
        place = f"input '{input_name(argument)}'"
        if quantisation(argument) is not None:
            remedy = "run 'calibrate' before 'quantise-operators', and only once"
            raise AipuError("it is quantised already", place=place, remedy=remedy)


def multiplied(block: Block) -> list[SSAValue]:
    """The tensors that weights of no scale yet are multiplied with, once each."""
    readers = (op for op in block.ops if isinstance(op, nn.WeightedSums))
    tensors = (op.ifm for op in readers if not has_scale(op.weight))
    return list(dict.fromkeys(each for each in tensors if quantisation(each) is None))


def is_pinned(block: Block) -> bool:
    """Whether the model says the type of every tensor that the machine reads or makes.

    An operator that was not placed yet may come to run on the machine.
    """
    on_machine = (op for op in operators(block) if not runs_on_host(op))
    values = (v for op in on_machine for v in (*computed_operands(op), op.ofm))
    return all(pinned(value) is not None for value in values)


def has_pins(block: Block) -> bool:
    """Whether the model says the type of any tensor."""
    values = [*block.args, *(op.ofm for op in operators(block))]
    return any(pinned(value) is not None for value in values)
