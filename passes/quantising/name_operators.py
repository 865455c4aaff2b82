"""Give every operator a name of its own, so that layers can be told apart.

    %1 = nn.transpose %0 ... loc("conv1")        loc("conv1/transpose")
    %2 = nn.conv2d %1, ...   loc("conv1")  ==>   loc("conv1")

One source node may become several operators; `operator_names` says how they are
called then.
"""

from dataclasses import dataclass

from xdsl.context import Context
from xdsl.dialects.builtin import ModuleOp

from ...dialects import nn
from ...dialects.locations import named
from ..authoring.operator_names import operator_names
from ..authoring.promises import EXACT, AipuPass
from ..authoring.segments import functions


@dataclass(frozen=True)
class NameOperatorsPass(AipuPass):
    """Give every operator a name of its own."""

    name = "name-operators"
    semantics = EXACT

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        operators = [
            inner
            for function in functions(op)
            for inner in function.body.block.ops
            if isinstance(inner, nn.Operator)
        ]
        for inner, name in operator_names(operators).items():
            inner.location = named(name)
