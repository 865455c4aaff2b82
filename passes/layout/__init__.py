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
from xdsl.ir import Block, BlockArgument, SSAValue

from ...dialects import nn
from ...dialects.semantics.weights import WeightStore
from ..context import weights_of
from ..semantics import AipuPass, Semantics, approximate
from .rules import ELEMENTWISE, rule_of
from .stored_tensors import Stored, StoredTensors
from .view import View


def propagate(block: Block, weights: WeightStore) -> None:
    """Apply its rule to every operator of a block, in order; drop what is left over."""
    operators = list(block.ops)
    tensors = StoredTensors(weights, operators[0])
    for argument in block.args:
        store_as_wanted(argument, tensors)
    for op in operators:
        tensors.position = op
        rule_of(op)(op, tensors)
    for op in reversed(operators):
        if isinstance(op, nn.Operator | nn.WeightOp) and not op.results[0].uses:
            block.erase_op(op)


def store_as_wanted(argument: BlockArgument, tensors: StoredTensors) -> None:
    """Transpose an input at once if all that reads it ends in the same transpose.

    What scales or shifts an input per channel then finds the channels last.
    """
    permutations = _transposes_of(argument)
    if len(permutations) != 1:
        return
    (permutation,) = permutations
    natural = View.of(nn.shape(argument))
    stored = tensors.place(Stored(argument, natural.transpose(permutation)))
    inverse = [permutation.index(axis) for axis in range(len(permutation))]
    seen = View.of(nn.shape(stored)).transpose(inverse)
    tensors.note(argument, stored, seen)
    tensors.note_placed(argument)


def _transposes_of(argument: BlockArgument) -> set[tuple[int, ...]]:
    """The transposes that an input meets, through element-wise operators."""
    permutations: set[tuple[int, ...]] = set()
    pending = [*argument.uses]
    seen: set[SSAValue] = {argument}
    while pending:
        op = pending.pop().operation
        if isinstance(op, nn.TransposeOp):
            permutations.add(tuple(op.permutation.get_values()))
        elif isinstance(op, ELEMENTWISE) and op.results[0] not in seen:
            seen.add(op.results[0])
            pending += op.results[0].uses
    return permutations


@dataclass(frozen=True)
class LayoutPass(AipuPass):
    name = "layout"
    semantics: ClassVar[Semantics] = approximate(1e-4)

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        for function in op.ops:
            if isinstance(function, FuncOp) and not function.is_declaration:
                propagate(function.body.block, weights_of(ctx))
