"""Layers that scale elements by a statistic."""

import numpy as np
from xdsl.ir import SSAValue

from ....dialects import nn
from ...draws import Part
from ...layers.normalisation import batch_norm as normalised
from ...layers.normalisation import response, scale, shift
from ..node import ABSENT, NcnnNode
from .elementwise import widened


def batch_norm(node: NcnnNode) -> SSAValue:
    """Stored as gain, mean, variance, offset."""
    channels, epsilon = node.integer(0), node.real(1)
    node.check_channels(channels)
    order = (Part.GAIN, Part.MEAN, Part.VARIANCE, Part.OFFSET)
    statistics = {part: node.stored(part, (channels,)) for part in order}
    return normalised(node, statistics, epsilon)


def scaling(node: NcnnNode) -> SSAValue:
    """By weights, or by a second bottom."""
    channels, offset = node.integer(0), node.flag(1)
    if channels == ABSENT:
        factor = widened(node, node.bottom(1), node.bottom())
        return node.emit(nn.MulOp(node.bottom(), factor))
    node.check_channels(channels)
    gain = node.stored(Part.GAIN, (channels,))
    added = node.stored(Part.OFFSET, (channels,)) if offset else None
    return scale(node, node.bottom(), gain, added)


def bias(node: NcnnNode) -> SSAValue:
    channels = node.integer(0)
    node.check_channels(channels)
    return shift(node, node.stored(Part.OFFSET, (channels,)))


def lrn(node: NcnnNode) -> SSAValue:
    if node.integer(0):
        raise node.unsupported("a response within channels")
    size, alpha = node.integer(1, 5), node.real(2, 1.0)
    return response(node, size, alpha, node.real(3, 0.75), node.real(4, 1.0))


def layer_norm(node: NcnnNode) -> SSAValue:
    """Over the last axis, or over the last two if they have as many elements."""
    size, epsilon = node.integer(0), node.real(1, 1e-3)
    extents = nn.shape(node.bottom())
    last = extents[-1:] if size == extents[-1] else extents[-2:]
    if np.prod(last) != size:
        raise node.wrong(f"{size} numbers to normalise {list(extents[1:])}")
    gain, offset = _gain_and_offset(node, size, affine=node.flag(2, True))
    ofm = nn.LayerNormOp(
        node.bottom(),
        node.kept(Part.GAIN, gain.reshape(last)),
        node.kept(Part.OFFSET, offset.reshape(last)),
        epsilon,
    )
    return node.emit(ofm)


def _gain_and_offset(
    node: NcnnNode, size: int, *, affine: bool
) -> tuple[np.ndarray, np.ndarray]:
    if not affine:
        return np.ones(size, np.float32), np.zeros(size, np.float32)
    return node.stored(Part.GAIN, (size,)), node.stored(Part.OFFSET, (size,))


def softmax(node: NcnnNode) -> SSAValue:
    axis, counted_newly = node.integer(0), node.flag(1)
    if axis and not counted_newly:
        raise node.unsupported(
            "its axis as old versions of ncnn counted it (parameter 1 is not set)"
        )
    return node.emit(nn.SoftmaxOp(node.bottom(), node.own_axis(axis, node.rank())))


CONVERTERS = {
    "BatchNorm": batch_norm,
    "Scale": scaling,
    "Bias": bias,
    "LRN": lrn,
    "LayerNorm": layer_norm,
    "Softmax": softmax,
}
