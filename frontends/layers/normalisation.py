"""Layers that scale blobs [N, C, ...] by numbers a channel."""

import numpy as np
from xdsl.ir import SSAValue

from ...dialects import nn
from ..channels import channels_first, channels_last
from ..draws import Part
from .node import LayerNode


def batch_norm(
    node: LayerNode, statistics: dict[Part, np.ndarray], epsilon: float
) -> SSAValue:
    """`gain * (x - mean) / sqrt(variance + epsilon) + offset`."""
    ifm = channels_last(node, node.bottom())
    operands = [
        node.constant(part, statistics[part])
        for part in (Part.GAIN, Part.OFFSET, Part.MEAN, Part.VARIANCE)
    ]
    return channels_first(node, node.emit(nn.BatchNormOp(ifm, *operands, epsilon)))


def scale(
    node: LayerNode, ifm: SSAValue, gain: np.ndarray, offset: np.ndarray | None
) -> SSAValue:
    """`gain * x + offset`, a number a channel: a normalisation of what is normal."""
    return _affine(node, ifm, gain, np.zeros_like(gain) if offset is None else offset)


def shift(node: LayerNode, offset: np.ndarray) -> SSAValue:
    """`x + offset`."""
    return _affine(node, node.bottom(), np.ones_like(offset), offset)


def _affine(
    node: LayerNode, ifm: SSAValue, gain: np.ndarray, offset: np.ndarray
) -> SSAValue:
    operands = [
        node.constant(Part.GAIN, gain),
        node.constant(Part.OFFSET, offset),
        node.constant(Part.MEAN, np.zeros_like(gain)),
        node.constant(Part.VARIANCE, np.ones_like(gain)),
    ]
    ofm = nn.BatchNormOp(channels_last(node, ifm), *operands, 0.0)
    return channels_first(node, node.emit(ofm))


def response(
    node: LayerNode, size: int, alpha: float, beta: float, bias: float
) -> SSAValue:
    """Local response normalisation across channels."""
    ifm = channels_last(node, node.bottom())
    return channels_first(node, node.emit(nn.LrnOp(ifm, size, alpha, beta, bias)))
