"""Write the sum of tensors that lie side by side among zeros as what it is: a concat.

%2 = nn.pad %0 low [0, 0] high [0, 3]
%3 = nn.pad %1 low [0, 4] high [0, 0]        ==>    %4 = nn.concat %0, %1 axis 1
%4 = nn.add %2, %3

Exporters write so what is put into parts of a tensor. As a concat, each part can have a
scale of its own.
"""

from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from xdsl.context import Context
from xdsl.dialects.builtin import ModuleOp
from xdsl.ir import Operation, SSAValue
from xdsl.pattern_rewriter import (
    PatternRewriter,
    RewritePattern,
    op_type_rewrite_pattern,
)

from ...dialects import nn
from ...dialects.quant import quantisation
from ..authoring.promises import EXACT, AipuPass, Semantics
from ..authoring.rewriting import rewrite


class Among(NamedTuple):
    """A tensor that is all of another but zeros, from `start` to `stop` of an axis."""

    ifm: SSAValue
    axis: int
    start: int
    stop: int


class JoinPads(RewritePattern):
    """Two tensors of which one begins after the other are joined."""

    @op_type_rewrite_pattern
    def match_and_rewrite(self, op: nn.AddOp, rewriter: PatternRewriter) -> None:
        parts = [among_zeros(value) for value in op.operands]
        if None in parts or quantisation(op.ofm) is not None:
            return
        first, last = sorted((p for p in parts if p), key=lambda part: part.start)
        if first.axis != last.axis or first.stop > last.start:
            return
        new: list[Operation] = []
        value = first.ifm
        if gap := last.start - first.stop:
            new.append(filled := padded(value, first.axis, 0, gap))
            value = filled.ofm
        new.append(concat := nn.ConcatOp([value, last.ifm], first.axis))
        rest = nn.shape(op.ofm)[first.axis] - last.stop
        if first.start or rest:
            new.append(padded(concat.ofm, first.axis, first.start, rest))
        if op.activation != nn.NO_CLAMP:
            new.append(nn.ClampOp(new[-1].results[0], *op.activation.data))
        rewriter.replace(op, new)


def among_zeros(value: SSAValue) -> Among | None:
    """What a pad with zeros along one axis pads."""
    op = value.owner
    if not isinstance(op, nn.PadOp) or op.value.value.data != 0:
        return None
    low, high = op.low.get_values(), op.high.get_values()
    axes = [axis for axis, both in enumerate(zip(low, high, strict=True)) if any(both)]
    if len(axes) != 1:
        return None
    (axis,) = axes
    return Among(op.ifm, axis, low[axis], low[axis] + nn.shape(op.ifm)[axis])


def padded(value: SSAValue, axis: int, before: int, after: int) -> nn.PadOp:
    """A tensor with zeros before and after it along one axis."""
    low, high = ([0] * len(nn.shape(value)) for _ in range(2))
    low[axis], high[axis] = before, after
    return nn.PadOp(value, low, high)


@dataclass(frozen=True)
class JoinPadsPass(AipuPass):
    name = "join-pads"
    semantics: ClassVar[Semantics] = EXACT

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        rewrite(op, JoinPads())
