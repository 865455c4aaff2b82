"""Layers that multiply and accumulate."""

import numpy as np
from xdsl.ir import SSAValue

from ....dialects import nn
from ...draws import Part
from ...layers.convolution import bias_of, convolution, inner_product, rows_of
from ...vocabulary.channels import channels_first, channels_last
from ...vocabulary.windows import Pair, Window, same_pads
from ..node import NcnnNode
from .activation import activated

SAME_UPPER, SAME_LOWER = -233, -234


def conv(node: NcnnNode) -> SSAValue:
    """A row of channels is a map of one pixel, and its result is a row again."""
    node.ignore(6, 8)
    row = node.rank() == 1
    if row:
        pixel = (*nn.shape(node.bottom()), 1, 1)
        node.inputs = [node.emit(nn.ReshapeOp(node.bottom(), pixel))]
    if node.integer(19):
        raise node.unsupported("a weight that is computed")
    if node.real(18):
        raise node.unsupported("padding with another number than 0")
    ofm = convolution(
        node,
        _window(node),
        node.integer(0),
        node.integer(7, 1),
        bias=node.flag(5),
    )
    if row:
        ofm = node.emit(nn.ReshapeOp(ofm, nn.shape(ofm)[:2]))
    return activated(node, ofm)


def deconv(node: NcnnNode) -> SSAValue:
    """The weight is stored as [groups, M / groups, C / groups, KH, KW]."""
    node.ignore(6)
    ifm = channels_last(node, node.image())
    window = _window(node)
    channels, groups = node.integer(0), node.integer(7, 1)
    ifm_channels = nn.shape(ifm)[-1]
    if groups < 1 or ifm_channels % groups or channels % groups:
        raise node.wrong(f"{groups} groups of {ifm_channels} -> {channels} channels")
    if node.integer(20) or node.integer(21):
        raise node.unsupported("an output of a given size")
    right = node.integer(18)
    stored = (channels, ifm_channels // groups, *window.kernel)
    weight = np.moveaxis(node.stored(Part.WEIGHT, stored), 1, -1)
    ofm = nn.ConvTranspose2dOp(
        ifm,
        node.kept(Part.WEIGHT, weight),
        bias_of(node, channels, stored=node.flag(5)),
        stride=window.stride,
        pad=window.pad,
        extra=(node.integer(19, right), right),
        dilation=window.dilation,
        groups=groups,
    )
    return activated(node, channels_first(node, node.emit(ofm)))


def _window(node: NcnnNode) -> Window:
    """Of a row of kernel, dilation and stride, columns come first."""
    _, _, rows, columns = nn.shape(node.image())
    kernel, dilation, stride = (
        _pair(node, across, along, default)
        for across, along, default in ((1, 11, 0), (2, 12, 1), (3, 13, 1))
    )
    if min(*kernel, *dilation, *stride) < 1:
        raise node.wrong(f"kernel {kernel}, stride {stride}, dilation {dilation}")
    left, top = node.integer(4), node.integer(14, node.integer(4))
    pad = (top, left, node.integer(16, top), node.integer(15, left))
    if set(pad) in ({SAME_UPPER}, {SAME_LOWER}):
        (top, bottom), (left, right) = (
            same_pads(
                extent,
                (kernel[i] - 1) * dilation[i] + 1,
                stride[i],
                extra_first=left == SAME_LOWER,
            )
            for i, extent in enumerate((rows, columns))
        )
        pad = (top, left, bottom, right)
    return Window(kernel, stride, dilation, pad, (0, 0))


def _pair(node: NcnnNode, columns: int, rows: int, default: int) -> Pair:
    across = node.integer(columns, default)
    return (node.integer(rows, across), across)


def fully_connected(node: NcnnNode) -> SSAValue:
    """A matrix of the right depth is taken row by row, any other blob whole."""
    node.ignore(8)
    features, size = node.integer(0), node.integer(2)
    ifm = node.bottom()
    if features < 1 or size % features:
        raise node.wrong(f"a weight of {size} elements for {features} features")
    depth = size // features
    by_rows = node.rank() == 2 and nn.shape(ifm)[-1] == depth
    matrix = rows_of(node, ifm, 2 if by_rows else 1)
    if nn.shape(matrix)[1] != depth:
        raise node.wrong(f"a weight of the depth {depth} on {nn.shape(matrix)[1]}")
    ofm = inner_product(node, matrix, features, bias=node.flag(1), by_columns=False)
    if by_rows:
        ofm = node.emit(nn.ReshapeOp(ofm, (*nn.shape(ifm)[:2], features)))
    return activated(node, ofm)


CONVERTERS = {
    "Convolution": conv,
    "ConvolutionDepthWise": conv,
    "Deconvolution": deconv,
    "DeconvolutionDepthWise": deconv,
    "InnerProduct": fully_connected,
}
