"""Operators that scale elements by a statistic."""

from math import prod

from xdsl.ir import SSAValue

from ....dialects import nn
from ...channels import channels_first, channels_last
from ..node import Node


def batch_normalization(node: Node) -> SSAValue:
    """With the statistics of training, which are inputs."""
    node.ignore("momentum")
    if node.integer("training_mode", 0):
        raise node.unsupported("training_mode")
    if node.integer("spatial", 1) != 1:
        raise node.unsupported("spatial = 0, statistics for every pixel")
    ifm = channels_last(node, node.tensor(0))
    channels = nn.shape(ifm)[-1]
    gain, offset, mean, variance = (
        node.per_channel(position, channels) for position in range(1, 5)
    )
    epsilon = node.real("epsilon", 1e-5)
    ofm = nn.BatchNormOp(ifm, gain, offset, mean, variance, epsilon)
    return channels_first(node, node.emit(ofm))


def lrn(node: Node) -> SSAValue:
    ifm = channels_last(node, node.tensor(0))
    alpha, beta = node.real("alpha", 1e-4), node.real("beta", 0.75)
    ofm = nn.LrnOp(ifm, node.integer("size"), alpha, beta, node.real("bias", 1.0))
    return channels_first(node, node.emit(ofm))


def softmax_axes(node: Node, rank: int) -> list[int]:
    """One axis; before opset 13 that axis and all after it."""
    if node.opset >= 13:
        return [node.axis(node.integer("axis", -1), rank)]
    return list(range(node.axis(node.integer("axis", 1), rank), rank))


def softmax(node: Node) -> SSAValue:
    """Over several axes as over one, reshaped."""
    ifm = node.tensor(0)
    extents = nn.shape(ifm)
    axes = softmax_axes(node, len(extents))
    if prod(extents[axis] for axis in axes[1:]) == 1:
        return node.emit(nn.SoftmaxOp(ifm, axes[0]))
    flat = (*extents[: axes[0]], prod(extents[axis] for axis in axes))
    ofm = node.emit(nn.SoftmaxOp(node.emit(nn.ReshapeOp(ifm, flat)), axes[0]))
    return node.emit(nn.ReshapeOp(ofm, extents))


def log_softmax(node: Node) -> SSAValue:
    """`x - max - log(sum(exp(x - max)))`: the logarithm of a softmax may be of 0."""
    ifm = node.tensor(0)
    extents = nn.shape(ifm)
    axes = softmax_axes(node, len(extents))
    shifted = node.emit(nn.SubOp(ifm, node.emit(nn.ReduceMaxOp(ifm, axes, keep=True))))
    powers = node.emit(nn.ExpOp(shifted))
    total = node.emit(nn.ReduceSumOp(powers, axes, keep=True))
    return node.emit(nn.SubOp(shifted, node.emit(nn.LogOp(total))))


CONVERTERS = {
    "BatchNormalization": batch_normalization,
    "LRN": lrn,
    "Softmax": softmax,
    "LogSoftmax": log_softmax,
}
