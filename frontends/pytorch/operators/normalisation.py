"""Operators that scale elements by a statistic."""

import numpy as np
from xdsl.ir import SSAValue

from ....dialects import nn
from ...elementwise import logarithmic_softmax
from ...vocabulary.channels import channels_first, channels_last
from ...vocabulary.standardising import inverse_deviation, standardised
from ..node import Node


def batch_norm(node: Node) -> list[SSAValue]:
    """With the statistics of training; core ATen's has two more results, unused."""
    if node.flag("training", False):
        raise node.unsupported("statistics of each batch: call module.eval() first")
    ifm = channels_last(node, node.tensor("input"))
    channels = nn.shape(ifm)[-1]
    ones, zeros = np.ones(channels), np.zeros(channels)
    gain, offset, mean, variance = (
        node.per_channel(name, channels)
        if node.has(name)
        else node.weight(f"{node.name}/{name}", missing)
        for name, missing in (
            ("weight", ones),
            ("bias", zeros),
            ("running_mean", zeros),
            ("running_var", ones),
        )
    )
    ofm = nn.BatchNormOp(ifm, gain, offset, mean, variance, node.real("eps"))
    return [channels_first(node, node.emit(ofm))]


def layer_norm(node: Node) -> list[SSAValue]:
    """Over the last axes; core ATen's has two more results, unused."""
    node.ignore("cudnn_enable")
    ifm, normal = node.tensor("input"), tuple(node.integers("normalized_shape"))
    gain = node.constant("weight").array if node.has("weight") else np.ones(normal)
    offset = node.constant("bias").array if node.has("bias") else np.zeros(normal)
    ofm = nn.LayerNormOp(
        ifm,
        node.weight(_name(node, "weight"), gain),
        node.weight(_name(node, "bias"), offset),
        node.real("eps", 1e-5),
    )
    return [node.emit(ofm)]


def _name(node: Node, name: str) -> str:
    """What a weight is called; one that is missing is called after the node."""
    return node.constant(name).name if node.has(name) else f"{node.name}/{name}"


def group_norm(node: Node) -> list[SSAValue]:
    """Groups of channels; core ATen's has two more results, unused."""
    node.ignore("N", "C", "HxW", "cudnn_enabled")
    ifm = channels_last(node, node.tensor("input"))
    extents = nn.shape(ifm)
    groups = node.integer("group" if node.has("group") else "num_groups")
    if groups < 1 or extents[-1] % groups:
        raise node.wrong(f"{extents[-1]} channels in {groups} groups")
    split = (*extents[:-1], groups, extents[-1] // groups)
    grouped = node.emit(nn.ReshapeOp(ifm, split))
    axes = [*range(1, len(extents) - 1), len(extents)]
    normal = standardised(node, grouped, axes, node.real("eps", 1e-5))
    flat = node.emit(nn.ReshapeOp(normal, extents))
    return [channels_first(node, _affine(node, flat))]


def instance_norm(node: Node) -> SSAValue:
    """Every channel of every image by itself."""
    if not node.flag("use_input_stats", True):
        return batch_norm(node)[0]
    node.ignore("running_mean", "running_var")
    ifm = channels_last(node, node.tensor("input"))
    pixels = range(1, len(nn.shape(ifm)) - 1)
    normal = standardised(node, ifm, pixels, node.real("eps", 1e-5))
    return channels_first(node, _affine(node, normal))


def own_statistics(node: Node) -> list[SSAValue]:
    """Core ATen's instance norm: images are channels of one image here."""
    if node.has("running_mean") or not node.flag("training", True):
        raise node.unsupported("statistics of each batch: call module.eval() first")
    ifm = channels_last(node, node.tensor("input"))
    axes = range(len(nn.shape(ifm)) - 1)
    normal = standardised(node, ifm, axes, node.real("eps"))
    return [channels_first(node, _affine(node, normal))]


def _affine(node: Node, value: SSAValue) -> SSAValue:
    """`value * weight + bias`, a number a channel each, if there are any."""
    channels = nn.shape(value)[-1]
    if node.has("weight"):
        value = node.emit(nn.MulOp(value, node.per_channel("weight", channels)))
    if node.has("bias"):
        value = node.emit(nn.AddOp(value, node.per_channel("bias", channels)))
    return value


def rms_norm(node: Node) -> SSAValue:
    """Over the root of the mean square, along the last axes."""
    ifm, normal = node.tensor("input"), node.integers("normalized_shape")
    rank = len(nn.shape(ifm))
    axes = range(rank - len(normal), rank)
    epsilon = node.real("eps", float(np.finfo(np.float32).eps))
    ofm = node.emit(nn.MulOp(ifm, inverse_deviation(node, ifm, axes, epsilon)))
    if not node.has("weight"):
        return ofm
    return node.emit(nn.MulOp(ofm, node.tensor("weight")))


def softmax(node: Node) -> SSAValue:
    node.ignore("dtype", "half_to_float")
    ifm = node.tensor("self")
    axis = node.axis(node.integer("dim"), len(nn.shape(ifm)))
    return node.emit(nn.SoftmaxOp(ifm, axis))


def weight_norm(node: Node) -> SSAValue:
    """`v * g / |v|`, the norm along all axes but `dim`, or along all.

    Source: Salimans and Kingma 2016, arXiv 1602.07868.
    """
    direction, size = node.tensor("v"), node.tensor("g")
    kept, rank = node.integer("dim", 0), len(nn.shape(direction))
    axes = [axis for axis in range(rank) if kept == -1 or axis != kept]
    squares = node.emit(nn.SquareOp(direction))
    total = node.emit(nn.ReduceSumOp(squares, axes, keep=True))
    ratio = node.emit(nn.DivOp(size, node.emit(nn.SqrtOp(total))))
    return node.emit(nn.MulOp(direction, ratio))


def log_softmax(node: Node) -> SSAValue:
    node.ignore("dtype", "half_to_float")
    axes = [node.axis_of("self", node.integer("dim"))]
    return logarithmic_softmax(node, node.tensor("self"), axes)


def vector_norm(node: Node) -> SSAValue:
    """The root of the sum of squares, or the sum of magnitudes."""
    order = next(filter(node.has, ("ord", "p")), "ord")
    power, ifm = node.real(order, 2.0), node.tensor("self")
    rank = len(nn.shape(ifm))
    axes = sorted(node.axis(axis, rank) for axis in node.integers("dim", range(rank)))
    if power not in (1, 2):
        raise node.unsupported(f"a norm of order {power}")
    sizes = node.emit(nn.AbsOp(ifm) if power == 1 else nn.SquareOp(ifm))
    total = nn.ReduceSumOp(sizes, axes, keep=node.flag("keepdim", False))
    norm = node.emit(total)
    return norm if power == 1 else node.emit(nn.SqrtOp(norm))


CONVERTERS = {
    "batch_norm": batch_norm,
    "_native_batch_norm_legit_no_training": batch_norm,
    "native_batch_norm": batch_norm,
    "_native_batch_norm_legit": own_statistics,
    "layer_norm": layer_norm,
    "native_layer_norm": layer_norm,
    "group_norm": group_norm,
    "native_group_norm": group_norm,
    "instance_norm": instance_norm,
    "rms_norm": rms_norm,
    "softmax": softmax,
    "_softmax": softmax,
    "_safe_softmax": softmax,
    "log_softmax": log_softmax,
    "_log_softmax": log_softmax,
    "_weight_norm": weight_norm,
    "linalg_vector_norm": vector_norm,
    "norm": vector_norm,
}
