"""Operators that scale elements by a statistic."""

from collections.abc import Sequence
from math import prod

import numpy as np
from xdsl.ir import SSAValue

from ....dialects import nn
from ...elementwise import logarithmic_softmax
from ...vocabulary.channels import channels_first, channels_last
from ...vocabulary.standardising import inverse_deviation, standardised
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
    ifm = node.tensor(0)
    return logarithmic_softmax(node, ifm, softmax_axes(node, len(nn.shape(ifm))))


def layer_normalization(node: Node) -> Sequence[SSAValue]:
    """Mean and inverse deviation are results too, where the node names them."""
    node.ignore("stash_type")
    ifm, epsilon = node.tensor(0), node.real("epsilon", 1e-5)
    rank = len(nn.shape(ifm))
    axis = node.axis(node.integer("axis", -1), rank)
    results = [normalised(node, ifm, axis, epsilon)]
    if any(node.proto.output[1:]):
        axes = range(axis, rank)
        mean = node.emit(nn.ReduceMeanOp(ifm, axes, keep=True))
        centred = node.emit(nn.SubOp(ifm, mean))
        results += [mean, inverse_deviation(node, centred, axes, epsilon)]
    return results


def normalised(
    node: Node, ifm: SSAValue, axis: int, epsilon: float, *, gain: int = 1
) -> SSAValue:
    """A layer from an axis on; its gain is that input, its offset the next, if any."""
    normal = nn.shape(ifm)[axis:]
    scale = np.broadcast_to(node.constant(gain).array, normal)
    offset = np.zeros((), np.float32)
    if node.has(gain + 1):
        offset = node.constant(gain + 1).array
    ofm = nn.LayerNormOp(
        ifm,
        node.weight(f"{node.name}/gain", scale),
        node.weight(f"{node.name}/offset", np.broadcast_to(offset, normal)),
        epsilon,
    )
    return node.emit(ofm)


def instance_normalization(node: Node) -> SSAValue:
    """Every channel of every image by itself."""
    ifm = channels_last(node, node.tensor(0))
    pixels = range(1, len(nn.shape(ifm)) - 1)
    normal = standardised(node, ifm, pixels, node.real("epsilon", 1e-5))
    return channels_first(node, _per_channel(node, normal))


def _per_channel(node: Node, value: SSAValue) -> SSAValue:
    """`value * scale + bias`, inputs 1 and 2, a number a channel of the last axis."""
    channels = nn.shape(value)[-1]
    scaled = node.emit(nn.MulOp(value, node.per_channel(1, channels)))
    return node.emit(nn.AddOp(scaled, node.per_channel(2, channels)))


def group_normalization(node: Node) -> SSAValue:
    """Groups of channels; before opset 21 a scale and a bias a group."""
    node.ignore("stash_type")
    ifm = channels_last(node, node.tensor(0))
    extents, groups = nn.shape(ifm), node.integer("num_groups")
    if groups < 1 or extents[-1] % groups:
        raise node.wrong(f"{extents[-1]} channels in {groups} groups")
    split = (*extents[:-1], groups, extents[-1] // groups)
    grouped = node.emit(nn.ReshapeOp(ifm, split))
    axes = [*range(1, len(extents) - 1), len(extents)]
    normal = standardised(node, grouped, axes, node.real("epsilon", 1e-5))
    if node.opset >= 21:
        flat = node.emit(nn.ReshapeOp(normal, extents))
        return channels_first(node, _per_channel(node, flat))
    scale, bias = (node.constant(at).array.reshape(-1, 1) for at in (1, 2))
    scaled = nn.MulOp(normal, node.weight(f"{node.name}/scale", scale))
    ofm = nn.AddOp(node.emit(scaled), node.weight(f"{node.name}/bias", bias))
    return channels_first(node, node.emit(nn.ReshapeOp(node.emit(ofm), extents)))


def mean_variance_normalization(node: Node) -> SSAValue:
    """ONNX adds 1e-9 to the deviation. Its square is added to the variance here, which
    is the same but for deviations that are about as small.
    """
    ifm = node.tensor(0)
    rank = len(nn.shape(ifm))
    axes = sorted(node.axis(axis, rank) for axis in node.integers("axes") or (0, 2, 3))
    return standardised(node, ifm, axes, 1e-9**2)


def lp_normalization(node: Node) -> SSAValue:
    """Over the sum of magnitudes, or the root of the sum of squares."""
    ifm, power = node.tensor(0), node.integer("p", 2)
    axis = node.axis(node.integer("axis", -1), len(nn.shape(ifm)))
    if power not in (1, 2):
        raise node.unsupported(f"p = {power}")
    sizes = node.emit(nn.AbsOp(ifm) if power == 1 else nn.SquareOp(ifm))
    norm = node.emit(nn.ReduceSumOp(sizes, [axis], keep=True))
    norm = norm if power == 1 else node.emit(nn.SqrtOp(norm))
    # Zeros stay zeros.
    least = node.weight(f"{node.name}/least", np.array(1e-30))
    return node.emit(nn.DivOp(ifm, node.emit(nn.MaximumOp(norm, least))))


def rms_normalization(node: Node) -> SSAValue:
    """Over the root of the mean square, along the last axes."""
    node.ignore("stash_type")
    ifm = node.tensor(0)
    axis = node.axis(node.integer("axis", -1), len(nn.shape(ifm)))
    return of_unit_size(node, ifm, axis, node.real("epsilon", 1e-5), gain=1)


def of_unit_size(
    node: Node, ifm: SSAValue, axis: int, epsilon: float, *, gain: int
) -> SSAValue:
    """Over the root of the mean square from an axis on, times that input."""
    axes = range(axis, len(nn.shape(ifm)))
    inverse = inverse_deviation(node, ifm, axes, epsilon)
    normal = node.emit(nn.MulOp(ifm, inverse))
    return node.emit(nn.MulOp(normal, node.tensor(gain)))


CONVERTERS = {
    "BatchNormalization": batch_normalization,
    "LayerNormalization": layer_normalization,
    "InstanceNormalization": instance_normalization,
    "GroupNormalization": group_normalization,
    "MeanVarianceNormalization": mean_variance_normalization,
    "LpNormalization": lp_normalization,
    "RMSNormalization": rms_normalization,
    "LRN": lrn,
    "Softmax": softmax,
    "LogSoftmax": log_softmax,
}
