"""Make every operator of the machine's functions a piece of work of its own.

    %1 = nn.conv2d %0, %w, %b      ==>     %1 = tile.group "conv1" (%0) {
                                           ^bb0(%2 : ...):
                                             %3 = nn.conv2d %2, %w, %b
                                             tile.yield %3
                                           }

The weights that it reads move inside. What moves no byte stays as it is: a reshape, and
a slice of whole rows. A group is called after its node, and has a name of
its own: two operators of one node are two pieces of work.
"""

from dataclasses import dataclass

from xdsl.context import Context
from xdsl.dialects.builtin import ModuleOp
from xdsl.dialects.func import FuncOp
from xdsl.ir import Block, Operation, Region, SSAValue
from xdsl.rewriter import InsertPoint, Rewriter

from ...dialects import nn, tile
from ..authoring.operator_names import operator_names
from ..authoring.operators import operators
from ..authoring.promises import EXACT, AipuPass
from ..authoring.segments import machine_functions
from .network.names import is_name


@dataclass(frozen=True)
class GroupOperatorsPass(AipuPass):
    """Make every operator of the machine a piece of work of its own."""

    name = "group-operators"
    semantics = EXACT

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        functions = machine_functions(op)
        works = [work for function in functions for work in _works(function)]
        for work, name in operator_names(works).items():
            _wrap(work, name)
        for function in functions:
            _erase_unread_weights(function)


def _works(function: FuncOp) -> list[nn.Operator]:
    """The operators of a function that are a piece of work each."""
    return [op for op in operators(function.body.block) if not is_name(op)]


def _erase_unread_weights(function: FuncOp) -> None:
    for op in list(function.body.block.ops):
        if isinstance(op, nn.WeightOp) and not op.value.uses:
            Rewriter.erase_op(op)


def _wrap(op: Operation, name: str) -> None:
    """Move an operator into a group of its own, called `name`."""
    following = op.next_op
    assert following is not None
    inputs = [v for v in op.operands if not isinstance(v.owner, nn.WeightOp)]
    inputs = list(dict.fromkeys(inputs))
    block = Block(arg_types=[value.type for value in inputs])
    inside: dict[SSAValue, SSAValue] = dict(zip(inputs, block.args, strict=True))
    for value in op.operands:
        if isinstance(value.owner, nn.WeightOp):
            weight = value.owner.clone()
            block.add_op(weight)
            inside[value] = weight.value
    op.detach()
    group = tile.GroupOp(
        name, inputs, [result.type for result in op.results], Region(block)
    )
    group.location = op.location
    for old, new in zip(op.results, group.results, strict=True):
        old.replace_all_uses_with(new)
    op.operands = [inside[value] for value in op.operands]
    block.add_ops([op, tile.YieldOp(op.results)])
    Rewriter.insert_op(group, InsertPoint.before(following))
