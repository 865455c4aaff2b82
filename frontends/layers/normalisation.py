"""Layers that scale blobs [N, C, ...] by numbers a channel."""

import numpy as np
from xdsl.ir import SSAValue

from ...dialects import nn
from ..draws import Part
from ..vocabulary.channels import channels_first, channels_last
from .node import LayerNode


def batch_norm(
    node: LayerNode, statistics: dict[Part, np.ndarray], epsilon: float
) -> SSAValue:
    """`gain * (x - mean) / sqrt(variance + epsilon) + offset`."""
    ifm = channels_last(node, node.bottom())
    gain, offset, mean, variance = (
        node.kept(part, statistics[part])
        for part in (Part.GAIN, Part.OFFSET, Part.MEAN, Part.VARIANCE)
    )
    ofm = nn.BatchNormOp(ifm, gain, offset, mean, variance, epsilon)
    return channels_first(node, node.emit(ofm))


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
    node.inputs = [ifm]
    statistics = {
        Part.GAIN: gain,
        Part.OFFSET: offset,
        Part.MEAN: np.zeros_like(gain),
        Part.VARIANCE: np.ones_like(gain),
    }
    return batch_norm(node, statistics, 0.0)


def response(
    node: LayerNode, size: int, alpha: float, beta: float, bias: float
) -> SSAValue:
    """Local response normalisation across channels.

    Of an even number of them, one more lies before each channel than behind it.
    """
    ifm = channels_last(node, node.bottom())
    ofm = nn.LrnOp(ifm, size, alpha, beta, bias, before=size // 2)
    return channels_first(node, node.emit(ofm))
