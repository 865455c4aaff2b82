"""Operators that round to integers of a scale and back, as networks learn to stand it.

Source: tensorflow/core/kernels/fake_quant_ops_functor.h.
"""

from dataclasses import dataclass

import numpy as np
from xdsl.dialects.builtin import i8
from xdsl.ir import SSAValue

from ....dialects import nn
from ....dialects.quant import UniformType
from ...constant import Constant, Value
from ..node import Node

MOST_BITS = 8


@dataclass(frozen=True)
class Grid:
    """The integers from `least` to `most` and the reals that they stand for.

    One scale and one zero point, or one for each element of the last axis.
    """

    least: int
    most: int
    scale: np.ndarray
    zero_point: np.ndarray

    def nearest(self, reals: np.ndarray) -> np.ndarray:
        """The reals of the grid that are nearest; halves go up."""
        low = (self.least - self.zero_point) * self.scale
        high = (self.most - self.zero_point) * self.scale
        steps = np.floor((np.clip(reals, low, high) - low) / self.scale + 0.5)
        return ((steps + self.least - self.zero_point) * self.scale).astype(np.float32)


def by_attributes(node: Node) -> Value:
    """`min` and `max` are attributes."""
    low, high = node.real("min", -6.0), node.real("max", 6.0)
    return _rounded(node, np.array(low), np.array(high))


def by_inputs(node: Node) -> Value:
    """`min` and `max` are constants: one of each, or one for each channel."""
    return _rounded(node, node.constant(1).array, node.constant(2).array)


def _rounded(node: Node, low: np.ndarray, high: np.ndarray) -> Value:
    grid = _grid(node, low, high)
    value = node.value(0)
    if isinstance(value, Constant):
        steps = grid.scale.reshape((1,) * (value.array.ndim - 1) + (-1,))
        return Constant(value.name, grid.nearest(value.array), steps=steps)
    return _pinned(node, value, grid)


def _pinned(node: Node, value: SSAValue, grid: Grid) -> SSAValue:
    """The grid as integers of 8 bits with a sign, of which some may be left out."""
    if grid.scale.size > 1:
        raise node.unsupported("a scale for each channel of what is computed")
    offset = 1 << (MOST_BITS - 1)
    scale, zero_point = grid.scale.item(), int(grid.zero_point.item())
    if (grid.least, grid.most) != (0, 2 * offset - 1):
        low = (grid.least - zero_point) * scale
        high = (grid.most - zero_point) * scale
        value = node.emit(nn.ClampOp(value, low, high))
    return node.pinned(value, UniformType(scale, zero_point - offset, i8))


def _grid(node: Node, low: np.ndarray, high: np.ndarray) -> Grid:
    """Ranges are nudged until 0 is one of their integers."""
    bits = node.integer("num_bits", MOST_BITS)
    if not 2 <= bits <= MOST_BITS:
        raise node.unsupported(f"{bits} bits, 2 to {MOST_BITS} are")
    least, most = int(node.flag("narrow_range", False)), (1 << bits) - 1
    low, high = low.astype(np.float32), high.astype(np.float32)
    if low.shape != high.shape or not (low < high).all():
        raise node.wrong(f"ranges from {low.tolist()} to {high.tolist()}")
    scale = (high - low) / np.float32(most - least)
    zero_point = np.floor(np.clip(least - low / scale, least, most) + 0.5)
    return Grid(least, most, scale, zero_point)


CONVERTERS = {
    "FakeQuantWithMinMaxArgs": by_attributes,
    "FakeQuantWithMinMaxVars": by_inputs,
    "FakeQuantWithMinMaxVarsPerChannel": by_inputs,
}
