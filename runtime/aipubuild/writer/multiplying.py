"""How operators that multiply and accumulate are written."""

from collections.abc import Sequence

import numpy as np
from xdsl.ir import SSAValue

from ....dialects import nn
from ....dialects.quant import quantisation
from .clamps import put_activation
from .rescales import put_channels, put_one, put_rescale
from .sheet import Sheet, ir_zero_point

SIDES = ("top", "left", "bottom", "right")
LARGEST_INT32 = (1 << 31) - 1


def conv2d(op: nn.Conv2dOp, sheet: Sheet) -> None:
    factors = put_constants(op, sheet)
    channels, rows, columns, _ = nn.shape(op.weight)
    groups = op.groups.value.data
    put_window(
        sheet,
        (rows, columns),
        op.stride.get_values(),
        op.pad.get_values(),
        op.dilation.get_values(),
    )
    sheet.put(group=groups, num_output=channels)
    depth = nn.shape(op.ifm)[3]
    if groups == depth > 1:
        sheet.put(multiplier=channels // groups)
    put_activation(op.activation.data, op.ofm, sheet)
    put_factors(factors, sheet)


def conv_transpose2d(op: nn.ConvTranspose2dOp, sheet: Sheet) -> None:
    """The IR has [M / groups, KH, KW, C] where `nn` has [M, KH, KW, C / groups]."""
    groups = op.groups.value.data
    weight, bias = sheet.embed(op.weight), sheet.embed(op.bias)
    sheet.keep("biases", bias)
    sheet.keep("weights", np.concatenate(np.split(weight, groups), axis=-1))
    put_window(
        sheet,
        weight.shape[1:3],
        op.stride.get_values(),
        op.pad.get_values(),
        op.dilation.get_values(),
    )
    rows, columns = op.extra.get_values()
    sheet.put(
        output_padding_x=columns,
        output_padding_y=rows,
        group=groups,
        num_output=len(weight),
        with_activation="NONE",
    )


def fully_connected(op: nn.FullyConnectedOp, sheet: Sheet) -> None:
    factors = put_constants(op, sheet)
    sheet.put(num_output=nn.shape(op.weight)[0])
    put_activation(op.activation.data, op.ofm, sheet)
    put_factors(factors, sheet)


def matmul(op: nn.MatMulOp, sheet: Sheet) -> None:
    sheet.put(trans_a=False, trans_b=op.transposed is not None)
    put_rescale(op.rescale, sheet)


def batch_norm(op: nn.BatchNormOp, sheet: Sheet) -> None:
    """`ifm * weights + biases`, in float64 until the last moment."""
    gain, offset, mean, variance = (
        sheet.embed(value).astype(np.float64) for value in op.operands[1:]
    )
    weight = gain / np.sqrt(variance + op.epsilon.value.data)
    sheet.keep("biases", (offset - mean * weight).astype(np.float32))
    sheet.keep("weights", weight.astype(np.float32))
    sheet.put(axis=len(nn.shape(op.ifm)) - 1, epsilon=0.0)


Factors = tuple[int, int] | None
"""Multiplier and shift, where all channels have the same."""


def put_constants(op: nn.WeightedSums, sheet: Sheet) -> Factors:
    """Write bias and weight, and multipliers and shifts if they differ."""
    weight, bias = sheet.embed(op.weight), sheet.embed(op.bias)
    sheet.keep("biases", stored_bias(op.ifm, weight, bias))
    sheet.keep("weights", weight)
    if not op.rescale:
        return None
    multiplier, *shifts = map(sheet.embed, op.rescale)
    if not shifts:
        sheet.keep("scale", multiplier.astype(np.float32))
        return None
    (shift,) = shifts
    alike = len({*zip(multiplier.tolist(), shift.tolist(), strict=True)}) == 1
    if alike and not is_depthwise(op):
        return int(multiplier[0]), int(shift[0])
    put_channels(multiplier, shift, sheet)
    return None


def is_depthwise(op: nn.WeightedSums) -> bool:
    """Whether each group of a convolution has one channel."""
    return (
        isinstance(op, nn.Conv2dOp) and op.groups.value.data == nn.shape(op.ifm)[3] > 1
    )


def put_factors(factors: Factors, sheet: Sheet) -> None:
    """Write one multiplier and one shift, if that is all there is."""
    if factors is not None:
        put_one(*factors, sheet)


def stored_bias(ifm: SSAValue, weight: np.ndarray, bias: np.ndarray) -> np.ndarray:
    """The bias with the share of the input's zero point, which the IR has in it."""
    element = quantisation(ifm)
    if element is None:
        return bias
    sums = weight.reshape(len(weight), -1).sum(axis=1, dtype=np.int64)
    whole = bias.astype(np.int64) + ir_zero_point(ifm, element) * sums
    fits = np.abs(whole).max(initial=0) <= LARGEST_INT32
    return whole.astype(np.int32 if fits else np.int64)


def put_window(
    sheet: Sheet,
    kernel: Sequence[int],
    stride: Sequence[int],
    pad: Sequence[int],
    dilation: Sequence[int] = (1, 1),
) -> None:
    """Write how a kernel slides."""
    pads = dict(zip(SIDES, pad, strict=True))
    sheet.put(
        dilation_x=dilation[1],
        dilation_y=dilation[0],
        kernel_x=kernel[1],
        kernel_y=kernel[0],
        pad_bottom=pads["bottom"],
        pad_left=pads["left"],
        pad_right=pads["right"],
        pad_top=pads["top"],
        stride_x=stride[1],
        stride_y=stride[0],
    )


FORMS = {
    nn.Conv2dOp: conv2d,
    nn.ConvTranspose2dOp: conv_transpose2d,
    nn.FullyConnectedOp: fully_connected,
    nn.MatMulOp: matmul,
    nn.BatchNormOp: batch_norm,
}
