"""Cut off what of a range no reader can tell from its end.

    %1 = nn.add %a, %b                     %1 = nn.add %a, %b {range = [-6.234, 6.234],
           {range = [-180.0, 40.0]}   ==>             told_apart = [-6.234, 6.234]}
    %2 = nn.sigmoid %1                     %2 = nn.sigmoid %1

Needs `calibrate` before. A sigmoid of more than 6.24 is 1 in eight bits, so integers
spent on more are wasted, and the others lie further apart. Of a sum the parts need not
reach further than where the other part can bring the sum back; so a mask of -1e9 on the
scores of a softmax, which `calibrate` has cut off, is cut off as they are. Where a
composite is flat shows in its values.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from math import atanh, inf, isinf, log

import numpy as np
from xdsl.context import Context
from xdsl.dialects.builtin import ModuleOp
from xdsl.ir import Block, Operation, SSAValue

from ...dialects import nn
from ...dialects.semantics.evaluate import evaluate_operator
from ...dialects.semantics.weights import WeightStore
from ..authoring.constants import key_of
from ..authoring.context import weights_of
from ..authoring.functions import main_function
from ..authoring.operators import is_weight, operators
from ..authoring.promises import EXACT, AipuPass
from ..authoring.ranges import (
    RANGE,
    Range,
    read,
    read_range,
    write_range,
    write_told_apart,
)
from .arithmetic.arithmetic import arithmetic
from .arithmetic.scales import LEVELS, significant

SATURATES: Mapping[type[Operation], float] = {
    nn.SigmoidOp: log(2 * LEVELS),
    nn.TanhOp: atanh(1 - 1 / LEVELS),
}
"""Beyond which argument a function lies within half a step of its limit."""


PLACES = 4097
"""At how many arguments a composite is computed, to see where it is flat."""
FLAT = PLACES // 64
"""How many of them are worth a cut: any function has half a step at its ends."""

NOTHING, EVERYTHING = (0.0, 0.0), (-inf, inf)
"""0 is always among the reals that integers stand for."""


@dataclass(frozen=True)
class NarrowRangesPass(AipuPass):
    """Every range reaches as far as readers can tell, and no further.

    arithmetic: as in `quantise-operators`; Arm-China's leaves ranges as they are.
    """

    name = "narrow-ranges"
    semantics = EXACT

    arithmetic: str = "aipu"

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        if not arithmetic(self.arithmetic).compensates:
            return
        block = main_function(op).body.block
        for value, (least, most) in bounds(block, weights_of(ctx)).items():
            if read(value, RANGE) is None:
                continue
            low, high = read_range(value)
            if low < least or most < high:
                write_range(value, max(low, least), min(high, most))
                write_told_apart(value, least, most)


def bounds(block: Block, store: WeightStore) -> dict[SSAValue, Range]:
    """Between which values the readers of each tensor can tell them apart."""
    found: dict[SSAValue, Range] = defaultdict(lambda: NOTHING)
    for op in reversed(list(block.ops)):
        for operand in op.operands:
            if not is_weight(operand):
                ends = told_apart(op, operand, found, store)
                found[operand] = union(found[operand], ends)
    computed = {*block.args, *(op.ofm for op in operators(block))}
    return {
        value: (significant(low), significant(high))
        for value, (low, high) in found.items()
        if value in computed
    }


def told_apart(
    reader: Operation,
    operand: SSAValue,
    found: Mapping[SSAValue, Range],
    store: WeightStore,
) -> Range:
    """Between which values of `operand` one reader can tell them apart."""
    if type(reader) in SATURATES:
        limit = SATURATES[type(reader)]
        return -limit, limit
    if isinstance(reader, nn.CompositeOp):
        return up_to_flat_ends(reader, found[reader.ofm], store)
    if isinstance(reader, nn.SoftmaxOp):
        return reach(operand, store)
    if isinstance(reader, nn.Moves):
        return found[reader.ofm]
    if isinstance(reader, nn.MulOp) and (factor := factor_of(reader, store)) > 0:
        low, high = found[reader.ofm]
        return low / factor, high / factor
    if isinstance(reader, nn.Sums):
        return part_of_sum(reader, operand, found[reader.ofm], store)
    return EVERYTHING


def up_to_flat_ends(op: nn.CompositeOp, ends: Range, store: WeightStore) -> Range:
    """Where a function begins to leave its value at the ends of what it is given.

    By half a step of the integers that its result gets; infinity where it does at once.
    """
    low, high = reach(op.ifm, store)
    if isinf(low) or isinf(high) or low == high:
        return EVERYTHING
    arguments = np.linspace(low, high, PLACES)
    constants = [store[key_of(value)].astype(np.float64) for value in op.constants]
    values = evaluate_operator(op, [arguments, *constants]).reshape(arguments.shape)
    values = np.where(np.isnan(values), 0.0, values)
    least, most = reach(op.ofm, store)
    values = values.clip(max(least, ends[0]), min(most, ends[1]))
    half_a_step = (max(values.max(), 0) - min(values.min(), 0)) / LEVELS / 2
    (above,) = np.nonzero(np.abs(values - values[0]) > half_a_step)
    (below,) = np.nonzero(np.abs(values - values[-1]) > half_a_step)
    if not (len(above) and len(below)):
        return EVERYTHING
    first, last = above[0] - 1, below[-1] + 1
    return (
        float(arguments[first]) if first > FLAT else -inf,
        float(arguments[last]) if last < PLACES - FLAT else inf,
    )


def factor_of(op: nn.MulOp, store: WeightStore) -> float:
    """The one number that a tensor is multiplied with; 0 if there is none."""
    factors = [store[key_of(each)] for each in op.operands if is_weight(each)]
    return float(factors[0].flat[0]) if factors and factors[0].size == 1 else 0.0


def part_of_sum(op: nn.Sums, part: SSAValue, ends: Range, store: WeightStore) -> Range:
    """From where the other part can bring a sum back to between its `ends`."""
    low, high = ends
    first = part is op.lhs
    least, most = reach(op.rhs if first else op.lhs, store)
    if isinstance(op, nn.AddOp):
        return low - most, high - least
    return (low + least, high + most) if first else (least - high, most - low)


def reach(value: SSAValue, store: WeightStore) -> Range:
    """The ends of a tensor, as far as it is a constant, or calibrated."""
    if is_weight(value):
        array = store[key_of(value)]
        return float(array.min()), float(array.max())
    return EVERYTHING if read(value, RANGE) is None else read_range(value)


def union(one: Range, other: Range) -> Range:
    return min(one[0], other[0]), max(one[1], other[1])
