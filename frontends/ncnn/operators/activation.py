"""The activation that a layer may end with: parameter 9 says which, 10 its numbers."""

from collections.abc import Callable, Mapping, Sequence
from math import inf

import numpy as np
from xdsl.ir import SSAValue

from ....dialects import nn
from ..node import NcnnNode

Activation = Callable[[NcnnNode, SSAValue, Sequence[float]], SSAValue]


def relu(node: NcnnNode, ifm: SSAValue, numbers: Sequence[float]) -> SSAValue:
    """With a slope other than 0 a leaky one."""
    slope = numbers[0] if numbers else 0.0
    if slope:
        return node.emit(nn.LeakyReluOp(ifm, slope))
    return node.emit(nn.ClampOp(ifm, 0.0, inf))


def clip(node: NcnnNode, ifm: SSAValue, numbers: Sequence[float]) -> SSAValue:
    low, high = numbers
    return node.emit(nn.ClampOp(ifm, min(low, high), high))


def sigmoid(node: NcnnNode, ifm: SSAValue, numbers: Sequence[float]) -> SSAValue:
    return node.emit(nn.SigmoidOp(ifm))


def mish(node: NcnnNode, ifm: SSAValue, numbers: Sequence[float]) -> SSAValue:
    return node.emit(nn.MishOp(ifm))


def hard_swish(node: NcnnNode, ifm: SSAValue, numbers: Sequence[float]) -> SSAValue:
    """`x * min(max(alpha * x + beta, 0), 1)`; 1 / 6 and 1 / 2 are usual."""
    alpha, beta = numbers
    if np.float32(alpha) == np.float32(1 / 6) and beta == 0.5:
        return node.emit(nn.HardSwishOp(ifm))
    gate = node.emit(nn.HardSigmoidOp(ifm, alpha, beta))
    return node.emit(nn.MulOp(ifm, gate))


NONE = 0
ACTIVATIONS: Mapping[int, tuple[Activation, int]] = {
    1: (relu, 0),
    2: (relu, 1),
    3: (clip, 2),
    4: (sigmoid, 0),
    5: (mish, 0),
    6: (hard_swish, 2),
}
"""Each with how many numbers it wants."""


def activated(node: NcnnNode, ofm: SSAValue) -> SSAValue:
    """What the layer makes of its result at the end."""
    kind, numbers = node.integer(9, NONE), node.reals(10)
    if kind == NONE:
        return ofm
    if kind not in ACTIVATIONS:
        raise node.unsupported(f"the activation {kind}")
    activation, count = ACTIVATIONS[kind]
    if len(numbers) < count:
        raise node.wrong(f"its activation wants {count} numbers, found {numbers}")
    return activation(node, ofm, numbers[:count])
