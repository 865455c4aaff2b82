"""Layers that reduce whole axes."""

from collections.abc import Callable, Mapping

from xdsl.ir import SSAValue

from ....dialects import nn
from ...vocabulary.channels import channels_last
from ..node import NcnnNode

Prepared = Callable[[SSAValue], nn.Operator] | None

OPERATIONS: Mapping[int, tuple[Prepared, type[nn.ReduceOperator], Prepared]] = {
    0: (None, nn.ReduceSumOp, None),
    1: (nn.AbsOp, nn.ReduceSumOp, None),
    2: (nn.SquareOp, nn.ReduceSumOp, None),
    3: (None, nn.ReduceMeanOp, None),
    4: (None, nn.ReduceMaxOp, None),
    5: (None, nn.ReduceMinOp, None),
    6: (None, nn.ReduceProdOp, None),
    7: (nn.AbsOp, nn.ReduceSumOp, None),
    8: (nn.SquareOp, nn.ReduceSumOp, nn.SqrtOp),
    9: (None, nn.ReduceSumOp, nn.LogOp),
    10: (nn.ExpOp, nn.ReduceSumOp, nn.LogOp),
}
"""What is done to the elements, how they are reduced, what is done to the results."""


def reduction(node: NcnnNode) -> SSAValue:
    before, reduced, after = node.choice(0, OPERATIONS)
    rank, given = node.rank(), node.integers(3)
    if given and not node.flag(5):
        raise node.unsupported(
            "its axes as old versions of ncnn counted them (parameter 5 is not set)"
        )
    node.ignore(5)
    everything = node.flag(1, True) or not given
    axes = sorted(
        {node.own_axis(axis, rank) for axis in (range(rank) if everything else given)}
    )
    keep, value = node.flag(4), node.bottom()
    value = _done(node, before, value)
    if axes == list(range(2, rank + 1)) and rank == 3:
        last = channels_last(node, value)
        value = node.emit(reduced(last, (1, 2), keep=keep))
        value = _channels_first(node, value) if keep else value
    else:
        value = node.emit(reduced(value, axes, keep=keep))
    value = _done(node, after, value)
    factor = node.real(2, 1.0)
    if factor != 1:
        value = node.emit(nn.MulOp(value, node.scalar("coefficient", factor)))
    if len(nn.shape(value)) == 1:
        value = node.emit(nn.ReshapeOp(value, (*nn.shape(value), 1)))
    return value


def _done(node: NcnnNode, operator: Prepared, value: SSAValue) -> SSAValue:
    return value if operator is None else node.emit(operator(value))


def _channels_first(node: NcnnNode, value: SSAValue) -> SSAValue:
    return node.emit(nn.TransposeOp(value, (0, 3, 1, 2)))


CONVERTERS = {"Reduction": reduction}
