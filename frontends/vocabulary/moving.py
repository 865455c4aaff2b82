"""Movement of elements, in the words that all frontends use.

What is known is moved at once, what is computed by an operator, and what would stay
where it is by none. Shapes that do not fit are a `VerifyException`, to which the loop
over the nodes of a model adds the place.
"""

from collections.abc import Callable, Mapping, Sequence
from itertools import accumulate, pairwise
from math import prod
from typing import TypeVar, cast

import numpy as np
from xdsl.ir import SSAValue
from xdsl.utils.exceptions import VerifyException

from ...dialects import nn
from ...dialects.nn import shapes
from ...dialects.nn.shapes import Shape
from ..constant import Constant, Value
from ..input_shapes import Batch
from ..limits import MOST_PARTS
from ..network import Emitter

Moved = TypeVar("Moved", bound=Value)
"""What is known stays known, what is computed stays computed."""

FEW = 16
"""Copies that are put side by side; more of them are broadcast."""


def shape(value: Value) -> Shape:
    """The extents of a tensor."""
    return value.array.shape if isinstance(value, Constant) else nn.shape(value)


def reshaped(node: Emitter, value: Moved, extents: Sequence[int]) -> Moved:
    """The elements, in order, in another shape of the same size."""
    after = tuple(extents)
    shapes.same_size(shape(value), after)
    if after == shape(value):
        return value
    return _moved(
        node,
        value,
        lambda array: array.reshape(after),
        lambda ifm: nn.ReshapeOp(ifm, after),
    )


def reshaped_to(
    node: Emitter, value: Moved, target: Sequence[int], batch: Batch | None = None
) -> Moved:
    """The elements in a shape of which one extent may be -1, what remains.

    A target that was written for the batch of the file follows the one that is
    imported, unless the elements are known.
    """
    wanted, extents = list(target), shape(value)
    first = (wanted[0], extents[0]) if wanted and extents else None
    follows = batch is not None and first == (batch.before, batch.after)
    if batch is not None and follows and not isinstance(value, Constant):
        wanted[0] = batch.after
    return reshaped(node, value, without_unknown(wanted, prod(extents)))


def without_unknown(target: Sequence[int], elements: int) -> list[int]:
    """A shape of so many elements, of which one extent may be -1, what remains.

    Raises:
        VerifyException: it is not clear what remains.
    """
    wanted = list(target)
    known = prod(extent for extent in wanted if extent != -1)
    if wanted.count(-1) > 1 or min(wanted, default=1) < -1:
        raise VerifyException(f"a target shape {wanted}")
    if -1 in wanted:
        if known == 0 or elements % known:
            raise VerifyException(f"cannot reshape {elements} elements to {wanted}")
        wanted[wanted.index(-1)] = elements // known
    return wanted


def squeezed(node: Emitter, value: Moved, axes: Sequence[int] | None = None) -> Moved:
    """Without these axes, or without all of extent 1."""
    extents = shape(value)
    if axes is None:
        axes = [axis for axis, extent in enumerate(extents) if extent == 1]
    kept = [extent for axis, extent in enumerate(extents) if axis not in axes]
    return reshaped(node, value, kept)


def unsqueezed(node: Emitter, value: Moved, axes: Sequence[int]) -> Moved:
    """With new axes of extent 1, at these places among those of the result."""
    extents = list(shape(value))
    for axis in sorted(axes):
        extents.insert(axis, 1)
    return reshaped(node, value, extents)


def permuted(node: Emitter, value: Moved, order: Sequence[int]) -> Moved:
    """Axis i of the result is axis `order[i]`."""
    shapes.transpose(shape(value), order)
    if list(order) == list(range(len(order))):
        return value
    if isinstance(value, Constant):
        return value.rearranged(lambda array: array.transpose(order))
    return cast(Moved, node.emit(nn.TransposeOp(value, order)))


def swapped(node: Emitter, value: Moved, first: int = -2, second: int = -1) -> Moved:
    """Two axes change places: by default, each matrix is turned."""
    order = list(range(len(shape(value))))
    if len(order) < 2:
        raise VerifyException(f"a matrix of rank {len(order)}")
    order[first], order[second] = order[second], order[first]
    return permuted(node, value, order)


def taken(node: Emitter, value: Moved, along: Mapping[int, range]) -> Moved:
    """The elements at these places along some axes, and all along the others.

    Of what is computed at least one element must be left.
    """
    extents = shape(value)
    every = [along.get(axis, range(n)) for axis, n in enumerate(extents)]
    if every == [range(extent) for extent in extents]:
        return value
    starts = [places.start for places in every]
    sizes = [len(places) for places in every]
    strides = [places.step for places in every]
    if not isinstance(value, Constant) or all(sizes):
        shapes.slice(extents, starts, sizes, strides)
    return _moved(
        node,
        value,
        lambda array: array[tuple(map(_slice, every))],
        lambda ifm: nn.SliceOp(ifm, starts, sizes, strides),
    )


def _slice(places: range) -> slice:
    """What numpy takes where a range goes; a stop before the first is none."""
    return slice(places.start, places.stop if places.stop >= 0 else None, places.step)


def split(node: Emitter, value: Moved, axis: int, sizes: Sequence[int]) -> list[Moved]:
    """Parts of these sizes, one after another; one size may be -1, what remains."""
    extent, rest = shape(value)[axis], sum(size for size in sizes if size != -1)
    whole = [extent - rest if size == -1 else size for size in sizes]
    if not whole or sum(whole) != extent or min(whole) < 0 or sizes.count(-1) > 1:
        raise VerifyException(f"cannot split {extent} elements into {list(sizes)}")
    check_parts(node, len(whole))
    ends = accumulate(whole, initial=0)
    return [taken(node, value, {axis: range(*part)}) for part in pairwise(ends)]


def split_evenly(node: Emitter, value: Moved, axis: int, count: int) -> list[Moved]:
    """So many parts of one size."""
    extent = shape(value)[axis]
    if count < 1 or extent % count:
        raise VerifyException(f"cannot split {extent} elements into {count} parts")
    return split(node, value, axis, [extent // count] * min(count, MOST_PARTS + 1))


def unstacked(node: Emitter, value: Moved, axis: int) -> list[Moved]:
    """One element of an axis after another; the axis goes."""
    parts = split_evenly(node, value, axis, shape(value)[axis])
    return [squeezed(node, part, [axis]) for part in parts]


def joined(node: Emitter, values: Sequence[Value], axis: int) -> Value:
    """The values, one after another along an axis; those without elements do not count.

    The result is known if all of them are.
    """
    filled = [value for value in values if prod(shape(value))] or values[:1]
    if not filled:
        raise VerifyException("there is nothing to join")
    shapes.concat([shape(value) for value in filled], axis)
    check_parts(node, len(filled))
    if len(filled) == 1:
        return filled[0]
    known = [value for value in filled if isinstance(value, Constant)]
    if len(known) < len(filled):
        return node.emit(nn.ConcatOp([node.operand(value) for value in filled], axis))
    node.check_size((sum(value.array.size for value in known),))
    first, *others = (value.free() for value in known)
    return first.joined(node.name, others, axis)


def stacked(node: Emitter, values: Sequence[Value], axis: int) -> Value:
    """Values of one shape, one after another along a new axis."""
    return joined(node, [unsqueezed(node, value, [axis]) for value in values], axis)


def gathered(
    node: Emitter,
    value: Moved,
    axis: int,
    indices: np.ndarray,
    most: int = MOST_PARTS,
) -> Moved:
    """The elements that `indices` name, which take the place of the axis.

    They may count from the end. What is computed is taken in runs of equal steps, of
    which there are not more than `most`.
    """
    extents = shape(value)
    if indices.dtype.kind not in "iu":
        raise node.unsupported("indices that are no whole numbers")
    flat = indices.astype(np.int64).reshape(-1)
    extent = extents[axis]
    if flat.size and (flat.min() < -extent or flat.max() >= extent):
        raise VerifyException(f"indices {_few(flat)} of {extent} elements")
    whole = (*extents[:axis], *indices.shape, *extents[axis + 1 :])
    if isinstance(value, Constant):
        node.check_size(whole)
        picked = value.free().rearranged(lambda array: array.take(flat, axis))
        return cast(Moved, picked.rearranged(lambda array: array.reshape(whole)))
    if not flat.size:
        raise VerifyException("there is nothing to gather")
    runs = runs_of((flat % extent).tolist())
    if len(runs) > most:
        raise node.unsupported(f"a gather of {len(runs)} separate runs of elements")
    parts = [taken(node, value, {axis: run}) for run in runs]
    return cast(Moved, reshaped(node, joined(node, parts, axis), whole))


def _few(indices: np.ndarray) -> str:
    return str(indices.tolist()) if indices.size <= 8 else f"up to {indices.max()}"


def runs_of(indices: Sequence[int]) -> list[range]:
    """Indices as runs of equal steps, each as long as it can be."""
    runs: list[range] = []
    for index in indices:
        last = runs[-1] if runs else None
        if last is not None and len(last) == 1 and index != last[0]:
            runs[-1] = range(last[0], 2 * index - last[0], index - last[0])
        elif last is not None and len(last) > 1 and index == last[-1] + last.step:
            runs[-1] = range(last[0], index + last.step, last.step)
        else:
            runs.append(range(index, index + 1))
    return runs


def flipped(node: Emitter, value: Moved, axes: Sequence[int]) -> Moved:
    """Some axes the other way round."""
    extents = shape(value)
    return taken(node, value, {axis: range(extents[axis])[::-1] for axis in axes})


def tiled(node: Emitter, value: Value, counts: Sequence[int]) -> Value:
    """All elements, so many times along each axis."""
    extents = shape(value)
    if len(counts) != len(extents) or min(counts, default=1) < 1:
        raise VerifyException(f"{list(counts)} times the shape {list(extents)}")
    node.check_size([n * count for n, count in zip(extents, counts, strict=True)])
    if isinstance(value, Constant):
        return value.free().rearranged(lambda array: np.tile(array, counts))
    for axis, count in enumerate(counts):
        extents = shape(value)
        if 1 < count <= FEW:
            value = joined(node, [value] * count, axis)
        elif count > 1:
            apart = unsqueezed(node, value, [axis])
            target = (*extents[:axis], count, *extents[axis:])
            whole = (*extents[:axis], count * extents[axis], *extents[axis + 1 :])
            value = reshaped(node, broadcast(node, apart, target), whole)
    return value


def broadcast(node: Emitter, value: Moved, target: Sequence[int]) -> Moved:
    """The tensor in a shape that it is broadcast to, of its rank or a higher one."""
    extents = (1,) * (len(target) - len(shape(value))) + shape(value)
    whole = shapes.broadcast(extents, tuple(target))
    node.check_size(whole)
    value = reshaped(node, value, extents)
    if whole == extents:
        return value
    grown = tuple(
        after if before != after else 1
        for before, after in zip(extents, whole, strict=True)
    )
    return _moved(
        node,
        value,
        lambda array: np.broadcast_to(array, whole),
        lambda ifm: nn.AddOp(
            ifm, node.weight(f"{node.name}/zeros", np.zeros(grown, np.float32))
        ),
    )


def check_parts(node: Emitter, count: int) -> None:
    """Look before a tensor is cut into parts.

    Raises:
        UnsupportedError: there would be too many.
    """
    if count > MOST_PARTS:
        raise node.unsupported(f"a tensor in {count} parts, at most {MOST_PARTS} are")


def _moved(
    node: Emitter,
    value: Moved,
    known: Callable[[np.ndarray], np.ndarray],
    computed: Callable[[SSAValue], nn.Operator],
) -> Moved:
    """A tensor, changed in one of two ways that have the same result."""
    if isinstance(value, Constant):
        return cast(Moved, value.free().rearranged(known))
    return cast(Moved, node.emit(computed(value)))
