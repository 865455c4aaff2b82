"""Layers that move elements, and those that change nothing at all."""

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from math import prod

import numpy as np
from xdsl.ir import SSAValue

from ....dialects import nn
from ...draws import Part
from ...layers.movement import TO_CHANNELS, TO_PIXELS, resized
from ...vocabulary import moving, padding
from ...vocabulary.arranging import SHUFFLE, arranged
from ..node import ABSENT, NcnnNode

ORDERS = {
    2: ("WH", "HW"),
    3: ("WHC", "HWC", "WCH", "CWH", "HCW", "CHW"),
}
"""The orders of a permutation by their numbers, innermost axis first."""

NEAREST, BILINEAR = 1, 2
LARGEST_FACTOR = 1 << 16


def same(node: NcnnNode) -> list[SSAValue]:
    """Every top is the bottom."""
    return [node.bottom()] * max(len(node.layer.writes), 1)


def noop(node: NcnnNode) -> list[SSAValue]:
    return list(node.bottoms)


def dropout(node: NcnnNode) -> SSAValue:
    """Only the factor is left when a network is only run."""
    factor = node.real(0, 1.0)
    if factor == 1:
        return node.bottom()
    return node.emit(nn.MulOp(node.bottom(), node.scalar("scale", factor)))


def cast(node: NcnnNode) -> SSAValue:
    """From real to real."""
    node.ignore(0)
    if node.integer(1) == 3:
        raise node.unsupported("a cast to int8")
    return node.bottom()


def memory_data(node: NcnnNode) -> SSAValue:
    """A weight that is a blob; the batch is 1 and broadcasts."""
    node.ignore(21)
    extents = [node.integer(number) for number in (2, 11, 1, 0)]
    shape = [extent for extent in extents if extent]
    array = node.stored(Part.OFFSET, shape)
    whole = np.broadcast_to(array, (node.batch.after, *shape))
    return node.weight(node.name, whole)


def reshape(node: NcnnNode) -> SSAValue:
    """0 keeps an extent, -1 is what remains, -233 is no extent."""
    if node.flag(3):
        raise node.unsupported("a reshape of what lies channels last (parameter 3)")
    extents = nn.shape(node.bottom())
    own = {
        0: extents[-1],
        1: extents[-2],
        2: extents[1],
        11: extents[-3 % len(extents)],
    }
    target = [node.integer(number, ABSENT) or own[number] for number in (2, 11, 1, 0)]
    kept = [extent for extent in target if extent != ABSENT]
    return moving.reshaped_to(node, node.bottom(), (extents[0], *kept))


def flatten(node: NcnnNode) -> SSAValue:
    extents = nn.shape(node.bottom())
    return moving.reshaped(node, node.bottom(), (extents[0], prod(extents[1:])))


def permute(node: NcnnNode) -> SSAValue:
    orders = ORDERS.get(node.rank())
    number = node.integer(0)
    if orders is None:
        return _permuted_otherwise(node, number)
    if not 0 <= number < len(orders):
        raise node.wrong(f"an order {number} of {node.rank()} dimensions")
    axes = orders[0][::-1]
    order = [axes.index(axis) + 1 for axis in reversed(orders[number])]
    return moving.permuted(node, node.bottom(), (0, *order))


def _permuted_otherwise(node: NcnnNode, number: int) -> SSAValue:
    if number == 0 or node.rank() == 1:
        return node.bottom()
    raise node.unsupported(f"a permutation of {node.rank()} dimensions")


def concat(node: NcnnNode) -> SSAValue:
    axis = node.own_axis(node.integer(0), node.rank())
    return node.emit(nn.ConcatOp(node.bottoms, axis))


def slice_(node: NcnnNode) -> list[SSAValue]:
    """Sizes, of which some may be an equal share of what remains; or the points."""
    axis = node.own_axis(node.integer(1), node.rank())
    extent = nn.shape(node.bottom())[axis]
    sizes, points = node.integers(0), node.integers(2)
    if points:
        ends = [*points, extent]
        sizes = [end - start for start, end in pairwise([0, *ends])]
    left = extent
    given: list[int] = []
    for position, size in enumerate(sizes):
        share = left // (len(sizes) - position) if size == ABSENT else size
        given.append(share)
        left -= share
    return moving.split(node, node.bottom(), axis, given)


def crop(node: NcnnNode) -> SSAValue:
    """From starts to ends along axes; or a window, given or as large as a bottom."""
    extents = nn.shape(node.bottom())
    starts, ends, axes = (node.integers(number) for number in (9, 10, 11))
    if starts:
        return _crop_axes(node, starts, ends, axes)
    taken: dict[int, range] = {}
    # ncnn counts from the innermost axis.
    numbers = ((0, 3, 6, -1), (1, 4, 7, -2), (2, 5, 8, -3))
    like = nn.shape(node.bottom(1)) if len(node.bottoms) > 1 else None
    for start, size, after, axis in numbers[: node.rank()]:
        extent, offset = extents[axis], node.integer(start)
        chosen, left = node.integer(size, 0), node.integer(after)
        if like is not None:
            chosen = like[axis] if len(like) == len(extents) else extent
        end = extent - left if chosen in (ABSENT, 0) else offset + chosen
        taken[axis % len(extents)] = range(offset, end)
    return moving.taken(node, node.bottom(), taken)


def _crop_axes(
    node: NcnnNode, starts: Sequence[int], ends: Sequence[int], axes: Sequence[int]
) -> SSAValue:
    axes = list(axes or range(len(starts)))
    if not len(starts) == len(ends) == len(axes):
        raise node.wrong(f"starts {starts}, ends {ends}, axes {axes}")
    taken: dict[int, range] = {}
    for start, end, given in zip(starts, ends, axes, strict=True):
        axis = node.own_axis(given, node.rank())
        extent = nn.shape(node.bottom())[axis]
        start = 0 if start == ABSENT else start
        end = extent if end == ABSENT else end
        taken[axis] = range(
            start if start >= 0 else extent + start,
            min(end if end > 0 else extent + end, extent),
        )
    return moving.taken(node, node.bottom(), taken)


def pad(node: NcnnNode) -> SSAValue:
    """Rows, columns, and channels in front and behind."""
    modes = {0: None, 1: padding.repeated_edges, 2: padding.mirrored}
    around = node.choice(4, modes)
    if node.integer(6):
        raise node.unsupported("padding with a number a channel")
    top, bottom, left, right = (node.integer(number) for number in range(4))
    channels = (node.integer(7), node.integer(8))
    pads = [channels, (top, bottom), (left, right)][3 - node.rank() :]
    value, fill = node.bottom(), node.real(5)
    if around is None:
        return node.operand(padding.padded(node, value, [(0, 0), *pads], fill))
    return node.operand(around(node, value, [(0, 0), *pads]))


def interp(node: NcnnNode) -> SSAValue:
    """To a given size, or by factors, whose rest is lost; of the same size it stays."""
    if node.flag(5) or len(node.bottoms) > 1:
        raise node.unsupported("a size that another blob gives")
    method = node.choice(0, {NEAREST: "floor", BILINEAR: "linear"})
    corners = node.flag(6) and method == "linear"
    _, _, *extents = nn.shape(node.image())
    factors = (node.real(1, 1.0), node.real(2, 1.0))
    given = (node.integer(3), node.integer(4))
    if not all(0 < factor < LARGEST_FACTOR for factor in factors):
        raise node.wrong(f"the factors {factors}")
    size: list[int] = []
    steps: list[float] = []
    for extent, wanted, factor in zip(extents, given, factors, strict=True):
        size.append(wanted or int(extent * factor))
        steps.append(extent / wanted if wanted else 1 / factor)
        if corners:
            steps[-1] = (extent - 1) / max(size[-1] - 1, 1)
    if size == extents:
        return node.bottom()
    centred = method == "linear" and not corners
    offsets = [step / 2 - 0.5 if centred else 0.0 for step in steps]
    return resized(node, size, steps, offsets, method)


def shuffle_channel(node: NcnnNode) -> SSAValue:
    groups = node.integer(0, 1)
    channels = nn.shape(node.bottom())[1]
    if node.flag(1) and groups > 0:
        groups = channels // groups
    return arranged(node, node.bottom(), SHUFFLE, g=groups)


def of_squares(lines: Mapping[bool, str]) -> Callable[[NcnnNode], SSAValue]:
    """Squares of pixels as channels, or the other way round, in either order."""

    def convert(node: NcnnNode) -> SSAValue:
        size, line = node.integer(0, 1), lines[not node.flag(1)]
        return arranged(node, node.bottom(), line, a=size, b=size)

    return convert


def squeeze(node: NcnnNode) -> SSAValue:
    extents = nn.shape(node.bottom())
    dropped = _axes(node, {0: -1, 1: -2, 2: 1, 11: -3}, len(extents) - 1)
    ones = [axis for axis in dropped if extents[axis] == 1]
    return moving.squeezed(node, node.bottom(), ones)


def expand_dims(node: NcnnNode) -> SSAValue:
    extents, given = nn.shape(node.bottom()), node.integers(3)
    flags = [node.flag(number) for number in (0, 1, 11, 2)]
    if not given:
        raise node.unsupported(f"new axes as flags {flags}, not as a list")
    rank = len(extents) - 1 + len(given)
    axes = [node.own_axis(axis, rank) for axis in given]
    return moving.unsqueezed(node, node.bottom(), axes)


def _axes(node: NcnnNode, flags: dict[int, int], rank: int) -> set[int]:
    """The axes that a list names, or that are flagged."""
    given = node.integers(3)
    flagged = {axis % (rank + 1) for number, axis in flags.items() if node.flag(number)}
    return {node.own_axis(axis, rank) for axis in given} or flagged


CONVERTERS = {
    "Cast": cast,
    "Concat": concat,
    "Crop": crop,
    "Dropout": dropout,
    "ExpandDims": expand_dims,
    "Flatten": flatten,
    "Interp": interp,
    "MemoryData": memory_data,
    "Noop": noop,
    "Packing": same,
    "Padding": pad,
    "Permute": permute,
    "PixelShuffle": of_squares(TO_PIXELS),
    "Reorg": of_squares(TO_CHANNELS),
    "Reshape": reshape,
    "ShuffleChannel": shuffle_channel,
    "Slice": slice_,
    "Split": same,
    "Squeeze": squeeze,
}
