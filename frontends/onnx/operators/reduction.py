"""Operators that reduce whole axes."""

from collections.abc import Callable

from xdsl.ir import SSAValue

from ....dialects import nn
from ...vocabulary.channels import channels_first, channels_last
from ...vocabulary.cumulative import cumulative_sum
from ..node import Node
from .movement import axes_of


def over_pixels(operator: type[nn.ReduceOperator], node: Node, keep: bool) -> SSAValue:
    """All axes but the first two, in the layout of the convolutions before."""
    ifm = channels_last(node, node.tensor(0))
    pixels = range(1, len(nn.shape(ifm)) - 1)
    return channels_first(node, node.emit(operator(ifm, pixels, keep=keep)))


def global_pool(operator: type[nn.ReduceOperator]) -> Callable[[Node], SSAValue]:
    return lambda node: over_pixels(operator, node, keep=True)


def reduction(operator: type[nn.ReduceOperator]) -> Callable[[Node], SSAValue]:
    """All axes if none are given, unless `noop_with_empty_axes`."""

    def convert(node: Node) -> SSAValue:
        ifm = node.tensor(0)
        rank = len(nn.shape(ifm))
        given = axes_of(node)
        keep = bool(node.integer("keepdims", 1))
        if node.integer("noop_with_empty_axes", 0) and not given:
            return ifm
        axes = sorted(node.axis(axis, rank) for axis in given or range(rank))
        if axes == list(range(2, rank)):
            return over_pixels(operator, node, keep)
        return node.emit(operator(ifm, axes, keep=keep))

    return convert


def reduced(operator: type[nn.ReduceOperator], node: Node, ifm: SSAValue) -> SSAValue:
    """`ifm`, which is the node's input or computed from it, over the node's axes."""
    rank = len(nn.shape(ifm))
    axes = [node.axis(axis, rank) for axis in axes_of(node) or range(rank)]
    return node.emit(
        operator(ifm, sorted(axes), keep=bool(node.integer("keepdims", 1)))
    )


def composed(
    before: Callable[[SSAValue], nn.UnaryOperator] | None,
    after: Callable[[SSAValue], nn.UnaryOperator] | None,
) -> Callable[[Node], SSAValue]:
    """A sum of a function of the elements, or a function of their sum, or both."""

    def convert(node: Node) -> SSAValue:
        ifm = node.tensor(0)
        if before is not None:
            ifm = node.emit(before(ifm))
        if not (node.integer("noop_with_empty_axes", 0) and not axes_of(node)):
            ifm = reduced(nn.ReduceSumOp, node, ifm)
        return ifm if after is None else node.emit(after(ifm))

    return convert


def log_sum_exp(node: Node) -> SSAValue:
    """`max + ln(sum(e ** (x - max)))`, so that nothing overflows."""
    ifm = node.tensor(0)
    if node.integer("noop_with_empty_axes", 0) and not axes_of(node):
        return ifm
    rank = len(nn.shape(ifm))
    axes = sorted(node.axis(axis, rank) for axis in axes_of(node) or range(rank))
    greatest = node.emit(nn.ReduceMaxOp(ifm, axes, keep=True))
    powers = node.emit(nn.ExpOp(node.emit(nn.SubOp(ifm, greatest))))
    total = node.emit(nn.LogOp(reduced(nn.ReduceSumOp, node, powers)))
    if nn.shape(greatest) != nn.shape(total):
        greatest = node.emit(nn.ReshapeOp(greatest, nn.shape(total)))
    return node.emit(nn.AddOp(greatest, total))


def global_lp_pool(node: Node) -> SSAValue:
    """`sum(|x| ** p) ** (1 / p)` over all pixels, p 1 or 2."""
    power = node.integer("p", 2)
    if power not in (1, 2):
        raise node.unsupported(f"p = {power}")
    ifm = channels_last(node, node.tensor(0))
    before, after = (nn.AbsOp, None) if power == 1 else (nn.SquareOp, nn.SqrtOp)
    pixels = range(1, len(nn.shape(ifm)) - 1)
    total = nn.ReduceSumOp(node.emit(before(ifm)), pixels, keep=True)
    ofm = node.emit(total)
    return channels_first(node, ofm if after is None else node.emit(after(ofm)))


def position(operator: type[nn.ArgOperator]) -> Callable[[Node], SSAValue]:
    def convert(node: Node) -> SSAValue:
        ifm = node.tensor(0)
        axis = node.axis(node.integer("axis", 0), len(nn.shape(ifm)))
        keep = bool(node.integer("keepdims", 1))
        last = bool(node.integer("select_last_index", 0))
        return node.emit(operator(ifm, axis, keep=keep, last=last))

    return convert


def sums(node: Node) -> SSAValue:
    return cumulative_sum(
        node,
        node.tensor(0),
        node.axis_of(0, node.constant_integer(1)),
        exclusive=bool(node.integer("exclusive", 0)),
        reverse=bool(node.integer("reverse", 0)),
    )


CONVERTERS = {
    "GlobalAveragePool": global_pool(nn.ReduceMeanOp),
    "GlobalMaxPool": global_pool(nn.ReduceMaxOp),
    "ReduceMean": reduction(nn.ReduceMeanOp),
    "ReduceSum": reduction(nn.ReduceSumOp),
    "ReduceMax": reduction(nn.ReduceMaxOp),
    "ReduceMin": reduction(nn.ReduceMinOp),
    "ReduceProd": reduction(nn.ReduceProdOp),
    "ReduceL1": composed(nn.AbsOp, None),
    "ReduceL2": composed(nn.SquareOp, nn.SqrtOp),
    "ReduceSumSquare": composed(nn.SquareOp, None),
    "ReduceLogSum": composed(None, nn.LogOp),
    "ReduceLogSumExp": log_sum_exp,
    "GlobalLpPool": global_lp_pool,
    "ArgMax": position(nn.ArgMaxOp),
    "ArgMin": position(nn.ArgMinOp),
    "CumSum": sums,
}
