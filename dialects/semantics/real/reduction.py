"""Reducing whole axes of reals."""

from collections.abc import Callable

import numpy as np

from ... import nn


def reduction(
    function: Callable[..., np.ndarray],
) -> Callable[[nn.ReduceOperator, np.ndarray], np.ndarray]:
    """The meaning of an operator that reduces `op.axes` by a numpy function."""
    return lambda op, ifm: function(
        ifm, axis=op.axes.get_values(), keepdims=op.keep is not None
    )


FUNCTIONS = {
    nn.ReduceMeanOp: reduction(np.mean),
    nn.ReduceSumOp: reduction(np.sum),
    nn.ReduceMaxOp: reduction(np.max),
}
