"""How an offset that was taken off a tensor goes through the operators behind it.

A tensor `value + offset` is read as `value` by what knows where the offset goes: a
product has it in its bias, a sum adds it up, moves and pools hand it on, a softmax
never sees it. For all others it is put back: `value + offset` is computed, in reals if
the host reads it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from xdsl.dialects.builtin import FloatAttr, LocationAttr, f64
from xdsl.ir import Block, BlockArgument, Operation, SSAValue
from xdsl.rewriter import InsertPoint, Rewriter

from ...dialects import nn
from ...dialects.locations import named, source_name
from ...dialects.semantics.evaluate import evaluate_operator
from ...dialects.semantics.weights import WeightStore
from ..authoring.constants import has_scale, key_of
from ..authoring.functions import input_name
from ..authoring.new_weight import new_weight
from ..authoring.operators import is_weight
from ..authoring.pinned import pinned
from ..authoring.places import run_on_host, run_on_machine, runs_on_machine
from .offset_arrays import NONE, Array, compact, full, last_axis, lowered_clamp, sums

PUTTING = "it puts back an offset, for which eight bits have no room"
TAKING = "it takes off an offset, for which eight bits have no room"

HANDING_ON = (
    nn.AddOp,
    nn.SubOp,
    nn.MulOp,
    nn.ClampOp,
    nn.SoftmaxOp,
    nn.AvgPool2dOp,
    nn.MaxPool2dOp,
    nn.ConcatOp,
    nn.PadOp,
    nn.ReshapeOp,
    nn.SliceOp,
    nn.TransposeOp,
)

Operator = TypeVar("Operator", bound=nn.Operator)


@dataclass(frozen=True)
class Shifted:
    """A tensor that is `value + offset`; the offset has the shape of both."""

    value: SSAValue
    offset: Array


def hands_on(op: nn.Operator) -> bool:
    """Whether there is a rule for what an offset is behind an operator."""
    if pinned(op.ofm) is not None:
        return False
    if isinstance(op, nn.WeightedSums):
        return is_free(op)
    if isinstance(op, nn.AvgPool2dOp):
        return not (op.counting_pad and any(op.pad.get_values()))
    return isinstance(op, HANDING_ON)


def is_free(op: nn.WeightedSums) -> bool:
    """Whether the bias of a product is free to change; a slope bends what it adds."""
    if op.slope is not None:
        return False
    constants = op.operands[1:3]
    return all(is_weight(each) and not has_scale(each) for each in constants)


def pads(op: nn.WeightedSums) -> bool:
    """Whether a window reaches beyond its feature map, where there is no offset."""
    return isinstance(op, nn.Conv2dOp) and any(op.pad.get_values())


class Offsets:
    """Takes offsets off tensors of a block, and hands them on from one to the next.

    Of what crosses to the machine, the host takes it off; of a product, its bias; of a
    sum with a constant, it is the constant.
    """

    def __init__(
        self, block: Block, store: WeightStore, wanted: Mapping[SSAValue, Array]
    ):
        """`wanted` is what to take off tensors: a number, or one a channel [C]."""
        self.block = block
        self.store = store
        self.wanted = wanted
        self.shifted: dict[SSAValue, Shifted] = {}
        self.whole: dict[tuple[SSAValue, bool], SSAValue] = {}

    def run(self) -> None:
        for argument in self.block.args:
            self.take_off_before_crossing(argument)
        operations = list(self.block.ops)
        for op in operations:
            if isinstance(op, nn.Operator) and runs_on_machine(op):
                self.hand_on(op)
            else:
                self.put_back_before(op)
                if isinstance(op, nn.Operator):
                    self.take_off_before_crossing(op.ofm)
        for op in reversed(operations):
            if any(value in self.shifted and not value.uses for value in op.results):
                self.block.erase_op(op)

    def take_off_before_crossing(self, value: SSAValue) -> None:
        """Let the machine read less than the host has."""
        if value not in self.wanted:
            return
        constant = self.constant(value, "middle", self.wanted[value])
        less = nn.SubOp(value, constant.value)
        run_on_host(less, TAKING)
        less.location = constant.location
        first, maker = self.block.first_op, value.owner
        assert first is not None
        point = (
            InsertPoint.after(maker)
            if isinstance(maker, Operation)
            else InsertPoint.before(first)
        )
        Rewriter.insert_op([constant, less], point)
        self.shifted[value] = Shifted(less.ofm, full(self.wanted[value], value))
        self.whole[value, True] = self.whole[value, False] = value

    def hand_on(self, op: nn.Operator) -> None:
        """Have an operator of the machine read what has no offset, if it can."""
        if op.ofm not in self.wanted and not any(
            value in self.shifted for value in op.operands
        ):
            return
        found = self.shift(op) if hands_on(op) else None
        if found is None:
            self.put_back_before(op)
        else:
            self.shifted[op.ofm] = found

    def shift(self, op: nn.Operator) -> Shifted | None:
        """An operator without the offsets of its operands; None if there is no way."""
        match op:
            case nn.Conv2dOp() | nn.FullyConnectedOp():
                return self.product(op)
            case nn.Sums():
                return self.sum(op)
            case nn.MulOp():
                return self.multiple(op)
            case nn.ClampOp():
                return self.clamp(op)
            case nn.SoftmaxOp():
                return self.softmax(op)
            case nn.PadOp():
                return self.pad(op)
            case nn.MaxPool2dOp() | nn.AvgPool2dOp():
                return self.pool(op)
            case _:
                return self.move(op)

    def product(self, op: nn.WeightedSums) -> Shifted | None:
        """The bias takes what was taken off before, and takes off what is wanted."""
        before, bias = self.part(op.ifm), self.array(op.bias)
        columns = last_axis(before.offset)
        if columns is None or (pads(op) and columns.any()):
            before, columns = Shifted(self.put_back(op.ifm, op), NONE), None
        if columns is not None:
            bias = bias + sums(self.array(op.weight), columns)
        offset = self.wanted.get(op.ofm, NONE)
        activation = lowered_clamp(op.activation, offset)
        if activation is None:
            return None
        centred = self.constant(op.ofm, "bias", bias - offset)
        self.insert([centred], op)
        new = self.again(op, before.value, op.weight, centred.value)
        new.activation = activation
        return Shifted(new.ofm, full(offset, op.ofm))

    def sum(self, op: nn.Sums) -> Shifted | None:
        """The offset of a sum is the sum of offsets; of a constant, all is offset."""
        lhs, rhs = (self.part(value) for value in op.operands)
        offset = full(lhs.offset + op.SIGN * rhs.offset, op.ofm)
        activation = lowered_clamp(op.activation, offset)
        if activation is None:
            return None
        if is_weight(op.rhs) and nn.shape(op.lhs) == nn.shape(op.ofm):
            return Shifted(self.clamped(op, lhs.value, activation), offset)
        if is_weight(op.lhs) and op.SIGN == 1 and nn.shape(op.rhs) == nn.shape(op.ofm):
            return Shifted(self.clamped(op, rhs.value, activation), offset)
        new = self.again(op, *(self.zeros(each, op) for each in (lhs, rhs)))
        new.activation = activation
        return Shifted(new.ofm, offset)

    def clamped(
        self, op: nn.Operator, value: SSAValue, activation: nn.ClampAttr
    ) -> SSAValue:
        """All that is left of a sum with a constant."""
        if activation == nn.NO_CLAMP:
            return value
        clamp = nn.ClampOp(value, *activation.data)
        self.insert([clamp], op)
        return clamp.ofm

    def zeros(self, part: Shifted, op: nn.Operator) -> SSAValue:
        """A side of a sum, of which nothing is left if it is a constant."""
        if not is_weight(part.value):
            return part.value
        zeros = self.constant(op.ofm, "zero", np.zeros(nn.shape(part.value)))
        self.insert([zeros], op)
        return zeros.value

    def part(self, value: SSAValue) -> Shifted:
        """A tensor as value and offset; all of a constant is offset."""
        if is_weight(value):
            return Shifted(value, self.array(value))
        return self.shifted.get(value) or Shifted(value, full(NONE, value))

    def multiple(self, op: nn.MulOp) -> Shifted | None:
        """`(x + m) * (y + n)` is `x * y + x * n + y * m`, and `m * n`.

        For a constant, and where only one side has an offset, no sum is needed.
        """
        lhs, rhs = (self.part(value) for value in op.operands)
        offset = full(lhs.offset * rhs.offset, op.ofm)
        activation = lowered_clamp(op.activation, offset)
        if activation is None or not offset.any():
            return None
        new = self.again(op, lhs.value, rhs.value)
        if not any(is_weight(value) for value in op.operands):
            left = self.times(op, lhs.value, rhs.offset)
            right = self.times(op, rhs.value, lhs.offset)
            new.activation = nn.NO_CLAMP
            new = self.add(op, self.add(op, left, right).ofm, new.ofm)
        new.activation = activation
        return Shifted(new.ofm, offset)

    def times(self, op: nn.MulOp, value: SSAValue, factor: Array) -> SSAValue:
        """A part of a product of sums."""
        constant = self.constant(op.ofm, "factor", compact(factor))
        product = nn.MulOp(value, constant.value)
        self.insert([constant, product], op)
        return product.ofm

    def add(self, op: nn.MulOp, lhs: SSAValue, rhs: SSAValue) -> nn.AddOp:
        total = nn.AddOp(lhs, rhs)
        self.insert([total], op)
        return total

    def insert(self, new: Sequence[Operation], op: nn.Operator) -> None:
        """Put operators of the machine before one, from where they come."""
        for each in new:
            each.location = op.location
            if isinstance(each, nn.Operator):
                run_on_machine(each)
        Rewriter.insert_op(new, InsertPoint.before(op))

    def clamp(self, op: nn.ClampOp) -> Shifted | None:
        """The bounds of a clamp are less by the offset, if it is one number."""
        before = self.part(op.ifm)
        bounds = lowered_clamp(op.bounds, before.offset)
        if bounds is None:
            return None
        new = self.again(op, before.value)
        new.bounds = bounds
        return Shifted(new.ofm, before.offset)

    def pad(self, op: nn.PadOp) -> Shifted | None:
        """What a tensor is padded with is less by the offset, if it is one number."""
        before = self.part(op.ifm)
        offset = before.offset.min()
        if (before.offset != offset).any():
            return None
        new = self.again(op, before.value)
        new.value = FloatAttr(op.value.value.data - offset, f64)
        return Shifted(new.ofm, full(offset, op.ofm))

    def move(self, op: nn.Operator) -> Shifted:
        """Offsets are moved and joined as what they belong to."""
        parts = [self.part(value) for value in op.operands]
        offset = evaluate_operator(op, [part.offset for part in parts])
        new = self.again(op, *(part.value for part in parts))
        return Shifted(new.ofm, offset)

    def pool(self, op: nn.MaxPool2dOp | nn.AvgPool2dOp) -> Shifted | None:
        """A pool has the offset of its channel."""
        before = self.part(op.ifm)
        channels = last_axis(before.offset)
        if channels is None:
            return None
        new = self.again(op, before.value)
        return Shifted(new.ofm, full(channels, op.ofm))

    def softmax(self, op: nn.SoftmaxOp) -> Shifted | None:
        """A softmax is the same, whatever is added to all that it compares."""
        before, axis = self.part(op.ifm), op.axis.value.data
        if (before.offset != before.offset.take([0], axis)).any():
            return None
        return Shifted(self.again(op, before.value).ofm, full(NONE, op.ofm))

    def again(self, op: Operator, *operands: SSAValue) -> Operator:
        """The same operator of other tensors."""
        names = dict(zip(op.operands, operands, strict=True))
        new = op.clone(value_mapper=names)
        self.insert([new], op)
        return new

    def put_back_before(self, op: Operation) -> None:
        """Have `op` read whole tensors."""
        for index, value in enumerate(op.operands):
            op.operands[index] = self.put_back(value, op)

    def put_back(self, value: SSAValue, reader: Operation) -> SSAValue:
        """`value + offset`, on the side of its reader, made once a side."""
        if value not in self.shifted:
            return value
        on_machine = isinstance(reader, nn.Operator) and runs_on_machine(reader)
        if (value, on_machine) not in self.whole:
            self.whole[value, on_machine] = self.total(value, reader, on_machine)
        return self.whole[value, on_machine]

    def total(self, value: SSAValue, reader: Operation, on_machine: bool) -> SSAValue:
        before = self.shifted[value]
        if not before.offset.any():
            return before.value
        constant = self.constant(value, "offset", compact(before.offset))
        total = nn.AddOp(before.value, constant.value)
        total.location = constant.location
        if on_machine:
            run_on_machine(total)
        else:
            run_on_host(total, PUTTING)
        Rewriter.insert_op([constant, total], InsertPoint.before(reader))
        return total.ofm

    def array(self, weight: SSAValue) -> Array:
        return self.store[key_of(weight)].astype(np.float64)

    def constant(self, value: SSAValue, what: str, array: Array) -> nn.WeightOp:
        """A weight that is named after a tensor."""
        weight = new_weight(self.store, f"{name_of(value)}/{what}", array)
        weight.location = location_of(value)
        return weight


def location_of(value: SSAValue) -> LocationAttr:
    """Where what makes a tensor comes from; of an input, its name."""
    if isinstance(value, BlockArgument):
        return named(input_name(value))
    assert isinstance(value.owner, Operation)
    return value.owner.location


def name_of(value: SSAValue) -> str:
    if isinstance(value, BlockArgument):
        return input_name(value)
    assert isinstance(value.owner, Operation)
    return source_name(value.owner)
