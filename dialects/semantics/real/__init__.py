"""What the operators mean on reals: `FUNCTIONS` maps an operator to its numpy function.

A function takes the operator and the arrays of its operands, and returns the array of
its result; it computes in the precision of its arguments. The result may be a view of
an argument, so nobody writes into an argument.
"""

from collections.abc import Callable

import numpy as np
from xdsl.ir import Operation, SSAValue

from ... import nn
from . import (
    convolution,
    detection,
    elementwise,
    movement,
    normalisation,
    onnx_node,
    pooling,
    reduction,
    resampling,
    unary,
)

FUNCTIONS: dict[type[Operation], Callable[..., np.ndarray]] = {
    **convolution.FUNCTIONS,
    **elementwise.FUNCTIONS,
    **unary.FUNCTIONS,
    **pooling.FUNCTIONS,
    **movement.FUNCTIONS,
    **normalisation.FUNCTIONS,
    **reduction.FUNCTIONS,
    **resampling.FUNCTIONS,
    **detection.FUNCTIONS,
    **onnx_node.FUNCTIONS,
}


def composite(op: nn.CompositeOp, *arguments: np.ndarray) -> np.ndarray:
    """Part by part, in the precision of the arguments."""
    block = op.body.block
    found: dict[SSAValue, np.ndarray] = dict(zip(block.args, arguments, strict=True))
    for part in op.parts:
        operands = [found[value] for value in part.operands]
        found[part.ofm] = FUNCTIONS[type(part)](part, *operands)
    last = block.last_op
    assert isinstance(last, nn.YieldElementOp)
    return found[last.value]


FUNCTIONS[nn.CompositeOp] = composite
