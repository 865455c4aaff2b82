"""Let what takes channels of a tensor stand just before what reads these.

    %1 = nn.slice %0 from [0, 0] ...           %3 = nn.tanh %0
    %2 = nn.slice %0 from [0, 9] ...   ==>     %1 = nn.slice %0 from [0, 0] ...
    %3 = nn.tanh %0                            %4 = nn.sigmoid %1
    %4 = nn.sigmoid %1                         %2 = nn.slice %0 from [0, 9] ...
    %5 = nn.sigmoid %2                         %5 = nn.sigmoid %2

Comes before `group-operators`. Operators run together with their neighbours: channels
that are taken where they are read have an address there, elsewhere they are copied. A
reshape goes along; slices of rows are addresses anywhere, or copies, and stay.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from xdsl.context import Context
from xdsl.dialects.builtin import ModuleOp
from xdsl.ir import Block, Operation

from ...dialects import nn
from ..authoring.promises import EXACT, AipuPass
from ..authoring.segments import machine_functions


@dataclass(frozen=True)
class SinkSlicesPass(AipuPass):
    """Slices stand just before the first operator that reads their elements."""

    name = "sink-slices"
    semantics = EXACT

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        for function in machine_functions(op):
            block = function.body.block
            for slice_, reader in first_readers(block).items():
                slice_.detach()
                block.insert_op_before(slice_, reader)


def first_readers(block: Block) -> Mapping[Operation, Operation]:
    """For each slice of channels and each reshape of one, in their order, the first
    operator that does something with its elements.
    """
    number = {op: at for at, op in enumerate(block.ops)}
    found: dict[Operation, Operation] = {}
    for op in reversed(number):
        if isinstance(op, nn.SliceOp | nn.ReshapeOp) and _moves(op):
            readers = [use.operation for use in op.ofm.uses]
            if readers:
                does = [found.get(reader, reader) for reader in readers]
                found[op] = min(does, key=number.__getitem__)
    return dict(reversed(found.items()))


def _moves(op: Operation) -> bool:
    """Whether an operator takes channels, or reshapes what one takes."""
    if isinstance(op, nn.ReshapeOp):
        return isinstance(op.ifm.owner, Operation) and _moves(op.ifm.owner)
    return isinstance(op, nn.SliceOp) and takes_channels(op)


def takes_channels(op: nn.SliceOp) -> bool:
    """Whether a slice has all of its tensor but some channels."""
    whole, part = nn.shape(op.ifm), nn.shape(op.ofm)
    return whole[:-1] == part[:-1] and {*op.strides.get_values()} == {1}
