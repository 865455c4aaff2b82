"""Operators that pick elements, or put others in their place."""

from collections.abc import Sequence

import numpy as np
from xdsl.ir import SSAValue

from ....dialects import nn
from ...limits import LARGEST
from ...selection import gathered, repeated
from ..node import Constant, Node, Value
from .movement import reshaped


def slice_(node: Node) -> Value:
    """A missing bound is an end; one beyond the end is the end."""
    ifm = node.tensor("self")
    extents = nn.shape(ifm)
    axis = node.axis(node.integer("dim", 0), len(extents))
    step = node.integer("step", 1)
    if step < 1:
        raise node.wrong(f"steps of {step}")
    bounds = slice(
        node.integer("start") if node.has("start") else None,
        node.integer("end") if node.has("end") else None,
        step,
    )
    return _taken(node, ifm, {axis: range(extents[axis])[bounds]})


def select(node: Node) -> SSAValue:
    """One element of an axis, which goes."""
    ifm = node.tensor("self")
    extents = nn.shape(ifm)
    axis = node.axis(node.integer("dim"), len(extents))
    at = node.axis(node.integer("index"), extents[axis])
    picked = _taken(node, ifm, {axis: range(at, at + 1)})
    return reshaped(node, picked, (*extents[:axis], *extents[axis + 1 :]))


def narrow(node: Node) -> SSAValue:
    ifm = node.tensor("self")
    axis = node.axis(node.integer("dim"), len(nn.shape(ifm)))
    start, length = node.integer("start"), node.integer("length")
    start += nn.shape(ifm)[axis] if start < 0 else 0
    return _taken(node, ifm, {axis: range(start, start + length)})


def split(node: Node) -> list[SSAValue]:
    """Into parts of a size, of which the last may be smaller, or of given sizes."""
    ifm = node.tensor("self")
    axis = node.axis(node.integer("dim", 0), len(nn.shape(ifm)))
    name = next(filter(node.has, ("split_sizes", "split_size")), "split_sizes")
    sizes = node.integers(name)
    if len(sizes) == 1:
        sizes = _parts_of(node, nn.shape(ifm)[axis], sizes[0])
    return _split(node, ifm, axis, sizes)


def chunk(node: Node) -> list[SSAValue]:
    """Into so many equal parts, of which the last may be smaller."""
    ifm, count = node.tensor("self"), node.integer("chunks")
    axis = node.axis(node.integer("dim", 0), len(nn.shape(ifm)))
    extent = nn.shape(ifm)[axis]
    return _split(node, ifm, axis, _parts_of(node, extent, -(-extent // max(count, 1))))


def unbind(node: Node) -> list[SSAValue]:
    """One element of an axis after another; the axis goes."""
    ifm = node.tensor("self")
    extents = nn.shape(ifm)
    axis = node.axis(node.integer("dim", 0), len(extents))
    rest = (*extents[:axis], *extents[axis + 1 :])
    parts = _split(node, ifm, axis, _parts_of(node, extents[axis], 1))
    return [reshaped(node, part, rest) for part in parts]


def _parts_of(node: Node, extent: int, size: int) -> list[int]:
    if size < 1 or -(-extent // size) > len(node.source.writes):
        raise node.wrong(f"{extent} elements in parts of {size}")
    return [min(size, extent - start) for start in range(0, extent, size)]


def _split(
    node: Node, ifm: SSAValue, axis: int, sizes: Sequence[int]
) -> list[SSAValue]:
    extent = nn.shape(ifm)[axis]
    if sum(sizes) != extent or min(sizes, default=0) < 1:
        raise node.wrong(f"cannot split {extent} elements into {list(sizes)}")
    ends = np.cumsum(sizes).tolist()
    return [
        _taken(node, ifm, {axis: range(end - size, end)})
        for size, end in zip(sizes, ends, strict=True)
    ]


def _taken(node: Node, ifm: SSAValue, along: dict[int, range]) -> SSAValue:
    """The elements at these places along some axes."""
    extents = nn.shape(ifm)
    every = [along.get(axis, range(extent)) for axis, extent in enumerate(extents)]
    if all(map(len, every)) and [len(places) for places in every] == list(extents):
        return ifm
    starts = [places.start for places in every]
    strides = [places.step for places in every]
    return node.emit(nn.SliceOp(ifm, starts, list(map(len, every)), strides))


def flip(node: Node) -> SSAValue:
    """Some axes the other way round."""
    ifm = node.tensor("self")
    extents = nn.shape(ifm)
    axes = {node.axis(axis, len(extents)) for axis in node.integers("dims")}
    starts = [n - 1 if axis in axes else 0 for axis, n in enumerate(extents)]
    strides = [-1 if axis in axes else 1 for axis in range(len(extents))]
    return node.emit(nn.SliceOp(ifm, starts, extents, strides))


def roll(node: Node) -> SSAValue:
    """What leaves an axis at its end comes in at its front."""
    ifm = node.tensor("self")
    rank = len(nn.shape(ifm))
    shifts, axes = node.integers("shifts"), node.integers("dims", [])
    if len(shifts) != len(axes):
        raise node.unsupported("a roll over all axes at once")
    for shift, given in zip(shifts, axes, strict=True):
        axis = node.axis(given, rank)
        extent = nn.shape(ifm)[axis]
        first = -shift % extent
        if first:
            parts = _split(node, ifm, axis, (first, extent - first))
            ifm = node.emit(nn.ConcatOp(parts[::-1], axis))
    return ifm


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
        return gathered(node, ifm, axes[0], given[axes[0]])
    # Several indices are broadcast: of a mesh, each varies along its own axis.
    wide = np.broadcast_shapes(*(array.shape for array in given.values()))
    for place, (axis, array) in enumerate(given.items()):
        full = (1,) * (len(wide) - array.ndim) + array.shape
        mesh = len(wide) == len(axes) and array.size == full[place]
        if not mesh or axes != list(range(axes[0], axes[0] + len(axes))):
            raise node.unsupported("indices that do not form a mesh")
        ifm = gathered(node, ifm, axis, array.reshape(-1))
    return ifm


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


def index_select(node: Node) -> SSAValue:
    ifm = node.tensor("self")
    axis = node.axis(node.integer("dim"), len(nn.shape(ifm)))
    return gathered(node, ifm, axis, _indices(node, node.value("index")))


def embedding(node: Node) -> Value:
    """Rows of a table; which ones must be known now."""
    node.ignore("padding_idx", "scale_grad_by_freq", "sparse")
    table, indices = node.value("weight"), _indices(node, node.value("indices"))
    if not isinstance(table, Constant):
        return gathered(node, table, 0, indices)
    rows = len(table.array)
    if indices.size and (indices.min() < 0 or indices.max() >= rows):
        raise node.wrong(f"indices outside of {rows} rows")
    if indices.size * table.array[:1].size > LARGEST:
        raise node.unsupported(f"{indices.size} rows of a table")
    return Constant(table.name, table.array[indices])


def _indices(node: Node, value: Value) -> np.ndarray:
    if not isinstance(value, Constant):
        raise node.unsupported("indices that are computed")
    if value.array.dtype.kind not in "iu":
        raise node.unsupported("indices that are no whole numbers")
    return value.array


def select_scatter(node: Node) -> SSAValue:
    """`self` with `src` in the place of one element of an axis."""
    axis, extents = _axis(node)
    at = node.axis(node.integer("index"), extents[axis])
    part = reshaped(node, node.tensor("src"), _with_extent(extents, axis, 1))
    return _replaced(node, part, axis, at)


def slice_scatter(node: Node) -> SSAValue:
    """`self` with `src` in the place of some elements of an axis, one after another."""
    axis, extents = _axis(node)
    if node.integer("step", 1) != 1:
        raise node.unsupported(f"steps of {node.integer('step')}")
    bounds = slice(
        node.integer("start") if node.has("start") else None,
        node.integer("end") if node.has("end") else None,
    )
    taken = range(extents[axis])[bounds]
    target = _with_extent(extents, axis, len(taken))
    part = repeated(node, node.tensor("src"), target)
    return _replaced(node, part, axis, taken.start)


def _axis(node: Node) -> tuple[int, tuple[int, ...]]:
    """The axis of `self`, and the extents."""
    extents = nn.shape(node.tensor("self"))
    return node.axis(node.integer("dim", 0), len(extents)), extents


def _with_extent(extents: Sequence[int], axis: int, extent: int) -> list[int]:
    return [*extents[:axis], extent, *extents[axis + 1 :]]


def _replaced(node: Node, part: SSAValue, axis: int, start: int) -> SSAValue:
    """`self` with a part in the place of what is there from `start` on."""
    whole = node.tensor("self")
    extent, end = nn.shape(whole)[axis], start + nn.shape(part)[axis]
    parts = [part]
    if start:
        parts.insert(0, _taken(node, whole, {axis: range(start)}))
    if end < extent:
        parts.append(_taken(node, whole, {axis: range(end, extent)}))
    return part if len(parts) == 1 else node.emit(nn.ConcatOp(parts, axis))


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
    "embedding": embedding,
    "select_scatter": select_scatter,
    "slice_scatter": slice_scatter,
}
