"""Reducing whole axes of reals."""

from collections.abc import Callable
from functools import partial

import numpy as np

from ... import nn


def reduction(
    function: Callable[..., np.ndarray],
) -> Callable[[nn.ReduceOperator, np.ndarray], np.ndarray]:
    """The meaning of an operator that reduces `op.axes` by a numpy function."""
    return lambda op, ifm: function(
        ifm, axis=op.axes.get_values(), keepdims=op.keep is not None
    )


def accumulated(
    function: Callable[..., np.ndarray],
) -> Callable[[nn.ReduceOperator, np.ndarray], np.ndarray]:
    """The same of a sum, in float64: the mean of equal reals is that real."""
    reduce = reduction(partial(function, dtype=np.float64))
    return lambda op, ifm: reduce(op, ifm).astype(ifm.dtype)


def position(
    function: Callable[..., np.ndarray],
) -> Callable[[nn.ArgOperator, np.ndarray], np.ndarray]:
    """The meaning of an operator that says where along an axis something is."""

    def first_or_last(op: nn.ArgOperator, ifm: np.ndarray) -> np.ndarray:
        axis = op.axis.value.data
        last = op.last is not None
        found = function(np.flip(ifm, axis) if last else ifm, axis)
        found = ifm.shape[axis] - 1 - found if last else found
        found = np.expand_dims(found, axis) if op.keep is not None else found
        return found.astype(ifm.dtype)

    return first_or_last


FUNCTIONS = {
    nn.ReduceMeanOp: accumulated(np.mean),
    nn.ReduceSumOp: accumulated(np.sum),
    nn.ReduceMaxOp: reduction(np.max),
    nn.ReduceMinOp: reduction(np.min),
    nn.ReduceProdOp: reduction(np.prod),
    nn.ArgMaxOp: position(np.argmax),
    nn.ArgMinOp: position(np.argmin),
}
