"""Sink transposes towards the outputs until they cancel: feature maps stay NHWC.

    %2 = nn.transpose %1 by [0, 3, 1, 2]         %2 = nn.clamp %1 relu
    %3 = nn.clamp %2 relu                 ==>    %3 = nn.conv2d %2, ...
    %4 = nn.transpose %3 by [0, 2, 3, 1]
    %5 = nn.conv2d %4, ...

One walk over the operators. A transpose or a reshape only changes how a tensor is seen
in the one that is stored. An operator works on what is stored, if it can (the rules are
in `rules.py`); what it must have in place is placed before it, once.
"""

from dataclasses import dataclass
from typing import ClassVar

from xdsl.context import Context
from xdsl.dialects.builtin import ModuleOp
from xdsl.dialects.func import FuncOp
from xdsl.ir import Block, BlockArgument, Operation, SSAValue

from ....dialects import nn
from ....dialects.semantics.weights import WeightStore
from ...authoring.context import weights_of
from ...authoring.promises import AipuPass, Semantics, approximate
from .rules import IN_ANY_ORDER, in_place, rule_of
from .stored_tensors import Stored, StoredTensors
from .view import AxisView


def propagate(block: Block, weights: WeightStore) -> None:
    """Apply its rule to every operator of a block, in order; drop what is left over."""
    operators = list(block.ops)
    tensors = StoredTensors(weights, operators[0])
    for argument in block.args:
        store_as_read(argument, tensors)
    for op in operators:
        tensors.position = op
        rule_of(op)(op, tensors)
    for op in reversed(operators):
        if isinstance(op, nn.Operator | nn.WeightOp) and not op.results[0].uses:
            block.erase_op(op)


def store_as_read(argument: BlockArgument, tensors: StoredTensors) -> None:
    """Transpose an input at once if whoever reads it wants it transposed alike.

    What scales or shifts an input per channel then finds the channels last.
    """
    readers = readers_by_order(argument)
    if len(readers) != 1:
        return
    ((order, reader),) = readers.items()
    view = AxisView.of(nn.shape(argument)).transpose(order)
    stored = tensors.place(Stored(argument, view))
    if isinstance(stored.owner, Operation):
        stored.owner.location = reader.location
    inverse = [order.index(axis) for axis in range(len(order))]
    tensors.note(argument, stored, AxisView.of(nn.shape(stored)).transpose(inverse))
    tensors.note_placed(argument)


def readers_by_order(argument: BlockArgument) -> dict[tuple[int, ...], Operation]:
    """The orders of an input's axes in which it, or what is made of it, must be read.

    Each with the first operator that reads it so. Transposes, and operators that work
    in any order, are looked through.
    """
    readers: dict[tuple[int, ...], Operation] = {}
    whole = (argument, tuple(range(len(nn.shape(argument)))))
    pending: list[tuple[SSAValue, tuple[int, ...]]] = [whole]
    seen = {*pending}
    for value, order in pending:
        for reader in (use.operation for use in value.uses):
            if isinstance(reader, nn.TransposeOp):
                permutation = reader.permutation.get_values()
                reached = (reader.ofm, tuple(order[axis] for axis in permutation))
            elif isinstance(reader, IN_ANY_ORDER) and rank(reader) == len(order):
                reached = (reader.results[0], order)
            else:
                if rule_of(reader) is in_place:
                    readers.setdefault(order, reader)
                continue
            if reached not in seen:
                seen.add(reached)
                pending.append(reached)
    return readers


def rank(op: Operation) -> int:
    """The number of dimensions of a result."""
    return len(nn.shape(op.results[0]))


@dataclass(frozen=True)
class LayoutPass(AipuPass):
    name = "layout"
    semantics: ClassVar[Semantics] = approximate(1e-5)

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        for function in op.ops:
            if isinstance(function, FuncOp) and len(function.body.blocks) == 1:
                propagate(function.body.block, weights_of(ctx))
