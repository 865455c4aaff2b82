"""Operators that pick elements, or put others in their place."""

from math import prod

import numpy as np

from ....dialects import nn
from ...constant import Constant, Value
from ...limits import LARGEST
from ...vocabulary import moving
from ...vocabulary.picking import picked
from ..node import Node


def bounds_of(node: Node) -> slice:
    """A missing bound is an end; one beyond the end is the end."""
    step = node.integer("step", 1)
    if step < 1:
        raise node.wrong(f"steps of {step}")
    return slice(
        node.integer("start") if node.has("start") else None,
        node.integer("end") if node.has("end") else None,
        step,
    )


def slice_(node: Node) -> Value:
    axis = node.axis_of("self", node.integer("dim", 0))
    places = range(node.shape("self")[axis])[bounds_of(node)]
    return moving.taken(node, node.value("self"), {axis: places})


def select(node: Node) -> Value:
    """One element of an axis, which goes."""
    axis = node.axis_of("self", node.integer("dim"))
    at = node.axis(node.integer("index"), node.shape("self")[axis])
    picked = moving.taken(node, node.value("self"), {axis: range(at, at + 1)})
    return moving.squeezed(node, picked, [axis])


def narrow(node: Node) -> Value:
    axis = node.axis_of("self", node.integer("dim"))
    start, length = node.integer("start"), node.integer("length")
    start += node.shape("self")[axis] if start < 0 else 0
    return moving.taken(node, node.value("self"), {axis: range(start, start + length)})


def split(node: Node) -> list[Value]:
    """Into parts of a size, of which the last may be smaller, or of given sizes."""
    axis = node.axis_of("self", node.integer("dim", 0))
    name = next(filter(node.has, ("split_sizes", "split_size")), "split_sizes")
    sizes = node.integers(name)
    if len(sizes) == 1:
        return _in_parts_of(node, axis, sizes[0])
    return moving.split(node, node.value("self"), axis, sizes)


def chunk(node: Node) -> list[Value]:
    """Into so many equal parts, of which the last may be smaller."""
    axis, count = node.axis_of("self", node.integer("dim", 0)), node.integer("chunks")
    return _in_parts_of(node, axis, -(-node.shape("self")[axis] // max(count, 1)))


def unbind(node: Node) -> list[Value]:
    """One element of an axis after another; the axis goes."""
    axis = node.axis_of("self", node.integer("dim", 0))
    return moving.unstacked(node, node.value("self"), axis)


def _in_parts_of(node: Node, axis: int, size: int) -> list[Value]:
    extent = node.shape("self")[axis]
    if size < 1 or -(-extent // size) > len(node.source.writes):
        raise node.wrong(f"{extent} elements in parts of {size}")
    sizes = [min(size, extent - start) for start in range(0, extent, size)]
    return moving.split(node, node.value("self"), axis, sizes)


def flip(node: Node) -> Value:
    """Some axes the other way round."""
    axes = [node.axis_of("self", axis) for axis in node.integers("dims")]
    return moving.flipped(node, node.value("self"), axes)


def roll(node: Node) -> Value:
    """What leaves an axis at its end comes in at its front."""
    value = node.value("self")
    shifts, axes = node.integers("shifts"), node.integers("dims", [])
    if len(shifts) != len(axes):
        raise node.unsupported("a roll over all axes at once")
    for shift, given in zip(shifts, axes, strict=True):
        axis = node.axis_of("self", given)
        first = -shift % node.shape("self")[axis]
        if first:
            parts = moving.split(node, value, axis, [first, -1])
            value = moving.joined(node, parts[::-1], axis)
    return value


def index(node: Node) -> Value:
    """By constant indices, each along an axis of its own."""
    indices = node.optional_values_of("indices")
    given = {
        axis: _indices(node, value)
        for axis, value in enumerate(indices)
        if value is not None
    }
    source = node.value("self")
    if isinstance(source, Constant):
        return _indexed(node, source, len(indices), given)
    ifm, rank = source, len(nn.shape(source))
    if not given or len(indices) > rank:
        raise node.wrong(f"{len(given)} indices of a tensor of rank {rank}")
    axes = list(given)
    if len(axes) == 1:
        return moving.gathered(node, ifm, axes[0], given[axes[0]])
    # Several indices are broadcast: of a mesh, each varies along axes of its own.
    wide = np.broadcast_shapes(*(array.shape for array in given.values()))
    varying = [axis for array in given.values() for axis in _varying(array, len(wide))]
    if varying != sorted(set(varying)) or axes != list(range(axes[0], axes[-1] + 1)):
        raise node.unsupported("indices that do not form a mesh")
    for axis, array in given.items():
        ifm = moving.gathered(node, ifm, axis, array.reshape(-1))
    extents = nn.shape(ifm)
    whole = (*extents[: axes[0]], *wide, *extents[axes[-1] + 1 :])
    return moving.reshaped(node, ifm, whole)


def _varying(array: np.ndarray, rank: int) -> list[int]:
    """Along which axes of so many an index has several elements."""
    missing = rank - array.ndim
    return [missing + axis for axis, extent in enumerate(array.shape) if extent > 1]


def _indexed(
    node: Node, source: Constant, count: int, given: dict[int, np.ndarray]
) -> Constant:
    """A constant by constant indices, each along an axis or none."""
    every = slice(None)
    try:
        wide = np.broadcast_shapes(*(array.shape for array in given.values()))
        rest = [n for axis, n in enumerate(source.array.shape) if axis not in given]
        if np.prod((*wide, *rest), dtype=float) > LARGEST:
            raise node.unsupported(f"a constant of {list(wide)} parts of {rest}")
        places = tuple(given.get(axis, every) for axis in range(count))
        return Constant(source.name, source.array[places])
    except (IndexError, ValueError) as error:
        raise node.wrong(str(error)) from error


def index_select(node: Node) -> Value:
    axis, indices = node.axis_of("self", node.integer("dim")), node.value("index")
    return moving.gathered(node, node.value("self"), axis, _indices(node, indices))


def gather(node: Node) -> Value:
    """An index for each element of the result."""
    node.ignore("sparse_grad")
    indices = _indices(node, node.value("index"))
    return picked(
        node, node.value("self"), node.axis_of("self", node.integer("dim")), indices
    )


def take_along(node: Node) -> Value:
    """As `gather`, where the index is broadcast; of all elements without an axis."""
    value, indices = node.value("self"), _indices(node, node.value("indices"))
    if not node.has("dim"):
        flat = moving.reshaped(node, value, (prod(node.shape("self")),))
        return moving.gathered(node, flat, 0, indices.reshape(-1))
    axis = node.axis_of("self", node.integer("dim"))
    extents = list(node.shape("self"))
    extents[axis] = 1
    wide = np.broadcast_shapes(indices.shape, tuple(extents))
    extents[axis] = node.shape("self")[axis]
    target = [extents[n] if n == axis else wide[n] for n in range(len(wide))]
    whole = moving.broadcast(node, value, target)
    return picked(node, whole, axis, np.broadcast_to(indices, wide))


def embedding(node: Node) -> Value:
    """Rows of a table; which ones must be known now."""
    node.ignore("padding_idx", "scale_grad_by_freq", "sparse")
    indices = _indices(node, node.value("indices"))
    return moving.gathered(node, node.value("weight"), 0, indices)


def _indices(node: Node, value: Value) -> np.ndarray:
    if not isinstance(value, Constant):
        raise node.unsupported("indices that are computed")
    if value.array.dtype.kind not in "iu":
        raise node.unsupported("indices that are no whole numbers")
    return value.array


def select_scatter(node: Node) -> Value:
    """`self` with `src` in the place of one element of an axis."""
    axis = node.axis_of("self", node.integer("dim", 0))
    at = node.axis(node.integer("index"), node.shape("self")[axis])
    part = moving.unsqueezed(node, node.value("src"), [axis])
    return _replaced(node, part, axis, at)


def slice_scatter(node: Node) -> Value:
    """`self` with `src` in the place of some elements of an axis, one after another."""
    axis, bounds = node.axis_of("self", node.integer("dim", 0)), bounds_of(node)
    if bounds.step != 1:
        raise node.unsupported(f"steps of {bounds.step}")
    target = list(node.shape("self"))
    taken = range(target[axis])[bounds]
    target[axis] = len(taken)
    part = moving.broadcast(node, node.value("src"), target)
    return _replaced(node, part, axis, taken.start)


def _replaced(node: Node, part: Value, axis: int, start: int) -> Value:
    """`self` with a part in the place of what is there from `start` on."""
    whole, parts = node.value("self"), [part]
    extent, end = moving.shape(whole)[axis], start + moving.shape(part)[axis]
    if start:
        parts.insert(0, moving.taken(node, whole, {axis: range(start)}))
    if end < extent:
        parts.append(moving.taken(node, whole, {axis: range(end, extent)}))
    return moving.joined(node, parts, axis)


CONVERTERS = {
    "slice": slice_,
    "select": select,
    "narrow": narrow,
    "split": split,
    "split_with_sizes": split,
    "chunk": chunk,
    "unbind": unbind,
    "flip": flip,
    "roll": roll,
    "index": index,
    "_unsafe_index": index,
    "index_select": index_select,
    "gather": gather,
    "take_along_dim": take_along,
    "embedding": embedding,
    "select_scatter": select_scatter,
    "slice_scatter": slice_scatter,
}
