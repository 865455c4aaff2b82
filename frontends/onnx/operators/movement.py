"""Operators that move elements, and those that change nothing at all."""

from collections.abc import Sequence
from math import prod

import numpy as np
from xdsl.ir import SSAValue

from ....dialects import nn
from ....dialects.nn import shapes
from ..constants import Constant
from ..element_types import REALS
from ..node import Node, Value


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
    """0 keeps an extent unless `allowzero`, -1 is what remains.

    A target written for the batch in the file follows the one that is imported.
    """
    ifm, target = node.tensor(0), node.constant_integers(1)
    extents = nn.shape(ifm)
    if not node.integer("allowzero", 0):
        if any(n == 0 and axis >= len(extents) for axis, n in enumerate(target)):
            raise node.wrong(f"the target {target} keeps more extents than there are")
        target = [n or extents[axis] for axis, n in enumerate(target)]
    batch = node.batch
    if target and extents and (target[0], extents[0]) == (batch.before, batch.after):
        target[0] = batch.after
    return reshaped(node, ifm, _without_unknown(node, target, prod(extents)))


def reshaped(node: Node, ifm: SSAValue, extents: Sequence[int]) -> SSAValue:
    """`ifm` in another shape of the same size."""
    shapes.same_size(nn.shape(ifm), tuple(extents))
    return node.emit(nn.ReshapeOp(ifm, extents))


def _without_unknown(node: Node, target: Sequence[int], elements: int) -> list[int]:
    known = prod(n for n in target if n != -1)
    if target.count(-1) > 1 or min(target, default=1) < -1:
        raise node.wrong(f"a target shape {target}")
    if -1 in target and (known == 0 or elements % known):
        raise node.wrong(f"cannot reshape {elements} elements to {target}")
    return [elements // known if n == -1 else n for n in target]


def flatten(node: Node) -> SSAValue:
    ifm = node.tensor(0)
    extents = nn.shape(ifm)
    axis = node.integer("axis", 1)
    if axis != len(extents):
        axis = node.axis(axis, len(extents))
    return reshaped(node, ifm, (prod(extents[:axis]), prod(extents[axis:])))


def axes_of(node: Node) -> list[int] | None:
    """The axes: an attribute in old opsets, a constant input in new ones."""
    return node.constant_integers(1) if node.has(1) else node.integers("axes")


def squeeze(node: Node) -> SSAValue:
    ifm = node.tensor(0)
    extents = nn.shape(ifm)
    given = axes_of(node)
    if given is None:
        given = [axis for axis, extent in enumerate(extents) if extent == 1]
    dropped = [node.axis(axis, len(extents)) for axis in given]
    kept = [extent for axis, extent in enumerate(extents) if axis not in dropped]
    return reshaped(node, ifm, kept)


def unsqueeze(node: Node) -> SSAValue:
    ifm = node.tensor(0)
    given = axes_of(node) or []
    rank = len(nn.shape(ifm)) + len(given)
    extents = list(nn.shape(ifm))
    for axis in sorted(node.axis(axis, rank) for axis in given):
        extents.insert(axis, 1)
    return reshaped(node, ifm, extents)


def transpose(node: Node) -> SSAValue:
    ifm = node.tensor(0)
    reverse = list(reversed(range(len(nn.shape(ifm)))))
    return node.emit(nn.TransposeOp(ifm, node.integers("perm") or reverse))


def concat(node: Node) -> SSAValue:
    """Of all that have elements."""
    filled = [at for at, value in enumerate(node.inputs) if not is_empty(value)]
    inputs = [node.tensor(at) for at in filled]
    axis = node.axis(node.integer("axis"), len(nn.shape(inputs[0])))
    return node.emit(nn.ConcatOp(inputs, axis))


def is_empty(value: Value | None) -> bool:
    """Whether a value is a constant without elements."""
    return isinstance(value, Constant) and value.array.size == 0


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
    taken = [range(extent) for extent in extents]
    for start, end, axis, step in zip(starts, ends, axes, steps, strict=True):
        at = node.axis(axis, len(extents))
        taken[at] = range(extents[at])[start:end:step]
    return _slice(node, ifm, taken)


def _slice(node: Node, ifm: SSAValue, taken: Sequence[range]) -> SSAValue:
    """The elements `taken` along each axis."""
    starts = [along.start for along in taken]
    strides = [along.step for along in taken]
    return node.emit(nn.SliceOp(ifm, starts, list(map(len, taken)), strides))


def _empty(node: Node, taken: Sequence[range]) -> Constant:
    """What there is along each axis, where that is nothing."""
    return Constant(node.name, np.empty(list(map(len, taken)), np.float32))


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
    if sum(sizes) != extents[axis] or min(sizes) < 0:
        raise node.wrong(f"cannot split {extents[axis]} elements into {sizes}")
    parts: list[Value] = []
    taken = [range(extent) for extent in extents]
    start = 0
    for size in sizes:
        taken[axis] = range(start, start + size)
        parts.append(_slice(node, ifm, taken) if size else _empty(node, taken))
        start += size
    return parts


def pad(node: Node) -> SSAValue:
    """Pads are attributes before opset 11, constant inputs since; some may crop."""
    mode = node.text("mode", "constant")
    if mode != "constant":
        raise node.unsupported(f"the mode '{mode}'")
    ifm = node.tensor(0)
    rank = len(nn.shape(ifm))
    pads = node.constant_integers(1) if node.has(1) else node.integers("pads")
    value = node.constant_real(2) if node.has(2) else node.real("value", 0.0)
    axes = node.constant_integers(3) if node.has(3) else list(range(rank))
    if pads is None or len(pads) != 2 * len(axes):
        raise node.wrong(f"pads {pads} on {len(axes)} axes")
    low, high = [0] * rank, [0] * rank
    for given, before, after in zip(
        axes, pads[: len(axes)], pads[len(axes) :], strict=True
    ):
        axis = node.axis(given, rank)
        low[axis], high[axis] = before, after
    ifm = _crop(node, ifm, low, high)
    if not any(n > 0 for n in (*low, *high)):
        return ifm
    return node.emit(
        nn.PadOp(ifm, [max(n, 0) for n in low], [max(n, 0) for n in high], value)
    )


def _crop(
    node: Node, ifm: SSAValue, low: Sequence[int], high: Sequence[int]
) -> SSAValue:
    """Without what negative pads take away."""
    if not any(n < 0 for n in (*low, *high)):
        return ifm
    extents = nn.shape(ifm)
    taken = [
        range(max(-before, 0), extent - max(-after, 0))
        for extent, before, after in zip(extents, low, high, strict=True)
    ]
    return _slice(node, ifm, taken)


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
