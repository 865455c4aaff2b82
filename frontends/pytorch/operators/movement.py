"""Operators that move elements, and those that change nothing at all."""

from collections.abc import Sequence
from math import prod

from xdsl.ir import SSAValue

from ....dialects import nn
from ....dialects.nn import shapes
from ..elements import REALS, as_type
from ..node import Constant, Node, Value


def same(node: Node) -> Value:
    return node.value("self")


def dropout(node: Node) -> Value:
    """Nothing is dropped when a network is only run."""
    node.ignore("p")
    if node.flag("train", False):
        raise node.unsupported("dropout as in training: call module.eval() first")
    return node.value("self" if node.has("self") else "input")


def cast(node: Node) -> Value:
    """From real to real, all of which are `f32`; a constant to anything."""
    node.ignore("other")
    value, kind = node.value("self"), node.dtype()
    if kind is None:
        return value
    if isinstance(value, Constant):
        return Constant(value.name, as_type(value.array, kind))
    if kind not in REALS:
        raise node.unsupported("a cast from reals to other numbers")
    return value


def view(node: Node) -> SSAValue:
    """-1 is what remains; a target follows the batch that is imported."""
    ifm = node.tensor("self")
    name = "size" if "size" in node.source.arguments else "shape"
    target, extents = node.integers(name), nn.shape(ifm)
    batch = node.batch
    if target and extents and (target[0], extents[0]) == (batch.before, batch.after):
        target[0] = batch.after
    return reshaped(node, ifm, target)


def reshaped(node: Node, ifm: SSAValue, target: Sequence[int]) -> SSAValue:
    """`ifm` in another shape, of which one extent may be -1."""
    extents, elements = list(target), prod(nn.shape(ifm))
    known = prod(extent for extent in extents if extent != -1)
    if extents.count(-1) > 1 or min(extents, default=1) < -1:
        raise node.wrong(f"a target shape {extents}")
    if -1 in extents:
        if known == 0 or elements % known:
            raise node.wrong(f"cannot reshape {elements} elements to {extents}")
        extents[extents.index(-1)] = elements // known
    if tuple(extents) == nn.shape(ifm):
        return ifm
    shapes.same_size(nn.shape(ifm), tuple(extents))
    return node.emit(nn.ReshapeOp(ifm, extents))


def like_other(node: Node) -> SSAValue:
    """In the shape of another tensor."""
    return reshaped(node, node.tensor("self"), nn.shape(node.tensor("other")))


def flatten(node: Node) -> SSAValue:
    ifm = node.tensor("self")
    extents = nn.shape(ifm) or (1,)
    first = node.axis(node.integer("start_dim", 0), len(extents))
    last = node.axis(node.integer("end_dim", -1), len(extents))
    if first > last:
        raise node.wrong(f"axes from {first} to {last}")
    flat = prod(extents[first : last + 1])
    return reshaped(node, ifm, (*extents[:first], flat, *extents[last + 1 :]))


def unflatten(node: Node) -> SSAValue:
    ifm = node.tensor("self")
    extents = list(nn.shape(ifm))
    axis, sizes = node.axis(node.integer("dim"), len(extents)), node.integers("sizes")
    if sizes.count(-1) == 1:
        known = prod(size for size in sizes if size != -1)
        if known < 1 or extents[axis] % known:
            raise node.wrong(f"cannot make {sizes} of {extents[axis]} elements")
        sizes[sizes.index(-1)] = extents[axis] // known
    return reshaped(node, ifm, (*extents[:axis], *sizes, *extents[axis + 1 :]))


def squeeze(node: Node) -> SSAValue:
    """Without all axes of extent 1, or those of them that are named."""
    ifm = node.tensor("self")
    extents = nn.shape(ifm)
    given = node.integers("dim", range(len(extents)))
    named = {node.axis(axis, len(extents)) for axis in given}
    kept = [n for axis, n in enumerate(extents) if n != 1 or axis not in named]
    return reshaped(node, ifm, kept)


def unsqueeze(node: Node) -> SSAValue:
    ifm = node.tensor("self")
    extents = list(nn.shape(ifm))
    extents.insert(node.axis(node.integer("dim"), len(extents) + 1), 1)
    return reshaped(node, ifm, extents)


def permute(node: Node) -> SSAValue:
    ifm = node.tensor("self")
    rank = len(nn.shape(ifm))
    order = [node.axis(axis, rank) for axis in node.integers("dims")]
    return node.emit(nn.TransposeOp(ifm, order))


def transpose(node: Node) -> SSAValue:
    """Two axes change places."""
    ifm = node.tensor("self")
    rank = len(nn.shape(ifm))
    names = ("axis0", "axis1") if node.has("axis0") else ("dim0", "dim1")
    first, second = (node.axis(node.integer(name), rank) for name in names)
    order = list(range(rank))
    order[first], order[second] = second, first
    return node.emit(nn.TransposeOp(ifm, order))


def turn(node: Node) -> SSAValue:
    """A matrix turned; what has less than two axes stays."""
    ifm = node.tensor("self")
    rank = len(nn.shape(ifm))
    return ifm if rank < 2 else node.emit(nn.TransposeOp(ifm, (1, 0)))


def moved(node: Node) -> SSAValue:
    """Axes `source` go to `destination`, the others keep their order."""
    ifm = node.tensor("self")
    rank = len(nn.shape(ifm))
    source, destination = (
        [node.axis(axis, rank) for axis in node.integers(name)]
        for name in ("source", "destination")
    )
    if len(source) != len(destination):
        raise node.wrong(f"axes {source} to {destination}")
    rest = [axis for axis in range(rank) if axis not in source]
    at = dict(zip(destination, source, strict=True))
    order = [at[axis] if axis in at else rest.pop(0) for axis in range(rank)]
    return node.emit(nn.TransposeOp(ifm, order))


def concat(node: Node) -> SSAValue:
    """Tensors without elements count for nothing, whatever their rank."""
    inputs = [value for value in node.tensors("tensors") if prod(nn.shape(value))]
    if not inputs:
        raise node.wrong("nothing to join")
    axis = node.axis(node.integer("dim", 0), len(nn.shape(inputs[0])))
    return inputs[0] if len(inputs) == 1 else node.emit(nn.ConcatOp(inputs, axis))


def stack(node: Node) -> SSAValue:
    """Along a new axis."""
    inputs = node.tensors("tensors")
    if not inputs:
        raise node.wrong("nothing to stack")
    extents = list(nn.shape(inputs[0]))
    axis = node.axis(node.integer("dim", 0), len(extents) + 1)
    extents.insert(axis, 1)
    parts = [node.emit(nn.ReshapeOp(value, extents)) for value in inputs]
    return parts[0] if len(parts) == 1 else node.emit(nn.ConcatOp(parts, axis))


def shuffle_pixels(node: Node) -> SSAValue:
    """[N, C s s, H, W] to [N, C, H s, W s]."""
    ifm, scale = node.tensor("self"), node.integer("upscale_factor")
    *images, channels, rows, columns = nn.shape(ifm)
    if scale < 1 or len(images) != 1 or channels % scale**2:
        raise node.wrong(f"{channels} channels in blocks of {scale}")
    split = (*images, channels // scale**2, scale, scale, rows, columns)
    blocks = node.emit(nn.ReshapeOp(ifm, split))
    spread = node.emit(nn.TransposeOp(blocks, (0, 1, 4, 2, 5, 3)))
    whole = (*images, channels // scale**2, rows * scale, columns * scale)
    return node.emit(nn.ReshapeOp(spread, whole))


def unshuffle_pixels(node: Node) -> SSAValue:
    """[N, C, H s, W s] to [N, C s s, H, W]."""
    ifm, scale = node.tensor("self"), node.integer("downscale_factor")
    *images, channels, rows, columns = nn.shape(ifm)
    if scale < 1 or len(images) != 1 or rows % scale or columns % scale:
        raise node.wrong(f"{rows} by {columns} pixels in blocks of {scale}")
    split = (*images, channels, rows // scale, scale, columns // scale, scale)
    blocks = node.emit(nn.ReshapeOp(ifm, split))
    gathered = node.emit(nn.TransposeOp(blocks, (0, 1, 3, 5, 2, 4)))
    whole = (*images, channels * scale**2, rows // scale, columns // scale)
    return node.emit(nn.ReshapeOp(gathered, whole))


def shuffle_channels(node: Node) -> SSAValue:
    """Zhang et al. 2018, "ShuffleNet", figure 1."""
    ifm, groups = node.tensor("self"), node.integer("groups")
    batch, channels, *pixels = nn.shape(ifm)
    if groups < 1 or channels % groups:
        raise node.wrong(f"cannot shuffle {channels} channels in {groups} groups")
    split = (batch, groups, channels // groups, *pixels)
    parts = node.emit(nn.ReshapeOp(ifm, split))
    order = (0, 2, 1, *range(3, len(split)))
    mixed = node.emit(nn.TransposeOp(parts, order))
    return node.emit(nn.ReshapeOp(mixed, (batch, channels, *pixels)))


SAME = dict.fromkeys(
    ("alias", "clone", "contiguous", "detach", "lift_fresh_copy"), same
)

CONVERTERS = {
    **SAME,
    "lift_fresh": same,
    "dropout": dropout,
    "alpha_dropout": dropout,
    "feature_dropout": dropout,
    "to": cast,
    "_to_copy": cast,
    "type_as": cast,
    "view": view,
    "_unsafe_view": view,
    "reshape": view,
    "view_as": like_other,
    "reshape_as": like_other,
    "flatten": flatten,
    "unflatten": unflatten,
    "squeeze": squeeze,
    "unsqueeze": unsqueeze,
    "permute": permute,
    "transpose": transpose,
    "swapaxes": transpose,
    "swapdims": transpose,
    "t": turn,
    "numpy_T": turn,
    "movedim": moved,
    "cat": concat,
    "concat": concat,
    "concatenate": concat,
    "stack": stack,
    "pixel_shuffle": shuffle_pixels,
    "pixel_unshuffle": unshuffle_pixels,
    "channel_shuffle": shuffle_channels,
}
