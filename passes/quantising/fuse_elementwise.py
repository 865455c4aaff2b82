"""Make one function of what element-wise operators compute of one tensor.

%1 = nn.mul %0, %two                     %3 = nn.composite %0, %two {
%2 = nn.tanh %1                          ^bb0(%x, %c):
%3 = nn.mul %2, %0                ==>      %1 = nn.mul %x, %c
                                           %2 = nn.tanh %1
                                           %3 = nn.mul %2, %x
                                           nn.yield %3
                                         }

In integers it becomes one table, computed in float64 and rounded once: one piece of
work in place of several, and more exact. Any chain or tree may be one: of unary
operators, clamps, choices, and of pairs whose sides are computed from that tensor or
are single numbers; also what the machine has no instruction for by itself, a quotient
or a power. Stays apart: what is read elsewhere too, what a model has integers of its
own for, what a text has placed, and what had better be computed in reals. Comes before
`place-operators`, which takes apart again what the host runs or gets a part of.
"""

from dataclasses import dataclass

from xdsl.context import Context
from xdsl.dialects.builtin import ModuleOp
from xdsl.dialects.func import FuncOp
from xdsl.ir import Block, Region, SSAValue

from ...dialects import nn
from ..authoring.elementwise import Tree, trees
from ..authoring.operators import is_function_of_one_element, is_weight
from ..authoring.places import PIN, PLACE
from ..authoring.promises import EXACT, AipuPass
from .arithmetic.arithmetic import arithmetic
from .placement.lengths import lengths
from .placement.quotients import in_reals


@dataclass(frozen=True)
class FuseElementwisePass(AipuPass):
    """Element-wise operators of one tensor become one function.

    arithmetic: as in `quantise-operators`; Arm-China's has integers for each operator.
    """

    name = "fuse-elementwise"
    semantics = EXACT

    arithmetic: str = "aipu"

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        if not arithmetic(self.arithmetic).compensates:
            return
        for function in op.body.block.ops:
            if isinstance(function, FuncOp) and not function.is_declaration:
                fuse_block(function.body.block)


def fuse_block(block: Block) -> None:
    """Fuse every tree of a block that is more than a table by itself."""
    apart = in_reals(block) | lengths(block)

    def may_join(op: nn.Operator) -> bool:
        return op not in apart and not {PIN, PLACE} & {*op.attributes}

    for tree in list(trees(block, may_join)):
        if len(tree.parts) > 1 or not is_table(tree.root):
            fuse(tree)


def is_table(op: nn.Operator) -> bool:
    """Whether an operator is a function of one element by itself already."""
    return isinstance(op, nn.ClampOp) or is_function_of_one_element(op)


def fuse(tree: Tree) -> None:
    """Put the parts of a tree into one operator, in the place of its root."""
    constants = dict.fromkeys(
        value for part in tree.parts for value in part.operands if is_weight(value)
    )
    given = [tree.ifm, *constants]
    body = Block(arg_types=[value.type for value in given])
    inside: dict[SSAValue, SSAValue] = dict(zip(given, body.args, strict=True))
    for value, argument in inside.items():
        argument.name_hint = value.name_hint
    for part in tree.parts:
        copy = part.clone(value_mapper=inside)
        copy.attributes.clear()
        body.add_op(copy)
    root = tree.root
    body.add_op(nn.YieldElementOp(inside[root.ofm]))
    made = nn.CompositeOp(tree.ifm, list(constants), Region(body))
    made.location = root.location
    made.attributes = dict(root.attributes)
    made.ofm.name_hint = root.ofm.name_hint
    block = root.parent_block()
    assert block is not None
    block.insert_op_before(made, root)
    root.ofm.replace_all_uses_with(made.ofm)
    for part in reversed(tree.parts):
        block.erase_op(part)
