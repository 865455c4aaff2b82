"""Take off tensors, a channel each, what keeps them far from zero.

    %1 = nn.conv2d %0, %w, %b                    %1 = nn.conv2d %0, %w, %b - m
    %2 = nn.add %1, %3                   ==>     %2 = nn.add %1, %3
    %4 = nn.conv2d %2, %w2, %b2                  %4 = nn.conv2d %2, %w2, %b2 + w2 * m

All integers of a tensor reach to 0. Of what lies between 999 and 1001, or has a channel
about 1000 and another about -1000, eight bits would leave nothing. The middle m of a
channel goes out through the bias of what makes the tensor, through the constant of a
sum, or is taken off by the host before the tensor crosses; `Offsets` says how it comes
back. Middles are rounded to few bits, so that they cancel where a model takes them off
itself. Samples say where channels lie.

Needs `place-operators` before, comes before `scale-channels`. A tensor stays as it is
if it would gain less than two bits, if all its readers need it as a whole, or if the
model says its integers.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from math import inf
from typing import ClassVar, NamedTuple

import numpy as np
from xdsl.context import Context
from xdsl.dialects.builtin import ModuleOp, f32
from xdsl.dialects.func import FuncOp, ReturnOp
from xdsl.ir import Block, SSAValue, Use

from ...dialects import nn
from ...dialects.quant import quantisation
from ..authoring.context import weights_of
from ..authoring.functions import main_function
from ..authoring.operators import computed_operands, is_weight, operators
from ..authoring.pinned import pinned
from ..authoring.places import runs_on_machine
from ..authoring.promises import AipuPass, Semantics, approximate
from .arithmetic.arithmetic import arithmetic
from .calibration.given_samples import given_samples, some_batches
from .calibration.network_input import network_inputs
from .calibration.observation import observe
from .offset_arrays import Array
from .offsets import Offsets, hands_on, pads

GAIN = 4.0
"""By how much a tensor must reach less far without the offset, for it to matter."""

ONE_IS_ENOUGH = 2.0
"""By how much farther it may reach with one offset for all channels."""

NOISE = 1e-5
"""What of a value is no more than rounding of the reals."""

MOST_BATCHES = 8
"""So many are enough to see where channels lie."""

LEAST_ELEMENTS = 64
"""Of a channel, or of a tensor; fewer do not say how far it reaches."""


class Reach(NamedTuple):
    """Where the channels of a tensor begin and end, in so many elements of each."""

    low: Array
    high: Array
    elements: int

    def together(self) -> "Reach":
        """All channels as one."""
        count = self.elements * len(self.low)
        return Reach(self.low.min(keepdims=True), self.high.max(keepdims=True), count)

    def middle(self) -> Array:
        """Of each channel, in steps of about an eighth of the widest."""
        width = (self.high - self.low).max()
        step = 2.0 ** np.floor(np.log2(width / 8)) if width > 0 else 0.0
        middle = (self.low + self.high) / 2
        return np.round(middle / step) * step if step > 0 else middle

    def without(self, middle: Array) -> float:
        """How far integers reach when a middle was taken off; to 0 at least."""
        highest, lowest = (self.high - middle).max(), (self.low - middle).min()
        return float(max(highest, 0.0) - min(lowest, 0.0))


@dataclass(frozen=True)
class CentreChannelsPass(AipuPass):
    """The channels of tensors lie about zero.

    data: an `.npy` or `.npz` of samples, in place of those of the context; without
        either nothing is done.
    arithmetic: as in `quantise-operators`; Arm-China's leaves channels as they are.
    """

    name = "centre-channels"
    semantics: ClassVar[Semantics] = approximate(1e-5)

    data: str = ""
    arithmetic: str = "aipu"

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        if not arithmetic(self.arithmetic).compensates:
            return
        function = main_function(op)
        block = function.body.block
        possible = with_readers_that_gain(block, set(tensors(block)))
        found = [value for value in sources(block) if value in possible]
        middles = {
            value: middle
            for value, reach in self.reaches(ctx, function, found).items()
            if (middle := middle_of(value, reach)) is not None
        }
        gaining = with_readers_that_gain(block, carrying(block, middles))
        wanted = {value: middles[value] for value in middles if value in gaining}
        if wanted:
            Offsets(block, weights_of(ctx), wanted).run()

    def reaches(
        self, ctx: Context, function: FuncOp, found: list[SSAValue]
    ) -> Mapping[SSAValue, Reach]:
        """What samples say of tensors; nothing if there are none."""
        inputs = network_inputs(function)
        samples = given_samples(ctx, inputs, self.data) if found else None
        if samples is None:
            return {}
        runs = some_batches(samples, inputs, MOST_BATCHES)
        wanted, reaches = set(found), dict[SSAValue, Reach]()

        def see(value: SSAValue, values: np.ndarray) -> None:
            if value in wanted and values.size:
                rows = values.reshape(-1, values.shape[-1])
                low, high = rows.min(axis=0), rows.max(axis=0)
                before = reaches.get(value, Reach(low, high, 0))
                reaches[value] = Reach(
                    np.minimum(low, before.low),
                    np.maximum(high, before.high),
                    before.elements + len(rows),
                )

        observe(function, weights_of(ctx), runs, see)
        return reaches


def sources(block: Block) -> Iterator[SSAValue]:
    """The tensors of the machine of which an offset can be taken off."""
    for value in tensors(block):
        is_real = nn.element_type(value) == f32 and pinned(value) is None
        if is_real and nn.shape(value) and is_source(value):
            yield value


def is_source(value: SSAValue) -> bool:
    """Whether a tensor crosses to the machine, or is made with a constant there."""
    maker = value.owner
    if isinstance(maker, nn.Operator) and runs_on_machine(maker):
        constants = [each for each in maker.operands if is_weight(each)]
        is_sum = isinstance(maker, nn.Sums) and len(constants) == 1
        return hands_on(maker) and (is_sum or isinstance(maker, nn.WeightedSums))
    readers = [use.operation for use in value.uses]
    return any(isinstance(op, nn.Operator) and runs_on_machine(op) for op in readers)


def middle_of(value: SSAValue, reach: Reach) -> Array | None:
    """What to take off a tensor: a number, or one a channel; None if nothing.

    Where what makes it ends in a clamp, which has one pair of bounds, it is a number.
    """
    whole = reach.together()
    one, several = whole.middle(), reach.middle()
    before = whole.without(np.zeros(1))
    with_one, with_several = (
        each.without(middle) if each.elements >= LEAST_ELEMENTS else inf
        for each, middle in ((whole, one), (reach, several))
    )
    clamp = getattr(value.owner, "activation", nn.NO_CLAMP)
    if clamp != nn.NO_CLAMP or with_one <= ONE_IS_ENOUGH * with_several:
        several, with_several = one, with_one
    is_noise = with_several <= NOISE * before
    return None if is_noise or before < GAIN * with_several else several


def tensors(block: Block) -> Iterator[SSAValue]:
    """The inputs, and what operators make, in order."""
    yield from block.args
    for op in block.ops:
        if isinstance(op, nn.Operator):
            yield op.ofm


def carrying(block: Block, middles: Collection[SSAValue]) -> set[SSAValue]:
    """The tensors that have an offset if those have one."""
    found = set(middles)
    for op in operators(block):
        if runs_on_machine(op) and hands_on(op) and not found.isdisjoint(op.operands):
            found.add(op.ofm)
    return found


def with_readers_that_gain(block: Block, carry: Collection[SSAValue]) -> set[SSAValue]:
    """The tensors of which some reader can do without an offset.

    `carry` are those that may have one.
    """
    found: set[SSAValue] = set()
    for value in reversed(list(tensors(block))):
        if any(gains(use, found, carry) for use in value.uses):
            found.add(value)
    return found


def gains(use: Use, found: set[SSAValue], carry: Collection[SSAValue]) -> bool:
    """Whether a reader, or what it hands an offset on to, can do without it.

    In a sum, offsets may cancel; with a constant, there is a sum in any case.
    """
    reader = use.operation
    if isinstance(reader, ReturnOp):
        return True
    if not isinstance(reader, nn.Operator) or quantisation(reader.ofm) is not None:
        return False
    if not runs_on_machine(reader):
        return True
    if isinstance(reader, nn.WeightedSums):
        return use.index == 0 and hands_on(reader) and not pads(reader)
    if not hands_on(reader):
        return False
    if isinstance(reader, nn.SoftmaxOp):
        return True
    alike = all(value in carry for value in computed_operands(reader))
    if isinstance(reader, nn.MulOp) and not alike:
        return False
    if isinstance(reader, nn.Sums) and alike:
        return True
    return reader.ofm in found
