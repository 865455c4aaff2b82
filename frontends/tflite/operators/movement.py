"""Operators that move elements, and those that change nothing at all."""

from collections.abc import Callable, Sequence
from itertools import pairwise
from math import prod

import numpy as np
from xdsl.ir import SSAValue

from ....dialects import nn
from ..constant import Constant
from ..fused import activated
from ..moves import concatenated, reshaped, taken, transposed
from ..node import Node, Value, shape

MANY = 4096
"""Pieces that a tensor is cut into at most; more are no network but a damaged file."""


def same(node: Node) -> Value:
    return node.value(0)


def reshape(node: Node) -> Value:
    """The shape is an input or an option; -1 is what remains.

    A target written for the batch in the file follows the one that is imported.
    """
    target = node.constant_integers(1) if node.has(1) else node.integers("NewShape")
    extents, batch = node.shape(0), node.batch
    if target and extents and (target[0], extents[0]) == (batch.before, batch.after):
        target[0] = batch.after
    known = prod(extent for extent in target if extent != -1)
    if target.count(-1) > 1 or min(target, default=1) < -1 or known == 0:
        raise node.wrong(f"a target shape {target}")
    rest = prod(extents) // known
    return reshaped(node, node.value(0), [rest if n == -1 else n for n in target])


def squeeze(node: Node) -> Value:
    """Without the extents of 1 that are named, or without any."""
    extents = node.shape(0)
    given = node.integers("SqueezeDims")
    dropped = {node.axis(axis, len(extents)) for axis in given} or {
        axis for axis, extent in enumerate(extents) if extent == 1
    }
    kept = [extent for axis, extent in enumerate(extents) if axis not in dropped]
    return reshaped(node, node.value(0), kept)


def expand_dims(node: Node) -> Value:
    extents, axes = list(node.shape(0)), node.constant_integers(1)
    if len(axes) != 1:
        raise node.wrong(f"expected one axis, found {axes}")
    extents.insert(node.axis(axes[0], len(extents) + 1), 1)
    return reshaped(node, node.value(0), extents)


def transpose(node: Node) -> Value:
    rank = len(node.shape(0))
    permutation = [node.axis(axis, rank) for axis in node.constant_integers(1)]
    return transposed(node, node.value(0), permutation)


def concatenation(node: Node) -> Value:
    values = node.values()
    axis = node.axis(node.integer("Axis"), len(shape(values[0])))
    result = concatenated(node, values, axis)
    return activated(node, result) if isinstance(result, SSAValue) else result


def pack(node: Node) -> Value:
    """Tensors of one shape along a new axis."""
    values = node.values()
    extents = list(shape(values[0]))
    axis = node.axis(node.integer("Axis"), len(extents) + 1)
    extents.insert(axis, 1)
    return concatenated(node, [reshaped(node, v, extents) for v in values], axis)


def unpack(node: Node) -> list[Value]:
    extents = list(node.shape(0))
    axis = node.axis(node.integer("Axis"), len(extents))
    if extents[axis] != len(node.results):
        raise node.wrong(f"cannot unpack {extents[axis]} as {len(node.results)}")
    parts = _parts(node, 0, axis, [1] * extents[axis])
    del extents[axis]
    return [reshaped(node, part, extents) for part in parts]


def split(node: Node) -> list[Value]:
    """Into equal parts; the first input is the axis."""
    axis = _axis(node, 0, 1)
    extent, count = node.shape(1)[axis], node.positive("NumSplits")
    if count != len(node.results) or extent % count:
        raise node.wrong(f"cannot split {extent} elements into {count} equal parts")
    return _parts(node, 1, axis, [extent // count] * count)


def split_v(node: Node) -> list[Value]:
    """Into parts of given sizes, of which one may be what remains, -1."""
    axis, sizes = _axis(node, 2, 0), node.constant_integers(1)
    extent = node.shape(0)[axis]
    rest = extent - sum(size for size in sizes if size != -1)
    return _parts(node, 0, axis, [rest if size == -1 else size for size in sizes])


def _axis(node: Node, position: int, of: int) -> int:
    """The axis that an input says, of another input."""
    axes = node.constant_integers(position)
    if len(axes) != 1:
        raise node.wrong(f"expected one axis, found {axes}")
    return node.axis(axes[0], len(node.shape(of)))


def _parts(node: Node, position: int, axis: int, sizes: Sequence[int]) -> list[Value]:
    """An input cut along an axis."""
    value, extents = node.value(position), node.shape(position)
    if sum(sizes) != extents[axis] or min(sizes) < 1 or len(sizes) > MANY:
        raise node.wrong(f"cannot split {extents[axis]} elements into {list(sizes)}")
    ends = np.cumsum([0, *sizes]).tolist()
    return [
        taken(node, value, _along(extents, axis, range(*part)))
        for part in pairwise(ends)
    ]


def _along(extents: Sequence[int], axis: int, places: range) -> list[range]:
    """`places` along one axis, everything along the others."""
    whole = [range(extent) for extent in extents]
    whole[axis] = places
    return whole


def slice_(node: Node) -> Value:
    """A size of -1 is what remains."""
    extents = node.shape(0)
    begins, sizes = node.constant_integers(1), node.constant_integers(2)
    if not len(begins) == len(sizes) == len(extents):
        raise node.wrong(f"begins {begins}, sizes {sizes} of rank {len(extents)}")
    along = [
        range(begin, extent if size == -1 else begin + size)
        for begin, size, extent in zip(begins, sizes, extents, strict=True)
    ]
    return taken(node, node.value(0), along)


def reverse_v2(node: Node) -> Value:
    extents = node.shape(0)
    along = [range(extent) for extent in extents]
    for axis in node.constant_integers(1):
        at = node.axis(axis, len(extents))
        along[at] = range(extents[at] - 1, -1, -1)
    return taken(node, node.value(0), along)


def gather(node: Node) -> Value:
    """The elements along one axis that a constant names."""
    if node.integer("BatchDims", 0):
        raise node.unsupported("batch_dims")
    extents, indices = node.shape(0), node.constant(1).array
    axis = node.axis(node.integer("Axis", 0), len(extents))
    if indices.dtype.kind not in "iu" or not 0 < indices.size <= MANY:
        raise node.unsupported(f"the {indices.size} indices")
    parts = [
        taken(node, node.value(0), _along(extents, axis, places))
        for places in _ranges(indices.reshape(-1).tolist())
    ]
    whole = concatenated(node, parts, axis) if len(parts) > 1 else parts[0]
    around = (*extents[:axis], *indices.shape, *extents[axis + 1 :])
    return reshaped(node, whole, around)


def _ranges(indices: Sequence[int]) -> list[range]:
    """The indices as few runs of neighbours."""
    runs = [range(indices[0], indices[0] + 1)]
    for index in indices[1:]:
        if index == runs[-1].stop:
            runs[-1] = range(runs[-1].start, index + 1)
        else:
            runs.append(range(index, index + 1))
    return runs


def pad(node: Node) -> Value:
    """The pads of each axis are a constant; PADV2 also says with what."""
    pads = node.constant_pairs(1, len(node.shape(0)))
    value = node.constant_real(2) if node.has(2) else 0.0
    low, high = zip(*pads, strict=True)
    return node.emit(nn.PadOp(node.tensor(0), low, high, value))


def mirror_pad(node: Node) -> Value:
    """The elements next to each edge again, in reverse; SYMMETRIC repeats the edge."""
    pads = node.constant_pairs(1, len(node.shape(0)))
    skipped = 1 - node.integer("Mode", 0)
    value = node.value(0)
    for axis, (low, high) in enumerate(pads):
        extents = shape(value)
        last = extents[axis] - 1
        before = range(low - 1 + skipped, skipped - 1, -1)
        after = range(last - skipped, last - skipped - high, -1)
        pieces = [before, range(extents[axis]), after]
        parts = [
            taken(node, value, _along(extents, axis, places))
            for places in pieces
            if places
        ]
        value = concatenated(node, parts, axis)
    return value


def tile(node: Node) -> Value:
    """All elements, several times along each axis."""
    value, repeats = node.value(0), node.constant_integers(1)
    rank = len(shape(value))
    if len(repeats) != rank or not all(1 <= count <= MANY for count in repeats):
        raise node.wrong(f"repeats {repeats} of rank {rank}")
    for axis, count in enumerate(repeats):
        if count > 1:
            value = concatenated(node, [value] * count, axis)
    return value


def shape_(node: Node) -> Constant:
    return Constant(node.name, np.array(node.shape(0), np.int32))


CONVERTERS: dict[str, Callable[[Node], Value | Sequence[Value]]] = {
    "IDENTITY": same,
    "RESHAPE": reshape,
    "SQUEEZE": squeeze,
    "EXPAND_DIMS": expand_dims,
    "TRANSPOSE": transpose,
    "CONCATENATION": concatenation,
    "PACK": pack,
    "UNPACK": unpack,
    "SPLIT": split,
    "SPLIT_V": split_v,
    "SLICE": slice_,
    "REVERSE_V2": reverse_v2,
    "GATHER": gather,
    "PAD": pad,
    "PADV2": pad,
    "MIRROR_PAD": mirror_pad,
    "TILE": tile,
    "SHAPE": shape_,
}
