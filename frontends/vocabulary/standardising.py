"""Mean and deviation along some axes, as `nn` operators."""

from collections.abc import Sequence

import numpy as np
from xdsl.ir import SSAValue

from ...dialects import nn
from ..network import Emitter


def standardised(
    node: Emitter, ifm: SSAValue, axes: Sequence[int], epsilon: float
) -> SSAValue:
    """Less the mean, over the deviation: both along some axes."""
    mean = node.emit(nn.ReduceMeanOp(ifm, axes, keep=True))
    centred = node.emit(nn.SubOp(ifm, mean))
    inverse = inverse_deviation(node, centred, axes, epsilon)
    return node.emit(nn.MulOp(centred, inverse))


def inverse_deviation(
    node: Emitter, centred: SSAValue, axes: Sequence[int], epsilon: float
) -> SSAValue:
    """`1 / sqrt(mean(centred ** 2) + epsilon)`."""
    squares = node.emit(nn.SquareOp(centred))
    variance = node.emit(nn.ReduceMeanOp(squares, axes, keep=True))
    small = node.weight(f"{node.name}/epsilon", np.array(epsilon))
    return node.emit(nn.RsqrtOp(node.emit(nn.AddOp(variance, small))))
