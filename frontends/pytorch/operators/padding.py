"""Operators that put elements around a tensor."""

from collections.abc import Callable

from ...constant import Value
from ...vocabulary import padding
from ..node import Node


def pad(node: Node) -> Value:
    """In any mode."""
    mode = node.text("mode", "constant")
    if mode not in MODES:
        raise node.unsupported(f"the mode '{mode}'")
    return MODES[mode](node)


def pads_of(node: Node) -> list[tuple[int, int]]:
    """The pads of a node, two for each of the last axes, the last axis first."""
    given = node.integers("padding" if "padding" in node.source.arguments else "pad")
    rank = len(node.shape("self"))
    if len(given) % 2 or len(given) > 2 * rank:
        raise node.wrong(f"pads {given}")
    pairs = list(zip(given[::2], given[1::2], strict=True))
    return [(0, 0)] * (rank - len(pairs)) + pairs[::-1]


def constant(node: Node) -> Value:
    """With one value; pads below 0 take away."""
    fill = node.real("value", 0.0)
    return padding.padded(node, node.value("self"), pads_of(node), fill)


def around(
    put: Callable[[Node, Value, padding.Pads], Value],
) -> Callable[[Node], Value]:
    """With what lies at the edges, within them or at the other end."""

    def convert(node: Node) -> Value:
        node.ignore("value")
        return put(node, node.value("self"), pads_of(node))

    return convert


REFLECT = around(padding.mirrored)
REPLICATE = around(padding.repeated_edges)
CIRCULAR = around(padding.wrapped)

MODES = {
    "constant": constant,
    "reflect": REFLECT,
    "replicate": REPLICATE,
    "circular": CIRCULAR,
}

CONVERTERS = {
    "pad": pad,
    "constant_pad_nd": constant,
    "reflection_pad1d": REFLECT,
    "reflection_pad2d": REFLECT,
    "replication_pad1d": REPLICATE,
    "replication_pad2d": REPLICATE,
    "_pad_circular": CIRCULAR,
}
