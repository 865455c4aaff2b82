"""What a graph grows by: operators that move elements."""

from math import prod

import numpy as np

from aipu.tests.fuzz.graphs.elements import partner
from aipu.tests.fuzz.graphs.sketch import Sketch, TakenBackError


def reshape(sketch: Sketch, ifm: str) -> str:
    """Into any factors of the number of elements, one of them perhaps left open."""
    left, target = prod(sketch.shape(ifm)), []
    for _ in range(sketch.integer(1, 4)):
        factors = [n for n in range(1, 17) if left % n == 0]
        target.append(sketch.one_of(*factors))
        left //= target[-1]
    target.append(left)
    order = sketch.random.permutation(len(target)).tolist()
    shape = [target[i] for i in order]
    if sketch.chance(0.3):
        shape[sketch.integer(0, len(shape) - 1)] = -1
    return sketch.node("Reshape", ifm, sketch.constant(shape))


def kept_batch(sketch: Sketch, ifm: str) -> str:
    """A reshape that keeps the first dimension."""
    shape = sketch.shape(ifm)
    if len(shape) < 3:
        raise TakenBackError("nothing to join")
    at = sketch.integer(1, len(shape) - 2)
    joined = [*shape[:at], -1, *shape[at + 2 :]]
    return sketch.node("Reshape", ifm, sketch.constant(joined))


def flatten(sketch: Sketch, ifm: str) -> str:
    return sketch.node("Flatten", ifm, axis=sketch.integer(0, len(sketch.shape(ifm))))


def transpose(sketch: Sketch, ifm: str) -> str:
    order = sketch.random.permutation(len(sketch.shape(ifm))).tolist()
    return sketch.node("Transpose", ifm, perm=order)


def squeeze(sketch: Sketch, ifm: str) -> str:
    shape = sketch.shape(ifm)
    ones = [axis for axis, extent in enumerate(shape) if extent == 1]
    if ones and sketch.chance():
        axis = sketch.one_of(*ones) - (len(shape) if sketch.chance() else 0)
        return sketch.node("Squeeze", ifm, sketch.constant([axis]))
    axis = sketch.integer(0, len(shape))
    return sketch.node("Unsqueeze", ifm, sketch.constant([axis]))


def concat(sketch: Sketch, ifm: str) -> str:
    """With tensors, or a constant, that differ along the axis at most."""
    shape = sketch.shape(ifm)
    axis = sketch.integer(0, len(shape) - 1)
    rest = (*shape[:axis], *shape[axis + 1 :])
    fitting = [
        name
        for name, arrays in sketch.values.items()
        if arrays[0].dtype == np.float32
        and arrays[0].ndim == len(shape)
        and (*arrays[0].shape[:axis], *arrays[0].shape[axis + 1 :]) == rest
    ]
    parts = [ifm, *(sketch.one_of(*fitting) for _ in range(sketch.integer(1, 2)))]
    if sketch.chance(0.2):
        parts.append(
            sketch.weight(*shape[:axis], sketch.integer(1, 3), *shape[axis + 1 :])
        )
    order = sketch.random.permutation(len(parts)).tolist()
    sign = len(shape) if sketch.chance(0.3) else 0
    return sketch.node("Concat", *(parts[i] for i in order), axis=axis - sign)


def split(sketch: Sketch, ifm: str) -> str:
    """Parts of unlike sizes, of which any one goes on."""
    shape = sketch.shape(ifm)
    axis = sketch.integer(0, len(shape) - 1)
    if shape[axis] < 2:
        raise TakenBackError("nothing to split")
    first = sketch.integer(1, shape[axis] - 1)
    sizes = sketch.constant([first, shape[axis] - first])
    parts = sketch.node_of("Split", (ifm, sizes), 2, {"axis": axis})
    return sketch.one_of(*parts)


def slice(sketch: Sketch, ifm: str) -> str:
    shape = sketch.shape(ifm)
    axes = [axis for axis in range(len(shape)) if sketch.chance(0.5)] or [0]
    starts, ends, steps = [], [], []
    for axis in axes:
        step = sketch.one_of(1, 1, 1, 2, 3, -1, -2)
        start = sketch.integer(0, shape[axis] - 1)
        starts.append(start - (shape[axis] if sketch.chance(0.3) else 0))
        ends.append(1 << 40 if step > 0 else -(1 << 40))
        if step == 1 and sketch.chance():
            ends[-1] = sketch.integer(start + 1, shape[axis])
        steps.append(step)
    columns = (sketch.constant(each) for each in (starts, ends, axes, steps))
    return sketch.node("Slice", ifm, *columns)


def pad(sketch: Sketch, ifm: str) -> str:
    shape = sketch.shape(ifm)
    mode = sketch.one_of("constant", "constant", "reflect", "edge")
    pads = [sketch.one_of(0, 0, 1, 2) for _ in range(2 * len(shape))]
    value = () if sketch.chance() else (sketch.constant(sketch.one_of(0.0, 1.5, -0.3)),)
    if mode != "constant":
        value = ()
    return sketch.node("Pad", ifm, sketch.constant(pads), *value, mode=mode)


def gather(sketch: Sketch, ifm: str) -> str:
    shape = sketch.shape(ifm)
    axis = sketch.integer(0, len(shape) - 1)
    size = sketch.one_of((), (1,), (2,), (3,), (2, 2))
    indices = sketch.random.integers(-shape[axis], shape[axis], size)
    return sketch.node("Gather", ifm, sketch.constant(indices), axis=axis)


def expand(sketch: Sketch, ifm: str) -> str:
    shape = sketch.shape(ifm)
    target = [sketch.integer(2, 3) if extent == 1 else extent for extent in shape]
    if len(target) < 5 and sketch.chance(0.3):
        target.insert(0, sketch.integer(1, 3))
    return sketch.node("Expand", ifm, sketch.constant(target))


def tile(sketch: Sketch, ifm: str) -> str:
    repeats = [sketch.one_of(1, 1, 2, 3) for _ in sketch.shape(ifm)]
    return sketch.node("Tile", ifm, sketch.constant(repeats))


def residual(sketch: Sketch, ifm: str) -> str:
    return sketch.node("Add", ifm, partner(sketch, ifm))


GROWTHS = (
    reshape,
    kept_batch,
    flatten,
    transpose,
    transpose,
    squeeze,
    concat,
    concat,
    split,
    slice,
    slice,
    pad,
    gather,
    expand,
    tile,
    residual,
)
