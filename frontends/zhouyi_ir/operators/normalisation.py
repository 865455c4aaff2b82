"""Layers that scale elements by a statistic, given or of their neighbours."""

import numpy as np
from xdsl.ir import SSAValue

from ....dialects import nn
from ...draws import Part
from ..node import IrNode
from .activation import activated


def batch_norm(node: IrNode) -> SSAValue:
    """`ifm * weights + biases`, a number for each channel."""
    channels = last_axis(node)
    gain = node.stored_per_channel(Part.GAIN, channels)
    offset = node.stored_per_channel(Part.OFFSET, channels)
    mean = node.kept(Part.MEAN, np.zeros(channels))
    variance = node.kept(Part.VARIANCE, np.ones(channels))
    ofm = nn.BatchNormOp(node.bottom(), gain, offset, mean, variance, 0.0)
    return activated(node, node.emit(ofm))


def layer_norm(node: IrNode) -> SSAValue:
    rank = len(nn.shape(node.bottom()))
    axes = [node.axis(axis, rank) for axis in node.block.integers("axis")]
    if axes != list(range(rank - len(axes), rank)) or not axes:
        raise node.unsupported(f"the axes {axes}, which are not the last")
    shape = nn.shape(node.bottom())[rank - len(axes) :]
    gain = node.kept(Part.GAIN, node.stored(Part.GAIN, shape))
    offset = node.kept(Part.OFFSET, node.stored(Part.OFFSET, shape))
    epsilon = node.block.real("epsilon", 1e-5)
    return node.emit(nn.LayerNormOp(node.bottom(), gain, offset, epsilon))


def response(node: IrNode) -> SSAValue:
    """Local response normalisation across channels."""
    method = node.block.text("method", "ACROSS_CHANNELS").upper()
    if method != "ACROSS_CHANNELS":
        raise node.unsupported(f"the method {method}")
    size = node.block.integer("size")
    if size < 1:
        raise node.wrong(f"{size} neighbours")
    alpha, beta = node.block.real("alpha"), node.block.real("beta")
    bias = node.block.real("bias", 1.0)
    return node.emit(nn.LrnOp(node.bottom(), size, alpha, beta, bias))


def softmax(node: IrNode) -> SSAValue:
    ifm = node.bottom()
    axis = node.axis(node.block.integer("axis", -1), len(nn.shape(ifm)))
    return node.emit(nn.SoftmaxOp(ifm, axis))


def log_softmax(node: IrNode) -> SSAValue:
    return node.emit(nn.LogOp(softmax(node)))


def last_axis(node: IrNode) -> int:
    """The extent of the axis that a layer names, which must be the last."""
    shape = nn.shape(node.bottom())
    axis = node.axis(node.block.integer("axis", -1), len(shape))
    if axis != len(shape) - 1:
        raise node.unsupported(f"the axis {axis}, which is not the last")
    return shape[-1]


CONVERTERS = {
    "BatchNorm": batch_norm,
    "LayerNorm": layer_norm,
    "LRN": response,
    "Softmax": softmax,
    "LogSoftmax": log_softmax,
}
