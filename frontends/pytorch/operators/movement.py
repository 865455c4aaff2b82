"""Operators that move elements, and those that change nothing at all."""

from math import prod

from ...constant import Constant, Value
from ...vocabulary import moving
from ...vocabulary.arranging import SHUFFLE, arranged
from ..elements import REALS, as_type
from ..node import Node


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


def view(node: Node) -> Value:
    """-1 is what remains."""
    name = "size" if "size" in node.source.arguments else "shape"
    target = node.integers(name)
    return moving.reshaped_to(node, node.value("self"), target, node.batch)


def like_other(node: Node) -> Value:
    """In the shape of another tensor."""
    return moving.reshaped(node, node.value("self"), node.shape("other"))


def flatten(node: Node) -> Value:
    extents = node.shape("self") or (1,)
    first = node.axis(node.integer("start_dim", 0), len(extents))
    last = node.axis(node.integer("end_dim", -1), len(extents))
    if first > last:
        raise node.wrong(f"axes from {first} to {last}")
    flat = prod(extents[first : last + 1])
    whole = (*extents[:first], flat, *extents[last + 1 :])
    return moving.reshaped(node, node.value("self"), whole)


def unflatten(node: Node) -> Value:
    extents, axis = node.shape("self"), node.axis_of("self", node.integer("dim"))
    sizes = moving.without_unknown(node.integers("sizes"), extents[axis])
    whole = (*extents[:axis], *sizes, *extents[axis + 1 :])
    return moving.reshaped(node, node.value("self"), whole)


def squeeze(node: Node) -> Value:
    """Without all axes of extent 1, or those of them that are named."""
    extents = node.shape("self")
    given = node.integers("dim", range(len(extents)))
    named = {node.axis(axis, len(extents)) for axis in given}
    axes = [axis for axis, extent in enumerate(extents) if extent == 1]
    return moving.squeezed(node, node.value("self"), [a for a in axes if a in named])


def unsqueeze(node: Node) -> Value:
    axis = node.axis(node.integer("dim"), len(node.shape("self")) + 1)
    return moving.unsqueezed(node, node.value("self"), [axis])


def permute(node: Node) -> Value:
    order = [node.axis_of("self", axis) for axis in node.integers("dims")]
    return moving.permuted(node, node.value("self"), order)


def transpose(node: Node) -> Value:
    """Two axes change places."""
    names = ("axis0", "axis1") if node.has("axis0") else ("dim0", "dim1")
    first, second = (node.axis_of("self", node.integer(name)) for name in names)
    if first == second:
        return node.value("self")
    return moving.swapped(node, node.value("self"), first, second)


def turn(node: Node) -> Value:
    """A matrix turned; what has less than two axes stays."""
    value = node.value("self")
    return (
        value if len(node.shape("self")) < 2 else moving.permuted(node, value, (1, 0))
    )


def turn_last(node: Node) -> Value:
    """Each matrix turned."""
    return moving.swapped(node, node.value("self"))


def moved(node: Node) -> Value:
    """Axes `source` go to `destination`, the others keep their order."""
    source, destination = (
        [node.axis_of("self", axis) for axis in node.integers(name)]
        for name in ("source", "destination")
    )
    if len(source) != len(destination):
        raise node.wrong(f"axes {source} to {destination}")
    every = range(len(node.shape("self")))
    rest = [axis for axis in every if axis not in source]
    at = dict(zip(destination, source, strict=True))
    order = [at[axis] if axis in at else rest.pop(0) for axis in every]
    return moving.permuted(node, node.value("self"), order)


def concat(node: Node) -> Value:
    """Tensors without elements count for nothing, whatever their rank."""
    values = node.values_of("tensors")
    filled = [value for value in values if prod(moving.shape(value))]
    if not filled:
        raise node.wrong("nothing to join")
    axis = node.axis(node.integer("dim", 0), len(moving.shape(filled[0])))
    return moving.joined(node, filled, axis)


def stack(node: Node) -> Value:
    """Along a new axis."""
    values = node.values_of("tensors")
    if not values:
        raise node.wrong("nothing to stack")
    axis = node.axis(node.integer("dim", 0), len(moving.shape(values[0])) + 1)
    return moving.stacked(node, values, axis)


def shuffle_pixels(node: Node) -> Value:
    size, line = node.integer("upscale_factor"), "n (c a b) h w -> n c (h a) (w b)"
    return arranged(node, node.value("self"), line, a=size, b=size)


def unshuffle_pixels(node: Node) -> Value:
    size, line = node.integer("downscale_factor"), "n c (h a) (w b) -> n (c a b) h w"
    return arranged(node, node.value("self"), line, a=size, b=size)


def shuffle_channels(node: Node) -> Value:
    return arranged(node, node.value("self"), SHUFFLE, g=node.integer("groups"))


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
    "mT": turn_last,
    "movedim": moved,
    "cat": concat,
    "concat": concat,
    "concatenate": concat,
    "stack": stack,
    "pixel_shuffle": shuffle_pixels,
    "pixel_unshuffle": unshuffle_pixels,
    "channel_shuffle": shuffle_channels,
}
