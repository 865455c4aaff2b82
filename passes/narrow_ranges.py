"""Cut off what of a range no reader can tell from its end.

    %1 = nn.add %a, %b  {range = [-180.0, 40.0]}         {range = [-6.234, 6.234]}
    %2 = nn.sigmoid %1                              ==>

Needs `calibrate` before. A sigmoid of more than 6.24 is 1 in eight bits, so integers
spent on more are wasted, and the others lie further apart. Of a sum the parts need not
reach further than where the other part can bring the sum back.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from math import atanh, inf, log

from xdsl.context import Context
from xdsl.dialects.builtin import ModuleOp
from xdsl.dialects.func import FuncOp
from xdsl.ir import Block, Operation, SSAValue

from ..dialects import nn
from .calibration.attributes import RANGE, read, read_range, write_range
from .functions import main_function
from .placement.abilities import is_weight, operators
from .quantisation.arithmetic import arithmetic
from .quantisation.scales import LEVELS, significant
from .semantics import EXACT, AipuPass

SATURATES: Mapping[type[Operation], float] = {
    nn.SigmoidOp: log(2 * LEVELS),
    nn.TanhOp: atanh(1 - 1 / LEVELS),
}
"""Beyond which argument a function lies within half a step of its limit."""

MOVING = (nn.ReshapeOp, nn.SliceOp, nn.TransposeOp)
SUMS = (nn.AddOp, nn.SubOp)


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
        function: FuncOp = main_function(op)
        for value, bound in bounds(function.body.block).items():
            if read(value, RANGE) is None:
                continue
            low, high = read_range(value)
            if bound < max(-low, high):
                write_range(value, max(low, -bound), min(high, bound))


def bounds(block: Block) -> dict[SSAValue, float]:
    """How far from 0 the readers of each tensor can tell values apart."""
    found: dict[SSAValue, float] = defaultdict(float)
    for op in reversed(list(block.ops)):
        for operand in op.operands:
            if not is_weight(operand):
                found[operand] = max(found[operand], reach(op, operand, found))
    computed = {op.ofm for op in operators(block)}
    return {value: significant(n) for value, n in found.items() if value in computed}


def reach(
    reader: Operation, operand: SSAValue, found: Mapping[SSAValue, float]
) -> float:
    """How far from 0 one reader can tell values of `operand` apart."""
    if type(reader) in SATURATES:
        return SATURATES[type(reader)]
    if isinstance(reader, MOVING):
        return found[reader.ofm]
    if isinstance(reader, SUMS):
        (other,) = {*reader.operands} - {operand} or {operand}
        return found[reader.ofm] + largest(other)
    return inf


def largest(value: SSAValue) -> float:
    """The largest magnitude of a tensor, as far as it is calibrated."""
    return inf if read(value, RANGE) is None else max(map(abs, read_range(value)))
