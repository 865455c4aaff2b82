"""Layers that multiply and accumulate: int8 weights, int32 biases.

The bias of the IR holds the share of the input's zero point already:

    accumulator = bias + sum(ifm * weight)
                = bias - zero_point * sum(weight) + sum((ifm + zero_point) * weight)

and the second form, less its first zero point, is that of `nn`.
"""

from functools import partial

import numpy as np
from numpy.typing import NDArray
from xdsl.ir import SSAValue

from ....dialects import nn
from ..elements import OFFSETS
from ..node import IrNode
from ..operators.convolution import feature_map, groups_of, rows
from .site import bottom_element, bounds, channel_rescale, keep, top_element

LARGEST_SUM = (1 << 31) - 1


def convolution(node: IrNode) -> SSAValue:
    ifm, window = feature_map(node), node.window()
    channels, groups = node.block.integer("num_output"), groups_of(node)
    shape = (channels, *window.kernel, nn.shape(ifm)[3] // groups)
    weight, bias, *factors = parameters(node, shape)
    ofm = nn.Conv2dOp(
        ifm,
        weight,
        bias,
        rescale=factors,
        stride=window.stride,
        pad=window.pad,
        dilation=window.dilation,
        groups=groups,
        activation=bounds(node, node.activation()),
        element=top_element(node),
    )
    return node.emit(ofm)


def batch_norm(node: IrNode) -> SSAValue:
    """A number for each channel: a convolution of one pixel and one channel."""
    ifm = feature_map(node)
    channels = nn.shape(ifm)[3]
    if node.axis(node.block.integer("axis", -1), 4) != 3:
        raise node.unsupported("an axis that is not the last")
    weight, bias, *factors = parameters(node, (channels, 1, 1, 1))
    ofm = nn.Conv2dOp(
        ifm,
        weight,
        bias,
        rescale=factors,
        groups=channels,
        activation=bounds(node, node.activation()),
        element=top_element(node),
    )
    return node.emit(ofm)


def fully_connected(node: IrNode) -> SSAValue:
    ifm = rows(node)
    shape = (node.block.integer("num_output"), nn.shape(ifm)[1])
    weight, bias, *factors = parameters(node, shape)
    ofm = nn.FullyConnectedOp(
        ifm,
        weight,
        bias,
        rescale=factors,
        activation=bounds(node, node.activation()),
        element=top_element(node),
    )
    return node.emit(ofm)


def parameters(node: IrNode, shape: tuple[int, ...]) -> list[SSAValue]:
    """Weight, bias, multiplier, and shift if it has one."""
    weight = stored_weight(node, shape)
    bias = stored_bias(node, weight)
    factors = channel_rescale(node, reach_of(node, weight, bias))
    return [
        keep(node, "weights", weight),
        keep(node, "biases", bias.astype(np.int32)),
        *map(partial(keep, node), ("multiplier", "shift"), factors),
    ]


def stored_weight(node: IrNode, shape: tuple[int, ...]) -> NDArray[np.int8]:
    """The weight, with its own zero point in it."""
    array = node.array("weights")
    if array.dtype.kind not in "iu" or array.size != np.prod(shape):
        raise node.block.wrong(
            "weights_shape", f"expected integers of the shape {list(shape)}"
        )
    weight = array.reshape(shape).astype(np.int64)
    weight += zero_points(node, "weights").reshape(-1, *[1] * (len(shape) - 1))
    if weight.size and (weight.min() < -128 or weight.max() > 127):
        raise node.unsupported("weights that do not fit in int8")
    return weight.astype(np.int8)


def stored_bias(node: IrNode, weight: np.ndarray) -> NDArray[np.int64]:
    """The bias, without the share of the input's zero point."""
    sums = weight.reshape(len(weight), -1).sum(axis=1, dtype=np.int64)
    ifm = bottom_element(node)
    zero_point = -ifm.zero_point - unsigned_bottom(node)
    bias = np.zeros(len(weight), np.int64)
    if node.holds("biases"):
        found = node.array("biases")
        if found.dtype.kind not in "iu" or found.size != len(weight):
            raise node.block.wrong(
                "biases_shape",
                f"expected an integer for each of {len(weight)} channels",
            )
        bias = found.reshape(-1).astype(np.int64) + zero_points(node, "biases")
    return bias - zero_point * sums


def reach_of(node: IrNode, weight: np.ndarray, bias: np.ndarray) -> NDArray[np.int64]:
    """How large the sum of each channel can become, whatever the bottom holds."""
    zero_point = bottom_element(node).zero_point
    widest = max(zero_point + 128, 127 - zero_point)
    absolute = np.abs(weight.reshape(len(weight), -1), dtype=np.int64)
    reach = np.abs(bias) + widest * absolute.sum(axis=1)
    if (reach > LARGEST_SUM).any():
        raise node.unsupported("sums that do not fit in int32")
    return reach


def unsigned_bottom(node: IrNode) -> int:
    """128 if the IR has the bottom as uint8, else 0."""
    kinds = node.block.words("layer_bottom_type")
    if not kinds or kinds[0] not in OFFSETS:
        raise node.block.wrong("layer_bottom_type", "expected int8 or uint8")
    return OFFSETS[kinds[0]]


def zero_points(node: IrNode, name: str) -> np.ndarray:
    """One for each channel, or one for all."""
    if node.holds(f"{name}_zp"):
        return node.array(f"{name}_zp").reshape(-1).astype(np.int64)
    return np.array([node.block.integer(f"{name}_zp", 0)], np.int64)


CONVERTERS = {
    "Convolution": convolution,
    "DepthwiseConv": convolution,
    "BatchNorm": batch_norm,
    "FullyConnected": fully_connected,
}
