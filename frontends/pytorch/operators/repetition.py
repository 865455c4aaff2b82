"""Operators that repeat elements."""

from ...constant import Value
from ...vocabulary import moving
from ..node import Node


def copy(node: Node) -> Value:
    """Another tensor or a number, in the shape of this one."""
    name = "src" if node.has("src") else "value"
    return moving.broadcast(node, node.value(name), node.shape("self"))


def expand(node: Node) -> Value:
    """-1 keeps an extent; a target follows the batch that is imported."""
    target, extents, batch = node.integers("size"), node.shape("self"), node.batch
    missing = len(target) - len(extents)
    if missing < 0 or -1 in target[:missing]:
        raise node.wrong(f"cannot expand {list(extents)} to {target}")
    aligned = (*target[:missing], *extents)
    kept = [n if n != -1 else old for n, old in zip(target, aligned, strict=True)]
    if kept and (kept[0], aligned[0]) == (batch.before, batch.after):
        kept[0] = batch.after
    return moving.broadcast(node, node.value("self"), kept)


def expand_as(node: Node) -> Value:
    return moving.broadcast(node, node.value("self"), node.shape("other"))


def repeat(node: Node) -> Value:
    """Every extent is repeated as a whole."""
    counts = node.integers("dims" if node.has("dims") else "repeats")
    missing = len(counts) - len(node.shape("self"))
    value = moving.unsqueezed(node, node.value("self"), range(max(missing, 0)))
    return moving.tiled(node, value, [*[1] * -missing, *counts])


def repeat_each(node: Node) -> Value:
    """Every element of an axis so many times in a row."""
    node.ignore("output_size")
    if not node.has("dim"):
        raise node.unsupported("all elements in a row, without an axis")
    axis, count = node.axis_of("self", node.integer("dim")), node.integer("repeats")
    apart = moving.unsqueezed(node, node.value("self"), [axis + 1])
    counts = [1] * len(moving.shape(apart))
    counts[axis + 1] = count
    whole = list(node.shape("self"))
    whole[axis] *= count
    return moving.reshaped(node, moving.tiled(node, apart, counts), whole)


CONVERTERS = {
    "copy": copy,
    "fill": copy,
    "expand": expand,
    "expand_as": expand_as,
    "repeat": repeat,
    "tile": repeat,
    "repeat_interleave": repeat_each,
}
