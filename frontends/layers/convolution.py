"""Layers that multiply and accumulate, on blobs [N, C, H, W]."""

from math import prod

from xdsl.ir import SSAValue

from ...dialects import nn
from ..draws import Part
from ..vocabulary.channels import channels_first, channels_last
from ..vocabulary.filters import ohwi
from ..vocabulary.moving import reshaped
from ..vocabulary.windows import Pair, Window
from .node import LayerNode


def convolution(
    node: LayerNode, window: Window, channels: int, groups: int, *, bias: bool
) -> SSAValue:
    """The weight is stored as [M, C / groups, KH, KW], the bias after it."""
    ifm_channels = nn.shape(node.bottom())[1]
    if groups < 1 or ifm_channels % groups or channels % groups:
        raise node.wrong(f"{groups} groups of {ifm_channels} -> {channels} channels")
    weight = node.stored(
        Part.WEIGHT, (channels, ifm_channels // groups, *window.kernel)
    )
    ofm = nn.Conv2dOp(
        channels_last(node, node.bottom()),
        node.kept(Part.WEIGHT, ohwi(weight, "OI*")),
        bias_of(node, channels, stored=bias),
        stride=window.stride,
        pad=window.pad,
        dilation=window.dilation,
        groups=groups,
    )
    return channels_first(node, node.emit(ofm))


def bias_of(node: LayerNode, channels: int, *, stored: bool) -> SSAValue:
    """The next weight, or zeros."""
    return (
        node.stored_per_channel(Part.BIAS, channels)
        if stored
        else node.no_bias(channels)
    )


def inner_product(
    node: LayerNode, ifm: SSAValue, features: int, *, bias: bool, by_columns: bool
) -> SSAValue:
    """A row of `ifm` [N, K] at a time; the weight is [M, K], or [K, M] `by_columns`."""
    depth = nn.shape(ifm)[1]
    shape = (depth, features) if by_columns else (features, depth)
    weight = node.stored(Part.WEIGHT, shape)
    matrix = node.kept(Part.WEIGHT, weight.T if by_columns else weight)
    bias_row = bias_of(node, features, stored=bias)
    return node.emit(nn.FullyConnectedOp(ifm, matrix, bias_row))


def rows_of(node: LayerNode, ifm: SSAValue, axis: int) -> SSAValue:
    """`ifm` as a matrix: all before `axis` are rows, all from there on columns."""
    shape = nn.shape(ifm)
    return reshaped(node, ifm, (prod(shape[:axis]), prod(shape[axis:])))


def square(value: int) -> Pair:
    """The same for rows and columns."""
    return (value, value)
