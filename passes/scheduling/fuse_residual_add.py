"""Let the addition after a convolution run on the convolution's tiles, on chip.

%2 = tile.group "conv" (%0) {...}            %3 = tile.group "add" (%0, %1) {
%3 = tile.group "add" (%2, %1) {...}   ==>     nn.conv2d ...
                                               nn.add ...
                                             }

The sum between them is never stored: its DRAM traffic and a launch are saved.
"""

from dataclasses import dataclass

from xdsl.context import Context
from xdsl.dialects.builtin import ModuleOp

from ...dialects import nn, tile
from ..authoring.promises import EXACT, AipuPass
from ..authoring.segments import machine_functions
from .groups import operators_of
from .merging import merge_where, producer_of


@dataclass(frozen=True)
class FuseResidualAddPass(AipuPass):
    """Let the addition after a convolution run on the convolution's tiles."""

    name = "fuse-residual-add"
    semantics = EXACT

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        for function in machine_functions(op):
            merge_where(function, _convolution_before)


def _convolution_before(group: tile.GroupOp) -> tile.GroupOp | None:
    """The group of a single convolution that a group of a single addition reads.

    The sum of a tile with itself needs no other feature map: it stays as it is. So does
    a sum with what is broadcast.
    """
    if not isinstance(operators_of(group)[0], nn.Sums):
        return None
    if len(group.inputs) != 2 or len(set(map(nn.shape, group.inputs))) != 1:
        return None
    for value in group.inputs:
        first = producer_of(value)
        if first is not None and [*map(type, operators_of(first))] == [nn.Conv2dOp]:
            return first
    return None
