"""How much arithmetic an operator is."""

from math import prod

from .convolution import Conv2dOp, ConvTranspose2dOp, FullyConnectedOp, MatMulOp
from .operator import Operator
from .tensors import shape


def macs(op: Operator) -> int:
    """The multiply-accumulates of an operator, padding included."""
    match op:
        case Conv2dOp() | FullyConnectedOp():
            return prod(shape(op.ofm)) * prod(shape(op.weight)[1:])
        case ConvTranspose2dOp():
            return prod(shape(op.ifm)[:3]) * prod(shape(op.weight))
        case MatMulOp():
            return prod(shape(op.ofm)) * shape(op.lhs)[-1]
        case _:
            return 0


def operations(op: Operator) -> int:
    """Two for every multiply-accumulate; else one for every element of the result."""
    return 2 * macs(op) or prod(shape(op.ofm))
