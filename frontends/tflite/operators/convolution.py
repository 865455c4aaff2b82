"""Operators that multiply and accumulate."""

import struct
from collections.abc import Sequence
from math import prod

from xdsl.ir import SSAValue

from ....dialects import nn
from ...constant import Constant, Value
from ...vocabulary.filters import ohwi
from ...vocabulary.moving import reshaped, shape, swapped
from ...vocabulary.windows import Pair, Spread, same_pads
from ..fused import activated
from ..node import Node
from ..window import read_window

SAME, VALID = 1, 2
"""The numbers of paddings in TFLite's own C structs."""


def conv2d(node: Node) -> SSAValue:
    """Weight [M, KH, KW, C / groups]; how many groups follows from the channels."""
    weight = _kernel(node, 1)
    depth, channels = weight.array.shape[3], _channels(node, 0)
    if channels % depth:
        raise node.wrong(f"{channels} channels in groups of {depth}")
    return _convolved(node, weight, channels // depth)


def depthwise_conv2d(node: Node) -> SSAValue:
    """Weight [1, KH, KW, C * multiplier] becomes [C * multiplier, KH, KW, 1]."""
    weight = _kernel(node, 1)
    if weight.array.shape[0] != 1:
        raise node.wrong(f"a depthwise weight of the shape {list(weight.array.shape)}")
    turned = weight.rearranged(lambda array: ohwi(array, "I*O"))
    return _convolved(node, turned, _channels(node, 0))


def _convolved(node: Node, weight: Constant, groups: int) -> SSAValue:
    ifm = node.tensor(0)
    channels, rows, columns, _ = weight.array.shape
    window = read_window(node, nn.shape(ifm)[1:3], (rows, columns), dilated=True)
    ofm = nn.Conv2dOp(
        ifm,
        node.operand(weight),
        _bias(node, 2, channels),
        stride=window.stride,
        pad=window.pad,
        dilation=window.dilation,
        groups=groups,
    )
    return activated(node, node.emit(ofm))


def transpose_conv(node: Node) -> SSAValue:
    """The first input is the shape of the result; it decides what is cut off."""
    target = node.constant_integers(0)
    if len(target) != 4:
        raise node.wrong(f"a result of the shape {target}")
    stride = (node.positive("StrideH"), node.positive("StrideW"))
    same = node.text("Padding") == "SAME"
    spread = _spread(node, 2, stride, target[1:3], same=same)
    return activated(node, _transposed(node, 2, 3, spread))


def transpose_conv_with_bias(node: Node) -> SSAValue:
    """MediaPipe's: the options are a struct of the padding and of two strides.

    Source: mediapipe/util/tflite/operations/transpose_conv_bias.cc.
    """
    try:
        padding, across, down = struct.unpack_from("<3i", node.source.custom_options)
    except struct.error:
        raise node.wrong("its options are no padding and strides") from None
    if padding not in (SAME, VALID) or min(across, down) < 1:
        raise node.wrong(f"a padding of {padding}, strides of {down} and {across}")
    kernel, stride = _kernel(node, 1).array.shape[1:3], (down, across)
    _channels(node, 0)
    extents = zip(node.shape(0)[1:3], kernel, stride, strict=True)
    target = [
        n * step if padding == SAME else (n - 1) * step + reach
        for n, reach, step in extents
    ]
    spread = _spread(node, 0, stride, target, same=padding == SAME)
    return _transposed(node, 0, 2, spread)


def _spread(
    node: Node, ifm: int, stride: Pair, target: Sequence[int], *, same: bool
) -> Spread:
    """How pixels are spread so that the result has so many rows and columns."""
    kernel, extents = _kernel(node, 1).array.shape[1:3], node.shape(ifm)[1:3]
    cuts: list[Pair] = []
    extra: list[int] = []
    for extent, found, reach, step in zip(target, extents, kernel, stride, strict=True):
        low, high = (
            same_pads(extent, reach, step, extra_first=False) if same else (0, 0)
        )
        missing = extent - ((found - 1) * step + reach - low - high)
        cuts.append((low, high - min(missing, 0)))
        extra.append(max(missing, 0))
    (top, bottom), (left, right) = cuts
    rows, columns = extra
    return Spread(stride, (1, 1), (top, left, bottom, right), (rows, columns))


def _transposed(node: Node, ifm: int, bias: int, spread: Spread) -> SSAValue:
    weight = _kernel(node, 1)
    if _channels(node, ifm) != weight.array.shape[3]:
        raise node.wrong(f"a weight of {weight.array.shape[3]} channels")
    ofm = nn.ConvTranspose2dOp(
        node.tensor(ifm),
        node.operand(weight),
        _bias(node, bias, len(weight.array)),
        stride=spread.stride,
        pad=spread.pad,
        extra=spread.extra,
    )
    return node.emit(ofm)


def fully_connected(node: Node) -> Value:
    """Over rows of as many elements as the weight [M, K] has columns."""
    if node.integer("WeightsFormat"):
        raise node.unsupported("a weight in shuffled order")
    ifm, weight = node.value(0), node.value(1)
    if len(shape(weight)) != 2:
        raise node.wrong(f"a weight of the shape {list(shape(weight))}")
    features, depth = shape(weight)
    extents = shape(ifm)
    size = prod(extents)
    if size % depth:
        raise node.wrong(f"{size} elements in rows of {depth}")
    rows = node.operand(reshaped(node, ifm, (size // depth, depth)))
    bias = _bias(node, 2, features)
    if isinstance(weight, Constant):
        ofm = node.emit(nn.FullyConnectedOp(rows, node.operand(weight), bias))
    else:
        columns = node.operand(swapped(node, weight))
        product = node.emit(nn.MatMulOp(rows, columns))
        ofm = node.emit(nn.AddOp(product, bias))
    ofm = activated(node, ofm)
    if not node.integer("KeepNumDims", 0) or len(extents) == 2:
        return ofm
    return reshaped(node, ofm, (*extents[:-1], features))


def batch_matmul(node: Node) -> SSAValue:
    lhs, rhs = (
        _adjoint(node, node.value(position), node.integer(option, 0))
        for position, option in enumerate(("AdjX", "AdjY"))
    )
    return node.emit(nn.MatMulOp(node.operand(lhs), node.operand(rhs)))


def _adjoint(node: Node, value: Value, wanted: int) -> Value:
    """The last two axes swapped, if that is wanted."""
    return swapped(node, value) if wanted else value


def _kernel(node: Node, position: int) -> Constant:
    weight = node.constant(position)
    if weight.array.ndim != 4:
        raise node.wrong(f"a weight of rank {weight.array.ndim}, expected 4")
    return weight


def _channels(node: Node, position: int) -> int:
    extents = node.shape(position)
    if len(extents) != 4:
        raise node.wrong(f"expected an NHWC feature map, found rank {len(extents)}")
    return extents[3]


def _bias(node: Node, position: int, channels: int) -> SSAValue:
    if not node.has(position):
        return node.no_bias(channels)
    return node.per_channel(position, channels)


CONVERTERS = {
    "Convolution2DTransposeBias": transpose_conv_with_bias,
    "CONV_2D": conv2d,
    "DEPTHWISE_CONV_2D": depthwise_conv2d,
    "TRANSPOSE_CONV": transpose_conv,
    "FULLY_CONNECTED": fully_connected,
    "BATCH_MATMUL": batch_matmul,
}
