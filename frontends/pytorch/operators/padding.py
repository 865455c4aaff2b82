"""Operators that put elements around a tensor."""

from collections.abc import Callable, Sequence

from xdsl.ir import SSAValue

from ....dialects import nn
from ..node import Node

Pads = Sequence[tuple[int, int]]
"""Before and after each of the last axes, the last first, as torch counts."""


def pad(node: Node) -> SSAValue:
    """In any mode."""
    mode = node.text("mode", "constant")
    if mode not in MODES:
        raise node.unsupported(f"the mode '{mode}'")
    return MODES[mode](node)


def pairs(node: Node, name: str) -> Pads:
    """The pads of a node, two for each axis."""
    given = node.integers(name)
    if len(given) % 2 or len(given) > 2 * len(nn.shape(node.tensor("self"))):
        raise node.wrong(f"pads {given}")
    return list(zip(given[::2], given[1::2], strict=True))


def constant(node: Node) -> SSAValue:
    """With one value; pads below 0 take away."""
    ifm, pads = node.tensor("self"), pairs(node, "pad")
    rank = len(nn.shape(ifm))
    low, high = [0] * rank, [0] * rank
    for axis, (before, after) in enumerate(pads, start=1):
        low[-axis], high[-axis] = before, after
    taken = [
        range(max(-before, 0), extent - max(-after, 0))
        for extent, before, after in zip(nn.shape(ifm), low, high, strict=True)
    ]
    if any(before < 0 or after < 0 for before, after in pads):
        starts = [places.start for places in taken]
        ifm = node.emit(nn.SliceOp(ifm, starts, list(map(len, taken)), [1] * rank))
    low, high = ([max(n, 0) for n in side] for side in (low, high))
    value = node.real("value", 0.0)
    return node.emit(nn.PadOp(ifm, low, high, value)) if any(low + high) else ifm


def edges(reflected: bool) -> Callable[[Node], SSAValue]:
    """With what lies at the edges: that element again, or those within, mirrored."""

    def convert(node: Node) -> SSAValue:
        name = "padding" if "padding" in node.source.arguments else "pad"
        node.ignore("value")
        value, rank = node.tensor("self"), len(nn.shape(node.tensor("self")))
        for count, (before, after) in enumerate(pairs(node, name), start=1):
            axis = rank - count
            extent = nn.shape(value)[axis]
            if min(before, after) < 0 or (reflected and max(before, after) >= extent):
                raise node.wrong(f"pads {before} and {after} of {extent} elements")
            parts = [value]
            if reflected:
                if before:
                    parts.insert(0, _mirrored(node, value, axis, before, before))
                if after:
                    parts.append(_mirrored(node, value, axis, extent - 2, after))
            else:
                first = _mirrored(node, value, axis, 0, 1)
                last = _mirrored(node, value, axis, extent - 1, 1)
                parts = [first] * before + parts + [last] * after
            if len(parts) > 1:
                value = node.emit(nn.ConcatOp(parts, axis))
        return value

    return convert


def _mirrored(
    node: Node, value: SSAValue, axis: int, start: int, count: int
) -> SSAValue:
    """So many elements of an axis, from one of them backwards."""
    extents = nn.shape(value)
    starts, sizes, strides = [0] * len(extents), list(extents), [1] * len(extents)
    starts[axis], sizes[axis], strides[axis] = start, count, -1
    return node.emit(nn.SliceOp(value, starts, sizes, strides))


MODES = {
    "constant": constant,
    "reflect": edges(reflected=True),
    "replicate": edges(reflected=False),
}

CONVERTERS = {
    "pad": pad,
    "constant_pad_nd": constant,
    "reflection_pad1d": edges(reflected=True),
    "reflection_pad2d": edges(reflected=True),
    "replication_pad1d": edges(reflected=False),
    "replication_pad2d": edges(reflected=False),
}
