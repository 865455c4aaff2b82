"""Operators that reduce whole axes."""

from collections.abc import Callable, Sequence

import numpy as np
from xdsl.ir import SSAValue

from ....dialects import nn
from ...vocabulary.channels import channels_first, channels_last
from ..node import Node


def reduced(
    operator: type[nn.ReduceOperator],
    node: Node,
    ifm: SSAValue,
    axes: Sequence[int],
    keep: bool,
) -> SSAValue:
    """All axes but the first two in the layout of the convolutions before."""
    rank = len(nn.shape(ifm))
    if rank > 2 and list(axes) == list(range(2, rank)):
        last = channels_last(node, ifm)
        ofm = node.emit(operator(last, range(1, rank - 1), keep=keep))
        return channels_first(node, ofm)
    return node.emit(operator(ifm, axes, keep=keep))


def axes_of(node: Node, rank: int) -> list[int]:
    """The axes; all, if none are given."""
    given = node.integers("dim", []) or range(rank)
    return sorted({node.axis(axis, rank) for axis in given}) if rank else []


def reduction(operator: type[nn.ReduceOperator]) -> Callable[[Node], SSAValue]:
    def convert(node: Node) -> SSAValue:
        node.ignore("dtype")
        ifm = node.tensor("self")
        axes = axes_of(node, len(nn.shape(ifm)))
        return reduced(operator, node, ifm, axes, node.flag("keepdim", False))

    return convert


def any_(node: Node) -> SSAValue:
    """1 if an element is not 0."""
    largest = nn.AbsOp(node.tensor("self"))
    axes = axes_of(node, len(nn.shape(node.tensor("self"))))
    keep = node.flag("keepdim", False)
    found = node.emit(nn.ReduceMaxOp(node.emit(largest), axes, keep=keep))
    zero = node.weight(f"{node.name}/zero", np.array(0))
    return node.emit(nn.LessOp(zero, found))


def extremum(
    reduce: type[nn.ReduceOperator],
    place: type[nn.ArgOperator],
    of_two: type[nn.BinaryOperator],
) -> Callable[[Node], list[SSAValue]]:
    """Of a tensor, of an axis with its place, or of two tensors."""

    def convert(node: Node) -> list[SSAValue]:
        ifm = node.tensor("self")
        if node.has("other"):
            return [node.emit(of_two(ifm, node.tensor("other")))]
        results = [reduction(reduce)(node)]
        if len(node.source.writes) > 1:
            (axis,) = axes_of(node, len(nn.shape(ifm)))
            keep = node.flag("keepdim", False)
            results.append(node.emit(place(ifm, axis, keep=keep)))
        return results

    return convert


def argument(operator: type[nn.ArgOperator]) -> Callable[[Node], SSAValue]:
    """Where the greatest or the least is: along an axis, or of all elements."""

    def convert(node: Node) -> SSAValue:
        ifm, keep = node.tensor("self"), node.flag("keepdim", False)
        if node.has("dim"):
            axis = node.axis(node.integer("dim"), len(nn.shape(ifm)))
            return node.emit(operator(ifm, axis, keep=keep))
        if keep:
            raise node.unsupported("keepdim without an axis")
        flat = node.emit(nn.ReshapeOp(ifm, (int(np.prod(nn.shape(ifm))),)))
        return node.emit(operator(flat, 0, keep=False))

    return convert


def variance(node: Node) -> SSAValue:
    """`sum((x - mean) ** 2) / (count - correction)`."""
    ifm = node.tensor("self")
    extents = nn.shape(ifm)
    axes = axes_of(node, len(extents))
    count = int(np.prod([extents[axis] for axis in axes]))
    correction = node.real("correction", float(node.flag("unbiased", True)))
    if count <= correction:
        raise node.wrong(f"a variance of {count} elements")
    mean = node.emit(nn.ReduceMeanOp(ifm, axes, keep=True))
    squares = node.emit(nn.SquareOp(node.emit(nn.SubOp(ifm, mean))))
    keep = node.flag("keepdim", False)
    ofm = node.emit(nn.ReduceMeanOp(squares, axes, keep=keep))
    return node.scaled(ofm, "correction", count / (count - correction))


CONVERTERS = {
    "mean": reduction(nn.ReduceMeanOp),
    "sum": reduction(nn.ReduceSumOp),
    "prod": reduction(nn.ReduceProdOp),
    "amax": reduction(nn.ReduceMaxOp),
    "amin": reduction(nn.ReduceMinOp),
    "max": extremum(nn.ReduceMaxOp, nn.ArgMaxOp, nn.MaximumOp),
    "min": extremum(nn.ReduceMinOp, nn.ArgMinOp, nn.MinimumOp),
    "any": any_,
    "argmax": argument(nn.ArgMaxOp),
    "argmin": argument(nn.ArgMinOp),
    "var": variance,
    "std": lambda node: node.emit(nn.SqrtOp(variance(node))),
}
