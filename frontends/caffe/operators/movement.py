"""Layers that move elements, and those that change nothing at all."""

from math import prod

from xdsl.ir import SSAValue

from ....dialects import nn
from ...layers.movement import TO_CHANNELS, TO_PIXELS, resized
from ...vocabulary import moving
from ...vocabulary.arranging import SHUFFLE, arranged
from ..node import CaffeNode


def same(node: CaffeNode) -> list[SSAValue]:
    """Every top is the bottom."""
    return [node.bottom()] * max(len(node.layer.writes), 1)


def concat(node: CaffeNode) -> SSAValue:
    given = node.parameters("concat")
    axis = (
        given.integer("concat_dim")
        if given.has("concat_dim")
        else given.integer("axis")
    )
    rank = len(nn.shape(node.bottom()))
    return node.emit(nn.ConcatOp(node.bottoms, node.axis(axis, rank)))


def slice_(node: CaffeNode) -> list[SSAValue]:
    """At given points, or into equal parts."""
    given = node.parameters("slice")
    shape = nn.shape(node.bottom())
    wanted = (
        given.integer("slice_dim") if given.has("slice_dim") else given.integer("axis")
    )
    axis, count = node.axis(wanted, len(shape)), len(node.layer.writes)
    points = given.integers("slice_point")
    if not points:
        points = [shape[axis] // count * part for part in range(1, count)]
    bounds = [0, *points, shape[axis]]
    sizes = [bounds[i + 1] - bounds[i] for i in range(len(points) + 1)]
    if not given.integers("slice_point") and len(set(sizes)) > 1:
        raise node.wrong(f"cannot cut {shape[axis]} into {count} equal parts")
    return moving.split(node, node.bottom(), axis, sizes)


def flatten(node: CaffeNode) -> SSAValue:
    given = node.parameters("flatten")
    shape = nn.shape(node.bottom())
    first, last = (
        node.axis(axis, len(shape))
        for axis in (given.integer("axis"), given.integer("end_axis"))
    )
    if last < first:
        raise node.wrong(f"axes {first} to {last}")
    flat = (*shape[:first], prod(shape[first : last + 1]), *shape[last + 1 :])
    return moving.reshaped(node, node.bottom(), flat)


def reshape(node: CaffeNode) -> SSAValue:
    """0 keeps an extent, -1 is what remains; only some axes may be concerned."""
    given = node.parameters("reshape")
    shape = nn.shape(node.bottom())
    first = (
        given.integer("axis")
        if given.integer("axis") >= 0
        else given.integer("axis") + len(shape) + 1
    )
    last = (
        len(shape)
        if given.integer("num_axes") == -1
        else first + given.integer("num_axes")
    )
    if not 0 <= first <= last <= len(shape):
        raise node.wrong(f"axes {first} to {last} of {len(shape)}")
    target = list(given.fields("shape").integers("dim"))
    if any(n == 0 and first + i >= len(shape) for i, n in enumerate(target)):
        raise node.wrong(f"the target {target} keeps more extents than there are")
    target = [n or shape[first + i] for i, n in enumerate(target)]
    whole = [*shape[:first], *target, *shape[last:]]
    follows = node.batch if first == 0 else None
    return moving.reshaped_to(node, node.bottom(), whole, follows)


def permute(node: CaffeNode) -> SSAValue:
    """Axes that are not named come after those that are, in order."""
    rank = len(nn.shape(node.bottom()))
    named = list(node.parameters("permute").integers("order"))
    order = [*named, *(axis for axis in range(rank) if axis not in named)]
    return moving.permuted(node, node.bottom(), order)


def crop(node: CaffeNode) -> SSAValue:
    """As large as the second bottom, from an axis on."""
    given = node.parameters("crop")
    shape, like = nn.shape(node.bottom(0)), nn.shape(node.bottom(1))
    first = node.axis(given.integer("axis"), len(shape))
    cropped = range(first, len(shape))
    offsets = given.integers("offset") or [0]
    offsets = offsets * len(cropped) if len(offsets) == 1 else offsets
    if len(offsets) != len(cropped) or len(like) != len(shape):
        raise node.wrong(f"{len(offsets)} offsets for {len(cropped)} axes")
    taken = {
        axis: range(offset, offset + like[axis])
        for axis, offset in zip(cropped, offsets, strict=True)
    }
    return moving.taken(node, node.bottom(), taken)


def interp(node: CaffeNode) -> SSAValue:
    """Bilinear; the corners of both maps lie on each other."""
    given = node.parameters("interp")
    _, _, rows, columns = node.image()
    if given.integer("pad_beg") or given.integer("pad_end"):
        raise node.unsupported("a map that is cropped before")
    zoom, shrink = given.integer("zoom_factor"), given.integer("shrink_factor")
    if min(zoom, shrink) < 1:
        raise node.wrong(f"factors {zoom} and {shrink}")
    size: list[int] = []
    for extent, wanted in (
        (rows, given.integer("height")),
        (columns, given.integer("width")),
    ):
        shrunk = (extent - 1) // shrink + 1
        zoomed = shrunk + (shrunk - 1) * (zoom - 1)
        size.append(wanted if wanted > 0 else zoomed)
    steps = [
        (extent - 1) / max(wanted - 1, 1)
        for extent, wanted in zip((rows, columns), size, strict=True)
    ]
    return resized(node, size, steps, (0.0, 0.0), "linear")


def upsample(node: CaffeNode) -> SSAValue:
    """The nearest pixel, a whole number of times."""
    factor = node.parameters("upsample").integer("scale")
    if factor < 1 or len(node.bottoms) > 1:
        raise node.unsupported("upsampling but by a whole factor")
    _, _, rows, columns = node.image()
    size = (rows * factor, columns * factor)
    return resized(node, size, (1 / factor, 1 / factor), (0.0, 0.0), "floor")


def shuffle_channel(node: CaffeNode) -> SSAValue:
    groups = node.parameters("shuffle_channel").integer("group")
    return arranged(node, node.bottom(), SHUFFLE, g=groups)


def reorg(node: CaffeNode) -> SSAValue:
    given = node.parameters("reorg")
    line = (TO_PIXELS if given.flag("reverse") else TO_CHANNELS)[False]
    size = given.integer("stride")
    return arranged(node, node.bottom(), line, a=size, b=size)


def tile(node: CaffeNode) -> SSAValue:
    """So many times along one axis."""
    given, rank = node.parameters("tile"), len(nn.shape(node.bottom()))
    counts = [1] * rank
    counts[node.axis(given.integer("axis"), rank)] = given.integer("tiles")
    return node.operand(moving.tiled(node, node.bottom(), counts))


CONVERTERS = {
    "Concat": concat,
    "Crop": crop,
    "Dropout": same,
    "Flatten": flatten,
    "Interp": interp,
    "Permute": permute,
    "Reorg": reorg,
    "Reshape": reshape,
    "ShuffleChannel": shuffle_channel,
    "Slice": slice_,
    "Split": same,
    "Tile": tile,
    "Upsample": upsample,
}
