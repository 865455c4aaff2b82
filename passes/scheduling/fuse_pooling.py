"""Let the max pool after a convolution run on the convolution's tiles, on chip.

%1 = tile.group "conv" (%0) {...}          %2 = tile.group "pool" (%0) {
%2 = tile.group "pool" (%1) {...}    ==>     nn.conv2d ...
                                             nn.max_pool2d ... kernel [2, 2]
                                           }

Only where windows neither overlap nor reach into padding: then a tile of the pool needs
exactly one tile of the convolution.
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
class FusePoolingPass(AipuPass):
    """Let the max pool after a convolution run on the convolution's tiles."""

    name = "fuse-pooling"
    semantics = EXACT

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        for function in machine_functions(op):
            merge_where(function, _convolution_before)


def _convolution_before(group: tile.GroupOp) -> tile.GroupOp | None:
    """The group of a single convolution that a group of a single pool reads."""
    operators = operators_of(group)
    if len(operators) != 1 or not _is_separate(operators[0]):
        return None
    first = producer_of(group.inputs[0])
    if first is None or [*map(type, operators_of(first))] != [nn.Conv2dOp]:
        return None
    return first


def _is_separate(op: nn.Operator) -> bool:
    """Whether an operator is a max pool whose windows do not touch each other."""
    return (
        isinstance(op, nn.MaxPool2dOp)
        and op.kernel == op.stride
        and not any(op.pad.get_values())
    )
