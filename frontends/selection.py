"""Picking elements along an axis, and repeating them, as formats without `nn` ask."""

from collections.abc import Sequence

import numpy as np
from xdsl.ir import SSAValue

from ..dialects import nn
from ..dialects.nn import shapes
from .network import Emitter

MOST_SLICES = 256
"""Of what a gather becomes: more are no network that anybody would want to run."""


def gathered(node: Emitter, ifm: SSAValue, axis: int, indices: np.ndarray) -> SSAValue:
    """Slices of equal steps, one after another; `indices` take the place of the axis.

    Indices may count from the end.
    """
    extents = nn.shape(ifm)
    flat = indices.astype(np.int64).reshape(-1)
    if flat.size == 0 or flat.min() < -extents[axis] or flat.max() >= extents[axis]:
        raise node.wrong(f"indices outside of {extents[axis]} elements, or none")
    runs = runs_of((flat % extents[axis]).tolist())
    if len(runs) > MOST_SLICES:
        raise node.unsupported(f"a gather of {len(runs)} separate runs of elements")
    parts = [_slice(node, ifm, axis, run) for run in runs]
    whole = parts[0] if len(parts) == 1 else node.emit(nn.ConcatOp(parts, axis))
    shape = (*extents[:axis], *indices.shape, *extents[axis + 1 :])
    return whole if nn.shape(whole) == shape else node.emit(nn.ReshapeOp(whole, shape))


def runs_of(indices: list[int]) -> list[range]:
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


def _slice(node: Emitter, ifm: SSAValue, axis: int, run: range) -> SSAValue:
    extents = nn.shape(ifm)
    starts, sizes, strides = [0] * len(extents), list(extents), [1] * len(extents)
    starts[axis], sizes[axis], strides[axis] = run.start, len(run), run.step
    return node.emit(nn.SliceOp(ifm, starts, sizes, strides))


def repeated(node: Emitter, ifm: SSAValue, target: Sequence[int]) -> SSAValue:
    """`ifm` broadcast to a shape of the same rank or a higher one."""
    extents = (1,) * (len(target) - len(nn.shape(ifm))) + nn.shape(ifm)
    whole = shapes.broadcast(extents, tuple(target))
    if extents != nn.shape(ifm):
        ifm = node.emit(nn.ReshapeOp(ifm, extents))
    if whole == extents:
        return ifm
    grown = tuple(
        after if before != after else 1
        for before, after in zip(extents, whole, strict=True)
    )
    node.check_size(grown)
    zeros = node.weight(f"{node.name}/zeros", np.zeros(grown, np.float32))
    return node.emit(nn.AddOp(ifm, zeros))
