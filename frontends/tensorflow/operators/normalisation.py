"""Operators that scale elements by a statistic."""

import numpy as np
from xdsl.ir import SSAValue

from ....dialects import nn
from ...elementwise import logarithmic_softmax
from ..node import Node
from ..window import feature_map, from_feature_map


def batch_norm(node: Node) -> SSAValue:
    """With the statistics of training, which are inputs."""
    if node.flag("is_training", True):
        raise node.unsupported("is_training: statistics of the batch itself")
    ifm = feature_map(node)
    channels = nn.shape(ifm)[-1]
    gain, offset, mean, variance = (
        node.per_channel(position, channels) for position in range(1, 5)
    )
    epsilon = node.real("epsilon", 1e-4)
    ofm = nn.BatchNormOp(ifm, gain, offset, mean, variance, epsilon)
    return from_feature_map(node, node.emit(ofm))


def lrn(node: Node) -> SSAValue:
    """`alpha` is of the sum here, and of the mean in `nn`."""
    size = 2 * node.integer("depth_radius", 5) + 1
    alpha, beta = node.real("alpha", 1.0), node.real("beta", 0.5)
    bias = node.real("bias", 1.0)
    return node.emit(nn.LrnOp(node.tensor(0), size, alpha * size, beta, bias))


def softmax(node: Node) -> SSAValue:
    ifm = node.tensor(0)
    return node.emit(nn.SoftmaxOp(ifm, len(nn.shape(ifm)) - 1))


def log_softmax(node: Node) -> SSAValue:
    ifm = node.tensor(0)
    return logarithmic_softmax(node, ifm, [len(nn.shape(ifm)) - 1])


def l2_loss(node: Node) -> SSAValue:
    """`sum(x ** 2) / 2`."""
    ifm = node.tensor(0)
    axes = range(len(nn.shape(ifm)))
    total = node.emit(nn.ReduceSumOp(node.emit(nn.SquareOp(ifm)), axes, keep=False))
    return node.emit(nn.MulOp(total, node.weight("half", np.array(0.5))))


CONVERTERS = {
    "FusedBatchNorm": batch_norm,
    "FusedBatchNormV2": batch_norm,
    "FusedBatchNormV3": batch_norm,
    "LRN": lrn,
    "Softmax": softmax,
    "LogSoftmax": log_softmax,
    "L2Loss": l2_loss,
}
