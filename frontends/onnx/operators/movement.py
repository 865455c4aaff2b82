"""Operators that move elements, and those that change nothing at all."""

from math import prod

import numpy as np
from xdsl.ir import SSAValue

from ....dialects import nn
from ...constant import Constant, Value
from ...vocabulary import moving, padding
from ..element_types import REALS
from ..node import Node


def same(node: Node) -> SSAValue:
    return node.tensor(0)


def dropout(node: Node) -> SSAValue:
    """Nothing is dropped when a network is only run."""
    node.ignore("ratio", "seed")
    if not node.integer("is_test", 1):
        node.warn("is_test=0 would drop elements, as in training; here it drops none")
    if node.has(2) and node.constant(2).array.any():
        raise node.unsupported("training_mode")
    return node.tensor(0)


def cast(node: Node) -> SSAValue:
    """From real to real; all of them are `f32`."""
    node.ignore("saturate", "round_mode")
    if node.integer("to") not in REALS:
        raise node.unsupported("a cast from reals to other numbers")
    return node.tensor(0)


def reshape(node: Node) -> SSAValue:
    """0 keeps an extent unless `allowzero`, -1 is what remains."""
    ifm, target = node.tensor(0), node.constant_integers(1)
    extents = nn.shape(ifm)
    if not node.integer("allowzero", 0):
        if any(n == 0 and axis >= len(extents) for axis, n in enumerate(target)):
            raise node.wrong(f"the target {target} keeps more extents than there are")
        target = [n or extents[axis] for axis, n in enumerate(target)]
    return moving.reshaped_to(node, ifm, target, node.batch)


def flatten(node: Node) -> SSAValue:
    ifm = node.tensor(0)
    extents = nn.shape(ifm)
    axis = node.integer("axis", 1)
    if axis != len(extents):
        axis = node.axis(axis, len(extents))
    return moving.reshaped(node, ifm, (prod(extents[:axis]), prod(extents[axis:])))


def axes_of(node: Node) -> list[int] | None:
    """The axes: an attribute in old opsets, a constant input in new ones."""
    return node.constant_integers(1) if node.has(1) else node.integers("axes")


def squeeze(node: Node) -> SSAValue:
    given = axes_of(node)
    axes = None if given is None else [node.axis_of(0, axis) for axis in given]
    return moving.squeezed(node, node.tensor(0), axes)


def unsqueeze(node: Node) -> SSAValue:
    ifm, given = node.tensor(0), axes_of(node) or []
    rank = len(nn.shape(ifm)) + len(given)
    return moving.unsqueezed(node, ifm, [node.axis(axis, rank) for axis in given])


def transpose(node: Node) -> SSAValue:
    ifm = node.tensor(0)
    reverse = list(reversed(range(len(nn.shape(ifm)))))
    return moving.permuted(node, ifm, node.integers("perm") or reverse)


def concat(node: Node) -> SSAValue:
    """Of all that have elements."""
    values = [value for value in node.values() if prod(moving.shape(value))]
    axis = node.axis(node.integer("axis"), len(moving.shape(values[0])))
    return node.operand(moving.joined(node, values, axis))


def slice_(node: Node) -> SSAValue:
    """Bounds are attributes before opset 10, constant inputs since."""
    ifm = node.tensor(0)
    extents = nn.shape(ifm)
    starts, ends, axes, steps = (
        node.constant_integers(position) if node.has(position) else node.integers(name)
        for position, name in enumerate(("starts", "ends", "axes", "steps"), start=1)
    )
    if starts is None or ends is None:
        raise node.wrong("it does not say where to start or to end")
    axes = list(range(len(starts))) if axes is None else axes
    steps = [1] * len(starts) if steps is None else steps
    if not len(starts) == len(ends) == len(axes) == len(steps) or 0 in steps:
        raise node.wrong(f"starts {starts}, ends {ends}, axes {axes}, steps {steps}")
    along: dict[int, range] = {}
    for start, end, axis, step in zip(starts, ends, axes, steps, strict=True):
        at = node.axis(axis, len(extents))
        along[at] = range(extents[at])[start:end:step]
    return moving.taken(node, ifm, along)


def split(node: Node) -> list[Value]:
    """Into given sizes, or into equal parts of which the last may be smaller."""
    node.ignore("num_outputs")
    ifm = node.tensor(0)
    extents = nn.shape(ifm)
    axis = node.axis(node.integer("axis", 0), len(extents))
    count = len(node.proto.output)
    sizes = node.constant_integers(1) if node.has(1) else node.integers("split")
    if sizes is None:
        part = -(-extents[axis] // count)
        sizes = [part] * (count - 1) + [extents[axis] - part * (count - 1)]
    filled = iter(moving.split(node, ifm, axis, [size for size in sizes if size]))
    empty = np.empty((*extents[:axis], 0, *extents[axis + 1 :]), np.float32)
    return [next(filled) if size else Constant(node.name, empty) for size in sizes]


def pad(node: Node) -> SSAValue:
    """Pads are attributes before opset 11, constant inputs since; some may crop."""
    mode = node.text("mode", "constant")
    ifm = node.tensor(0)
    rank = len(nn.shape(ifm))
    given = node.constant_integers(1) if node.has(1) else node.integers("pads")
    fill = node.constant_real(2) if node.has(2) else node.real("value", 0.0)
    axes = node.constant_integers(3) if node.has(3) else list(range(rank))
    if given is None or len(given) != 2 * len(axes):
        raise node.wrong(f"pads {given} on {len(axes)} axes")
    pads = [(0, 0)] * rank
    for at, axis in enumerate(axes):
        pads[node.axis(axis, rank)] = (given[at], given[at + len(axes)])
    if mode == "constant":
        return node.operand(padding.padded(node, ifm, pads, fill))
    if mode not in AROUND:
        raise node.wrong(f"a mode of '{mode}'")
    ifm = padding.cropped(node, ifm, [(max(-a, 0), max(-b, 0)) for a, b in pads])
    pads = [(max(before, 0), max(after, 0)) for before, after in pads]
    return node.operand(AROUND[mode](node, ifm, pads))


AROUND = {
    "reflect": padding.mirrored,
    "edge": padding.repeated_edges,
    "wrap": padding.wrapped,
}

CONVERTERS = {
    "Identity": same,
    "Dropout": dropout,
    "Cast": cast,
    "Reshape": reshape,
    "Flatten": flatten,
    "Squeeze": squeeze,
    "Unsqueeze": unsqueeze,
    "Transpose": transpose,
    "Concat": concat,
    "Slice": slice_,
    "Split": split,
    "Pad": pad,
}
