"""Give every operator a name of its own, so that layers can be told apart.

    %1 = nn.transpose %0 ... loc("conv1")        loc("conv1/transpose")
    %2 = nn.conv2d %1, ...   loc("conv1")  ==>   loc("conv1")

One source node may become several operators. The one that computes keeps the name of
the node; those that only bring bytes into place have their own added to it.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from xdsl.context import Context
from xdsl.dialects.builtin import ModuleOp
from xdsl.ir import Operation

from ..dialects import nn
from ..dialects.locations import named, source_name
from .segments import functions
from .semantics import EXACT, AipuPass

HELPERS = (
    nn.TransposeOp,
    nn.ReshapeOp,
    nn.QuantiseOp,
    nn.DequantiseOp,
    nn.RequantiseOp,
)


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
        taken: set[str] = set()
        for inner in sorted(operators, key=lambda op: isinstance(op, HELPERS)):
            name = _unused(_candidates(inner), taken)
            taken.add(name)
            inner.location = named(name)


def _candidates(op: Operation) -> Iterable[str]:
    kind = op.name.partition(".")[2]
    node = source_name(op)
    if node:
        yield node
    longer = f"{node}/{kind}" if node else kind
    yield longer
    count = 2
    while True:
        yield f"{longer}.{count}"
        count += 1


def _unused(candidates: Iterable[str], taken: set[str]) -> str:
    return next(name for name in candidates if name not in taken)
