"""Layers that scale elements by a statistic."""

from math import prod

import numpy as np
from xdsl.ir import SSAValue

from ....dialects import nn
from ...draws import Part
from ...layers.normalisation import batch_norm as normalised
from ...layers.normalisation import response, scale, shift
from ...vocabulary.channels import channels_first, channels_last
from ...vocabulary.moving import reshaped
from ..node import CaffeNode
from .elementwise import plus, times


def batch_norm(node: CaffeNode) -> SSAValue:
    """The statistics are sums over batches; the third weight says how many."""
    given = node.parameters("batch_norm")
    if not given.flag("use_global_stats"):
        raise node.unsupported("statistics of the batch itself (use_global_stats)")
    channels = nn.shape(node.bottom())[1]
    mean = node.stored(Part.MEAN, (channels,))
    variance = node.stored(Part.VARIANCE, (channels,))
    (count,) = node.stored(Part.VARIANCE, (1,))
    factor = np.float32(1 / count if count else 0)
    statistics = {
        Part.GAIN: np.ones(channels, np.float32),
        Part.OFFSET: np.zeros(channels, np.float32),
        Part.MEAN: mean * factor,
        Part.VARIANCE: variance * factor,
    }
    return normalised(node, statistics, given.real("eps"))


def scaling(node: CaffeNode) -> SSAValue:
    """By numbers a channel, or by a second bottom."""
    given = node.parameters("scale")
    if len(node.bottoms) > 1:
        factor = _along(node, node.bottom(1), given.integer("axis"))
        product = node.emit(nn.MulOp(node.bottom(), factor))
        if not given.flag("bias_term"):
            return product
        count = nn.shape(product)[1]
        node.inputs = [product]
        return shift(node, node.stored(Part.OFFSET, (count,)))
    channels = _channels(node, given.integer("axis"), given.integer("num_axes"))
    gain = node.stored(Part.GAIN, (channels,))
    offset = node.stored(Part.OFFSET, (channels,)) if given.flag("bias_term") else None
    return scale(node, node.bottom(), gain, offset)


def bias(node: CaffeNode) -> SSAValue:
    given = node.parameters("bias")
    if len(node.bottoms) > 1:
        added = _along(node, node.bottom(1), given.integer("axis"))
        return node.emit(nn.AddOp(node.bottom(), added))
    channels = _channels(node, given.integer("axis"), given.integer("num_axes"))
    return shift(node, node.stored(Part.OFFSET, (channels,)))


def _channels(node: CaffeNode, axis: int, count: int) -> int:
    shape = nn.shape(node.bottom())
    if node.axis(axis, len(shape)) != 1 or (count != 1 and prod(shape[2:]) != 1):
        raise node.unsupported("weights but one number a channel")
    return shape[1]


def _along(node: CaffeNode, value: SSAValue, first: int) -> SSAValue:
    """A blob whose axes are those of the bottom from `first` on."""
    rank, shape = len(nn.shape(node.bottom())), nn.shape(value)
    before = node.axis(first, rank)
    if before + len(shape) > rank:
        raise node.wrong(f"a blob of {len(shape)} dimensions from axis {first} on")
    wide = (*[1] * before, *shape, *[1] * (rank - before - len(shape)))
    return reshaped(node, value, wide)


def lrn(node: CaffeNode) -> SSAValue:
    given = node.parameters("lrn")
    alpha, beta, k = (given.real(name) for name in ("alpha", "beta", "k"))
    size = given.integer("local_size")
    if size < 1 or size % 2 == 0:
        raise node.wrong(f"a local_size of {size}: Caffe takes odd ones only")
    if given.choice("norm_region") == "ACROSS_CHANNELS":
        return response(node, size, alpha, beta, k)
    return _response_within(node, size, alpha, beta)


def _response_within(node: CaffeNode, size: int, alpha: float, beta: float) -> SSAValue:
    """`x * (1 + alpha * mean(x ** 2)) ** -beta`; the mean counts padding."""
    node.image()
    ifm = channels_last(node, node.bottom())
    pad = (size // 2,) * 4
    squares, kernel = node.emit(nn.SquareOp(ifm)), (size, size)
    mean = nn.AvgPool2dOp(squares, kernel, (1, 1), pad, counting_pad=any(pad))
    grown = plus(node, times(node, node.emit(mean), alpha, "alpha"), 1.0, "one")
    factor = node.emit(nn.PowOp(grown, node.scalar("beta", -beta)))
    return channels_first(node, node.emit(nn.MulOp(ifm, factor)))


def mean_variance(node: CaffeNode) -> SSAValue:
    """Less the mean, and over the deviation and a little, of each channel or image."""
    given, ifm = node.parameters("mvn"), node.bottom()
    rank = len(nn.shape(ifm))
    axes = range(1 if given.flag("across_channels") else 2, rank)
    mean = node.emit(nn.ReduceMeanOp(ifm, axes, keep=True))
    centred = node.emit(nn.SubOp(ifm, mean))
    if not given.flag("normalize_variance"):
        return centred
    squares = node.emit(nn.SquareOp(centred))
    variance = node.emit(nn.ReduceMeanOp(squares, axes, keep=True))
    deviation = node.emit(nn.SqrtOp(variance))
    whole = plus(node, deviation, given.real("eps"), "epsilon")
    return node.emit(nn.DivOp(centred, whole))


def normalise(node: CaffeNode) -> SSAValue:
    """`gain * x / sqrt(sum(x ** 2) + epsilon)` over channels, or over all."""
    given = node.parameters("norm")
    ifm = node.bottom()
    shape = nn.shape(ifm)
    axes = range(1, len(shape)) if given.flag("across_spatial") else (1,)
    squares = node.emit(nn.SquareOp(ifm))
    total = node.emit(nn.ReduceSumOp(squares, axes, keep=True))
    total = node.emit(nn.AddOp(total, node.scalar("epsilon", given.real("eps"))))
    normal = node.emit(nn.MulOp(ifm, node.emit(nn.RsqrtOp(total))))
    if given.flag("channel_shared"):
        (gain,) = node.stored(Part.GAIN, (1,))
        return times(node, normal, float(gain), "gain")
    return scale(node, normal, node.stored(Part.GAIN, (shape[1],)), None)


def softmax(node: CaffeNode) -> SSAValue:
    rank = len(nn.shape(node.bottom()))
    axis = node.axis(node.parameters("softmax").integer("axis"), rank)
    return node.emit(nn.SoftmaxOp(node.bottom(), axis))


CONVERTERS = {
    "BatchNorm": batch_norm,
    "Bias": bias,
    "LRN": lrn,
    "MVN": mean_variance,
    "Normalize": normalise,
    "Scale": scaling,
    "Softmax": softmax,
}
