"""Compute once what is computed twice: of equal operators on equal operands one stays.

%1 = nn.exp %0                            %1 = nn.exp %0
%2 = nn.exp %0                   ==>      %3 = nn.add %1, %1
%3 = nn.add %1, %2
"""

from dataclasses import dataclass

from xdsl.context import Context
from xdsl.dialects.builtin import ModuleOp
from xdsl.transforms.common_subexpression_elimination import cse

from ..authoring.promises import EXACT, AipuPass


@dataclass(frozen=True)
class CsePass(AipuPass):
    """Of equal operators on equal operands one stays."""

    name = "cse"
    semantics = EXACT

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        cse(op)
