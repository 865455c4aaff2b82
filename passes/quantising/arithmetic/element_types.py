"""Which integers stand for each tensor of the machine: a type for every value.

A tensor takes the type that the model pins, else one that follows from its calibrated
range, but for two kinds of operator: what only moves or selects elements keeps the type
of its ifm, and what joins tensors or chooses between them wants all of them in the type
of its ofm. So does what the host moves between two stays of the machine.
"""

from collections.abc import Collection, Mapping

from xdsl.ir import Block, SSAValue

from ....dialects import nn
from ....dialects.quant import UniformType
from ...authoring.operators import computed_operands, operators
from ...authoring.pinned import pinned
from ...authoring.places import runs_on_machine
from ...authoring.ranges import read_range
from ...machine_forms.arithmetic import Arithmetic
from ...machine_forms.form import Wants
from ...machine_forms.forms import form_of
from ..placement.seams import made_in, moves_of_integers, parts_of_one
from .scales import centred_type

ElementTypes = Mapping[SSAValue, UniformType]


def element_types(block: Block, rules: Arithmetic) -> ElementTypes:
    """The types of all values that operators of the machine make or read.

    Raises:
        AipuError: an operator was not placed, or a tensor not calibrated.
    """
    types: dict[SSAValue, UniformType] = {}
    moves = moved_on_host(block, rules)
    on_integers = [op for op in operators(block) if runs_on_machine(op) or op in moves]
    for op in on_integers:
        inputs = computed_operands(op)
        for value in inputs:
            if value not in types:
                types[value] = own_type(value, rules)
        keeps_one = keeps_type(op, rules) or (op in moves and parts_of_one(inputs))
        keeps = types[inputs[0]] if keeps_one else None
        types[op.ofm] = keeps or own_type(op.ofm, rules)
    for op in reversed(on_integers):
        wants = wants_of(op)
        for value in computed_operands(op):
            if wants is Wants.AS_THE_OFM and rules.joins_early:
                make_in(types[op.ofm], value, types, moves)
            elif wants is Wants.CENTRED:
                make_in(centred_type(types[value]), value, types, moves)
    return types


def moved_on_host(block: Block, rules: Arithmetic) -> set[nn.Operator]:
    """The operators of the host that move integers between stays of the machine."""
    return moves_of_integers(operators(block), runs_on_machine, rules.joins_early)


def wants_of(op: nn.Operator) -> Wants:
    """In which integers an operator of the machine reads its operands."""
    form = form_of(op)
    return Wants.AS_THEY_COME if form is None else form.wants


def keeps_type(op: nn.Operator, rules: Arithmetic) -> bool:
    """Whether an operator has the integers of its ifm; a clamp can rescale, too."""
    clamps = isinstance(op, nn.ClampOp) and pinned(op.ofm) is None
    averages = isinstance(op, rules.keeping) and pinned(op.ofm) is None
    return clamps or averages or isinstance(op, nn.Selects)


def own_type(value: SSAValue, rules: Arithmetic) -> UniformType:
    """The type that the model pins, or that the calibrated range asks for."""
    return pinned(value) or rules.element_type(*read_range(value))


def make_in(
    element: UniformType,
    value: SSAValue,
    types: dict[SSAValue, UniformType],
    moves: Collection[nn.Operator],
) -> bool:
    """Have `value` made in the type that its only reader wants, where that is possible.

    What only moves elements can do so if its ifm can, here or on the host. Whatever
    else makes a tensor can rescale it; the host can quantise it to any type.
    """
    if pinned(value) is not None or not value.has_one_use():
        return False
    maker = value.owner
    if maker in moves and not made_in(value):
        return False
    if (
        isinstance(maker, nn.Selects)
        and (maker in moves or runs_on_machine(maker))
        and not make_in(element, maker.ifm, types, moves)
    ):
        return False
    types[value] = element
    return True
