"""Moving elements, whatever they are: on integers these functions mean the same."""

import numpy as np

from ... import nn


def reshape(op: nn.ReshapeOp, ifm: np.ndarray) -> np.ndarray:
    return ifm.reshape(nn.shape(op.ofm))


def transpose(op: nn.TransposeOp, ifm: np.ndarray) -> np.ndarray:
    """A view: the elements move when a reader needs them in order."""
    return ifm.transpose(op.permutation.get_values())


def concat(op: nn.ConcatOp, *inputs: np.ndarray) -> np.ndarray:
    return np.concatenate(inputs, op.axis.value.data)


def slice_(op: nn.SliceOp, ifm: np.ndarray) -> np.ndarray:
    """A view."""
    bounds = zip(
        op.starts.get_values(),
        op.sizes.get_values(),
        op.strides.get_values(),
        strict=True,
    )
    return ifm[tuple(_slice(*along_axis) for along_axis in bounds)]


def _slice(start: int, size: int, stride: int) -> slice:
    stop = start + size * stride
    return slice(start, stop if stop >= 0 else None, stride)


def pad(op: nn.PadOp, ifm: np.ndarray, *, fill: float | None = None) -> np.ndarray:
    """`fill` is what the elements of `ifm` store for `op.value`: itself, for reals."""
    widths = list(zip(op.low.get_values(), op.high.get_values(), strict=True))
    value = op.value.value.data if fill is None else fill
    return np.pad(ifm, widths, constant_values=value)


FUNCTIONS = {
    nn.ReshapeOp: reshape,
    nn.TransposeOp: transpose,
    nn.ConcatOp: concat,
    nn.SliceOp: slice_,
    nn.PadOp: pad,
}
