"""Layers that multiply and accumulate: weights are [M, KH, KW, C / groups]."""

from math import prod

import numpy as np
from xdsl.ir import SSAValue

from ....dialects import nn
from ...draws import Part
from ...vocabulary.moving import reshaped, swapped
from ..node import IrNode
from .activation import activated


def convolution(node: IrNode) -> SSAValue:
    ifm, window = feature_map(node), node.window()
    channels, groups = node.block.integer("num_output"), groups_of(node)
    weight = node.stored(
        Part.WEIGHT, (channels, *window.kernel, nn.shape(ifm)[3] // groups)
    )
    ofm = nn.Conv2dOp(
        ifm,
        node.kept(Part.WEIGHT, weight),
        bias(node, channels),
        stride=window.stride,
        pad=window.pad,
        dilation=window.dilation,
        groups=groups,
    )
    return activated(node, node.emit(ofm))


def conv_transpose(node: IrNode) -> SSAValue:
    """The weight is stored as [M / groups, KH, KW, C]."""
    ifm, window = feature_map(node), node.window()
    channels, groups = node.block.integer("num_output"), groups_of(node)
    ifm_channels = nn.shape(ifm)[3]
    if channels % groups:
        raise node.wrong(f"{channels} channels in {groups} groups")
    stored = node.stored(
        Part.WEIGHT, (channels // groups, *window.kernel, ifm_channels)
    )
    weight = np.concatenate(np.split(stored, groups, axis=-1))
    ofm = nn.ConvTranspose2dOp(
        ifm,
        node.kept(Part.WEIGHT, weight),
        bias(node, channels),
        stride=window.stride,
        pad=window.pad,
        extra=node.sizes("output_padding", 0),
        dilation=window.dilation,
        groups=groups,
    )
    return activated(node, node.emit(ofm))


def fully_connected(node: IrNode) -> SSAValue:
    ifm = rows(node)
    channels = node.block.integer("num_output")
    weight = node.stored(Part.WEIGHT, (channels, nn.shape(ifm)[1]))
    matrix = node.kept(Part.WEIGHT, weight)
    ofm = node.emit(nn.FullyConnectedOp(ifm, matrix, bias(node, channels)))
    return activated(node, ofm)


def matmul(node: IrNode) -> SSAValue:
    lhs, rhs = node.lhs_rhs()
    if node.block.real("fused_multiplier", 1.0) != 1.0:
        raise node.unsupported("a fused multiplier")
    if node.block.flag("trans_a", False):
        lhs = swapped(node, lhs)
    ofm = nn.MatMulOp(lhs, rhs, transposed=node.block.flag("trans_b", False))
    return activated(node, node.emit(ofm))


def feature_map(node: IrNode) -> SSAValue:
    """The bottom, which must be [N, H, W, C]."""
    rank = len(nn.shape(node.bottom()))
    if rank != 4:
        raise node.wrong(f"a feature map of rank {rank}, expected [N, H, W, C]")
    return node.bottom()


def groups_of(node: IrNode) -> int:
    """The groups; they must divide the channels."""
    groups, channels = node.block.integer("group", 1), nn.shape(node.bottom())[3]
    if groups < 1 or channels % groups:
        raise node.wrong(f"{channels} channels in {groups} groups")
    return groups


def rows(node: IrNode) -> SSAValue:
    """The bottom as [N, K]."""
    shape = nn.shape(node.bottom()) or (1,)
    return reshaped(node, node.bottom(), (shape[0], prod(shape[1:])))


def bias(node: IrNode, channels: int) -> SSAValue:
    """The bias, or zeros."""
    if not node.holds("biases"):
        return node.no_bias(channels)
    return node.stored_per_channel(Part.BIAS, channels)


CONVERTERS = {
    "Convolution": convolution,
    "DepthwiseConv": convolution,
    "ConvTranspose": conv_transpose,
    "FullyConnected": fully_connected,
    "MatMul": matmul,
}
