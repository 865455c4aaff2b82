"""Operators that take parts of tensors, and those that put tensors together."""

from collections.abc import Sequence

import numpy as np
from xdsl.ir import SSAValue

from ....dialects import nn
from ..control_flow import stacked
from ..node import Node
from ..slices import strided


def taken_from(node: Node, ifm: SSAValue, taken: Sequence[range]) -> SSAValue:
    """The elements `taken` along each axis."""
    if list(taken) == [range(extent) for extent in nn.shape(ifm)]:
        return ifm
    starts = [along.start for along in taken]
    strides = [along.step for along in taken]
    return node.emit(nn.SliceOp(ifm, starts, list(map(len, taken)), strides))


def along_axis(
    node: Node, ifm: SSAValue, axis: int, parts: Sequence[range]
) -> list[SSAValue]:
    """Several parts of a tensor that differ along one axis."""
    taken = [range(extent) for extent in nn.shape(ifm)]
    found: list[SSAValue] = []
    for part in parts:
        taken[axis] = part
        found.append(taken_from(node, ifm, taken))
    return found


def slice_(node: Node) -> SSAValue:
    """Starts and sizes; -1 is all that remains."""
    ifm = node.tensor(0)
    extents = nn.shape(ifm)
    starts, sizes = node.constant_integers(1), node.constant_integers(2)
    if not len(starts) == len(sizes) == len(extents):
        raise node.wrong(f"starts {starts} and sizes {sizes} for {list(extents)}")
    taken = [
        range(start, extent if size == -1 else start + size)
        for start, size, extent in zip(starts, sizes, extents, strict=True)
    ]
    return taken_from(node, ifm, taken)


def strided_slice(node: Node) -> SSAValue:
    ifm = node.tensor(0)
    bounds = (node.constant_integers(position) for position in range(1, 4))
    cut = strided(node, nn.shape(ifm), *bounds)
    part = taken_from(node, ifm, cut.taken)
    if list(nn.shape(part)) == list(cut.shape):
        return part
    return node.emit(nn.ReshapeOp(part, cut.shape))


def split(node: Node) -> list[SSAValue]:
    """Into equal parts; the axis comes first."""
    ifm = node.tensor(1)
    axis = node.axis(node.constant_integer(0), len(nn.shape(ifm)))
    extent, count = nn.shape(ifm)[axis], node.integer("num_split")
    if count < 1 or extent % count:
        raise node.wrong(f"cannot split {extent} elements into {count} parts")
    starts = range(0, extent, extent // count)
    parts = [range(start, start + extent // count) for start in starts]
    return along_axis(node, ifm, axis, parts)


def split_sizes(node: Node) -> list[SSAValue]:
    """Tensor, sizes of which one may be -1, axis."""
    ifm, sizes = node.tensor(0), node.constant_integers(1)
    axis = node.axis(node.constant_integer(2), len(nn.shape(ifm)))
    extent = nn.shape(ifm)[axis]
    rest = extent - sum(size for size in sizes if size != -1)
    sizes = [rest if size == -1 else size for size in sizes]
    if sum(sizes) != extent or min(sizes) < 1:
        raise node.wrong(f"cannot split {extent} elements into {sizes}")
    ends = np.cumsum(sizes).tolist()
    parts = [range(end - size, end) for end, size in zip(ends, sizes, strict=True)]
    return along_axis(node, ifm, axis, parts)


def unpack(node: Node) -> list[SSAValue]:
    ifm = node.tensor(0)
    extents = list(nn.shape(ifm))
    axis = node.axis(node.integer("axis", 0), len(extents))
    parts = [range(start, start + 1) for start in range(extents.pop(axis))]
    rows = along_axis(node, ifm, axis, parts)
    return [node.emit(nn.ReshapeOp(row, extents)) for row in rows]


def pack(node: Node) -> SSAValue:
    inputs = node.tensors()
    extents = list(nn.shape(inputs[0]))
    axis = node.axis(node.integer("axis", 0), len(extents) + 1)
    if axis == 0:
        whole = stacked(node, inputs)
        if isinstance(whole, SSAValue):
            return whole
    extents.insert(axis, 1)
    rows = [node.emit(nn.ReshapeOp(value, extents)) for value in inputs]
    return rows[0] if len(rows) == 1 else node.emit(nn.ConcatOp(rows, axis))


def concat(node: Node) -> SSAValue:
    """The axis comes last."""
    last = len(node.inputs) - 1
    return _concatenated(node, node.tensors(range(last)), node.constant_integer(last))


def concat_old(node: Node) -> SSAValue:
    """The axis comes first."""
    tensors = node.tensors(range(1, len(node.inputs)))
    return _concatenated(node, tensors, node.constant_integer(0))


def _concatenated(node: Node, tensors: Sequence[SSAValue], axis: int) -> SSAValue:
    if not tensors:
        raise node.wrong("nothing to put together")
    if len(tensors) == 1:
        return tensors[0]
    return node.emit(nn.ConcatOp(tensors, node.axis(axis, len(nn.shape(tensors[0])))))


def tile(node: Node) -> SSAValue:
    ifm = node.tensor(0)
    counts = node.constant_integers(1)
    if len(counts) != len(nn.shape(ifm)) or min(counts, default=1) < 1:
        raise node.wrong(f"{counts} times {list(nn.shape(ifm))}")
    for axis, count in enumerate(counts):
        if count > 1:
            ifm = node.emit(nn.ConcatOp([ifm] * count, axis))
    return ifm


def gather(node: Node) -> SSAValue:
    """Elements at constant indices along one axis."""
    ifm, indices = node.tensor(0), node.constant(1).array
    rank = len(nn.shape(ifm))
    axis = node.constant_integer(2) if len(node.inputs) > 2 else 0
    axis = node.axis(axis, rank)
    extents = nn.shape(ifm)
    if node.integer("batch_dims", 0) or indices.dtype.kind not in "iu":
        raise node.unsupported("batch_dims")
    wanted: list[int] = indices.reshape(-1).tolist()
    if not wanted or not all(0 <= index < extents[axis] for index in wanted):
        raise node.wrong(f"indices {wanted} of {extents[axis]} elements")
    parts = along_axis(node, ifm, axis, runs(wanted))
    whole = parts[0] if len(parts) == 1 else node.emit(nn.ConcatOp(parts, axis))
    shape = (*extents[:axis], *indices.shape, *extents[axis + 1 :])
    return whole if shape == nn.shape(whole) else node.emit(nn.ReshapeOp(whole, shape))


def runs(indices: Sequence[int]) -> list[range]:
    """Indices as ranges in which each is one more than the last."""
    found = [range(indices[0], indices[0] + 1)]
    for index in indices[1:]:
        if index == found[-1].stop:
            found[-1] = range(found[-1].start, index + 1)
        else:
            found.append(range(index, index + 1))
    return found


CONVERTERS = {
    "Slice": slice_,
    "StridedSlice": strided_slice,
    "Split": split,
    "SplitV": split_sizes,
    "Unpack": unpack,
    "Pack": pack,
    "Concat": concat_old,
    "ConcatV2": concat,
    "Tile": tile,
    "Gather": gather,
    "GatherV2": gather,
}
