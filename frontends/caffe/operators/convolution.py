"""Layers that multiply and accumulate."""

from xdsl.ir import SSAValue

from ....dialects import nn
from ...draws import Part
from ...layers.convolution import bias_of, convolution, inner_product, rows_of
from ...vocabulary.channels import channels_first, channels_last
from ...vocabulary.filters import ohwi
from ...vocabulary.moving import reshaped
from ...vocabulary.windows import Window
from ..node import CaffeNode
from ..schema import Fields


def conv(node: CaffeNode) -> SSAValue:
    given = node.parameters("convolution")
    groups, channels = given.integer("group"), given.integer("num_output")
    if node.operator in ONE_GROUP_A_CHANNEL:
        groups = nn.shape(node.bottom())[1]
    return convolution(
        node, _window(node, given), channels, groups, bias=given.flag("bias_term")
    )


def deconv(node: CaffeNode) -> SSAValue:
    """The weight is stored as [C, M / groups, KH, KW]."""
    given = node.parameters("convolution")
    window = _window(node, given)
    groups, channels = given.integer("group"), given.integer("num_output")
    ifm = channels_last(node, node.bottom())
    ifm_channels = nn.shape(ifm)[-1]
    if groups < 1 or ifm_channels % groups or channels % groups:
        raise node.wrong(f"{groups} groups of {ifm_channels} -> {channels} channels")
    own = channels // groups
    stored = node.stored(Part.WEIGHT, (ifm_channels, own, *window.kernel))
    ofm = nn.ConvTranspose2dOp(
        ifm,
        node.kept(Part.WEIGHT, ohwi(stored, "IO*", groups)),
        bias_of(node, channels, stored=given.flag("bias_term")),
        stride=window.stride,
        pad=window.pad,
        dilation=window.dilation,
        groups=groups,
    )
    return channels_first(node, node.emit(ofm))


def _window(node: CaffeNode, given: Fields) -> Window:
    node.image()
    if given.integer("axis") != 1:
        raise node.unsupported("a convolution but along rows and columns")
    top, left = node.pair(given, "pad", "pad", 0)
    return Window(
        node.pair(given, "kernel_size", "kernel", None),
        node.pair(given, "stride", "stride", 1),
        node.twice("dilation", given.integers("dilation"), 1),
        (top, left, top, left),
        (0, 0),
    )


def fully_connected(node: CaffeNode) -> SSAValue:
    given = node.parameters("inner_product")
    extents = nn.shape(node.bottom())
    axis = node.axis(given.integer("axis"), len(extents))
    matrix = rows_of(node, node.bottom(), axis)
    ofm = inner_product(
        node,
        matrix,
        given.integer("num_output"),
        bias=given.flag("bias_term"),
        by_columns=given.flag("transpose"),
    )
    return reshaped(node, ofm, (*extents[:axis], given.integer("num_output")))


ONE_GROUP_A_CHANNEL = {"ConvolutionDepthwise", "DepthwiseConvolution"}

CONVERTERS = {
    "Convolution": conv,
    "Deconvolution": deconv,
    "InnerProduct": fully_connected,
    **dict.fromkeys(ONE_GROUP_A_CHANNEL, conv),
}
