"""Sums of products: what the array of the machine computes.

The zero point of a convolution's ifm is folded into its bias, since padding holds that
zero point: `sum((x - z) * w) = sum(x * w) - z * sum(w)`.
"""

from collections.abc import Sequence
from math import prod
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from xdsl.ir import SSAValue

from ...backend_aipu.shared_fields import LEAKY_RECORD, RECORD
from ...dialects import nn
from ...dialects.locations import place, source_name
from ...dialects.nn import shape
from ...dialects.quant import uniform
from ...dialects.semantics.integer.narrowing import multipliers
from ...dialects.semantics.requantise import GREATEST_SINGLE, LEAST_SINGLE, decompose
from ...dialects.semantics.weights import WeightStore
from ...errors import AipuError
from ..authoring.constants import key_of
from ..authoring.operators import is_weight
from .arithmetic import Parameters
from .form import MachineForm, Wants, machine_form
from .numbers import RECORD_TYPE, Numbers, clamped, record_bytes, type_of
from .site import Site
from .stage import Kind, Map, Stage, View, Window, as_map, as_pair, as_sides

SINGLE = 1 << 31
SIGNIFICANT = 24
"""Bits of a float32."""


WeightedSum = TypeVar("WeightedSum", bound=nn.WeightedSums, contravariant=True)


class WeightedForm(MachineForm[WeightedSum]):
    """What convolutions and fully connected layers share."""

    maps = 1

    def why_not(self, op: WeightedSum) -> str | None:
        """Weight and bias are constants."""
        constant = all(is_weight(value) for value in op.operands[1:])
        return None if constant else "its weight or bias is computed"

    def numbers(self, op: WeightedSum, weights: WeightStore) -> Numbers:
        factors = [weights[key_of(value)] for value in op.rescale]
        weight, bias = weights[key_of(op.weight)], weights[key_of(op.bias)]
        zero_point = type_of(op.ifm).zero_point
        sums = weight.reshape(len(weight), -1).sum(axis=1, dtype=np.int64)
        folded = bias.astype(np.int64) - zero_point * sums
        if np.abs(folded).max(initial=0) > np.iinfo(np.int32).max:
            raise AipuError("its bias does not fit 32 bits", place=source_name(op))
        return Numbers(
            {
                "zero_point": type_of(op.ofm).zero_point,
                **clamped(op.ofm, op.activation),
            },
            key_of(op.weight),
            scaled_records(op, folded, factors),
            zero_point,
        )


@machine_form(nn.Conv2dOp)
class Conv2dForm(WeightedForm[nn.Conv2dOp]):
    """Depthwise, if every group is one channel that makes one."""

    def quantised(self, op: nn.Conv2dOp, site: Site) -> nn.Operator:
        weight, bias, *factors = parameters(op, site, op.groups.value.data)
        return nn.Conv2dOp(
            site.inputs[0],
            weight,
            bias,
            rescale=factors,
            stride=op.stride.get_values(),
            pad=op.pad.get_values(),
            dilation=op.dilation.get_values(),
            groups=op.groups.value.data,
            activation=op.activation,
            element=site.element,
        )

    def stage(self, op: nn.Conv2dOp) -> Stage:
        ifm, ofm = as_map(shape(op.ifm)), as_map(shape(op.ofm))
        weight = shape(op.weight)
        groups = op.groups.value.data
        depthwise = groups > 1 and weight[3] == 1 and ifm[3] == ofm[3]
        stride = as_pair(op.stride.get_values())
        view = None
        if weight[1:3] == (1, 1) and not any(op.pad.get_values()) and stride != (1, 1):
            view = every(stride, ifm, ofm)
            ifm, stride = view.shape, (1, 1)
        mnemonic = "mac.depthwise" if depthwise else "mac.conv"
        return Stage(
            source_name(op),
            op.name,
            in_leaky_form(mnemonic, op),
            Kind.DEPTHWISE if depthwise else Kind.CONVOLUTION,
            ifm,
            ofm,
            window=Window(
                as_pair(weight[1:3]),
                stride,
                as_pair(op.dilation.get_values()),
                as_sides(op.pad.get_values()),
            ),
            groups=groups,
            macs=prod(ofm) * prod(weight[1:]),
            weight_bytes=prod(weight),
            parameter_bytes=record_of(op) * ofm[3],
            ifm_view=view,
        )


@machine_form(nn.FullyConnectedOp)
class FullyConnectedForm(WeightedForm[nn.FullyConnectedOp]):
    """A convolution of rows, each a pixel."""

    def quantised(self, op: nn.FullyConnectedOp, site: Site) -> nn.Operator:
        weight, bias, *factors = parameters(op, site)
        return nn.FullyConnectedOp(
            site.inputs[0],
            weight,
            bias,
            rescale=factors,
            activation=op.activation,
            element=site.element,
        )

    def stage(self, op: nn.FullyConnectedOp) -> Stage:
        (count, depth), channels = shape(op.ifm), shape(op.ofm)[1]
        return Stage(
            source_name(op),
            op.name,
            in_leaky_form("mac.conv", op),
            Kind.CONVOLUTION,
            (1, count, 1, depth),
            (1, count, 1, channels),
            macs=count * depth * channels,
            weight_bytes=depth * channels,
            parameter_bytes=record_of(op) * channels,
        )


@machine_form(nn.MatMulOp)
class MatMulForm(MachineForm[nn.MatMulOp]):
    """Images of rows, by a weight for each image.

    The zero points are 0: they could be folded into no bias.
    """

    wants = Wants.CENTRED

    def why_not(self, op: nn.MatMulOp) -> str | None:
        """No operand is a constant, and none is broadcast."""
        if any(is_weight(value) for value in op.operands):
            return "one operand is a constant tensor"
        lhs, rhs = map(shape, op.operands)
        broadcast = lhs[:-2] != rhs[:-2]
        return f"it broadcasts {list(lhs)} and {list(rhs)}" if broadcast else None

    def quantised(self, op: nn.MatMulOp, site: Site) -> nn.Operator:
        lhs, rhs = site.inputs
        return nn.MatMulOp(
            lhs,
            rhs,
            transposed=op.transposed is not None,
            rescale=site.rescale(uniform(lhs).scale * uniform(rhs).scale),
            element=site.element,
        )

    def stage(self, op: nn.MatMulOp) -> Stage:
        *leading, rows, depth = shape(op.lhs)
        if op.transposed is None or [*shape(op.rhs)[:-2]] != leading:
            raise AipuError(
                f"a product of {[*leading, rows, depth]} and {list(shape(op.rhs))} "
                "whose second side is not transposed, or is broadcast"
            )
        images, channels = prod(leading), shape(op.ofm)[-1]
        return Stage(
            source_name(op),
            op.name,
            "mac.conv",
            Kind.CONVOLUTION,
            (images, rows, 1, depth),
            (images, rows, 1, channels),
            macs=images * rows * depth * channels,
            parameter_bytes=RECORD * channels,
            computed_weight=True,
        )

    def numbers(self, op: nn.MatMulOp, weights: WeightStore) -> Numbers:
        (multiplier,), shift = multipliers(op, op.rescale)
        if type_of(op.lhs).zero_point or type_of(op.rhs).zero_point:
            raise AipuError(
                "a product of two feature maps needs the zero point 0 on both sides",
                place=source_name(op),
            )
        channels = shape(op.ofm)[-1]
        return Numbers(
            {"zero_point": type_of(op.ofm).zero_point, **clamped(op.ofm)},
            parameters=record_bytes(
                np.zeros(channels),
                np.full(channels, multiplier),
                np.full(channels, shift),
            ),
        )


def parameters(op: nn.WeightedSums, site: Site, groups: int = 1) -> list[SSAValue]:
    """Weight, bias, multiplier, and shift if it has one; channels' scales are kept.

    With slopes, multiplier and shift of sums below 0 follow.
    """
    constants = site.constants
    weight, bias = constants.array(op.weight), constants.array(op.bias)
    ifm, scale = uniform(site.inputs[0]), constants.scale(op.weight)
    try:
        made = site.rules.parameters(weight, bias, ifm, site.element, scale, groups)
    except AipuError as error:
        raise AipuError(error.message, place=place(op), remedy=error.remedy) from None
    key = key_of(op.weight)
    constants.store.add(f"{key}/scale", made.scale)
    kept = [
        constants.keep(f"{key}/int8", made.weight),
        constants.keep(f"{key_of(op.bias)}/int32", made.bias),
        constants.keep(f"{key}/multiplier", made.multiplier),
    ]
    if made.multiplier.dtype != np.float32:
        kept.append(constants.keep(f"{key}/shift", made.shift))
    if op.slope is not None:
        multiplier, shift = below(made, constants.array(op.slope))
        kept.append(constants.keep(f"{key_of(op.slope)}/multiplier", multiplier))
        kept.append(constants.keep(f"{key_of(op.slope)}/shift", shift))
    return kept


def below(
    made: Parameters, slopes: np.ndarray
) -> tuple[NDArray[np.int16], NDArray[np.int8]]:
    """Multiplier and shift of sums below 0: those of the others, times the slopes."""
    ratio = np.ldexp(
        made.multiplier * slopes.astype(np.float64), -made.shift.astype(int)
    )
    multiplier, shift = decompose(np.abs(ratio))
    return (np.sign(ratio) * multiplier).astype(np.int16), shift.astype(np.int8)


def is_leaky(op: nn.WeightedSums) -> bool:
    """Whether an operator on integers scales sums below 0 in another way."""
    return len(op.rescale) == 4


def in_leaky_form(mnemonic: str, op: nn.WeightedSums) -> str:
    """The instruction, or the leaky form of it."""
    return f"{mnemonic}_leaky" if is_leaky(op) else mnemonic


def record_of(op: nn.WeightedSums) -> int:
    """Bytes of the parameters of a channel."""
    return LEAKY_RECORD if is_leaky(op) else RECORD


def every(stride: tuple[int, int], ifm: Map, ofm: Map) -> View:
    """The pixels of the ifm that a strided 1x1 convolution reads, and no others."""
    image, row, column, channel = View.dense(ifm).strides
    shape = (ifm[0], ofm[1], ofm[2], ifm[3])
    return View(shape, (image, row * stride[0], column * stride[1], channel))


def scaled_records(
    op: nn.WeightedSums, bias: np.ndarray, factors: Sequence[np.ndarray]
) -> np.ndarray:
    """Records of multipliers and shifts, or of float32: each 24 bits and a shift.

    Raises:
        AipuError: the shift of a float32 is none of the machine's.
    """
    if len(factors) > 1:
        return record_bytes(bias, *factors)
    (multiplier,) = factors
    within = (multiplier >= LEAST_SINGLE) & (multiplier <= GREATEST_SINGLE)
    if not within.all():
        raise AipuError(
            f"expected multipliers from {LEAST_SINGLE} to {GREATEST_SINGLE}, found "
            f"{multiplier[~within][0]}",
            place=source_name(op),
        )
    mantissa, exponent = np.frexp(multiplier.astype(np.float64))
    whole = np.ldexp(mantissa, SIGNIFICANT)
    made = record_bytes(bias, whole, SIGNIFICANT - exponent).view(RECORD_TYPE)
    made["scaling"] |= SINGLE
    return made.view(np.uint8)
