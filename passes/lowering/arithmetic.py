"""The arithmetic of operators as instruction fields and parameters: a table.

What depends on values and not on tiles: zero points, multipliers, clamps, and the
parameters that lie in memory. The zero point of a convolution's ifm is folded into its
bias here, since padding holds that zero point: `sum((x - z) * w) = sum(x * w) - z *
sum(w)`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from xdsl.ir import Operation, SSAValue

from ...backend_aipu.program import Value
from ...dialects import nn
from ...dialects.locations import source_name
from ...dialects.nn import Clamp, ClampAttr
from ...dialects.quant import UniformType, quantisation
from ...dialects.semantics.requantise import GREATEST_SINGLE, LEAST_SINGLE
from ...dialects.semantics.weights import WeightStore
from ...errors import AipuError

RECORD_TYPE = np.dtype([("bias", "<i4"), ("scaling", "<u4")])
"""`scaling`: 16 bits of the multiplier, 6 of the shift, 9 more of the multiplier, and
whether the product is rounded to float32."""

SINGLE = 1 << 31
SIGNIFICANT = 24
"""Bits of a float32."""


@dataclass(frozen=True)
class Arithmetic:
    """Fields of the instruction; `weight` is the key of its weights, `parameters` the
    bytes of its parameters; `fill` is what padding holds.
    """

    fields: Mapping[str, Value] = field(default_factory=dict)
    weight: str | None = None
    parameters: np.ndarray | None = None
    fill: int = 0


def arithmetic_of(op: Operation, weights: WeightStore) -> Arithmetic:
    """The arithmetic of a quantised operator."""
    return ARITHMETIC[type(op)](op, weights)


def _type(value: SSAValue) -> UniformType:
    element = quantisation(value)
    if element is None:
        raise AipuError(f"expected a quantised tensor, found {value.type}")
    return element


def _key(value: SSAValue) -> str:
    assert isinstance(value.owner, nn.WeightOp)
    return value.owner.key.data


def _clamp(ofm: SSAValue, activation: ClampAttr = nn.NO_CLAMP) -> dict[str, Value]:
    low, high = activation.data.stored(_type(ofm))
    return {"low": low, "high": high}


def _multiply_accumulate(op: Operation, weights: WeightStore) -> Arithmetic:
    assert isinstance(op, nn.Conv2dOp | nn.FullyConnectedOp)
    factors = [weights[_key(value)] for value in op.rescale]
    weight, bias = weights[_key(op.weight)], weights[_key(op.bias)]
    zero_point = _type(op.ifm).zero_point
    sums = weight.reshape(len(weight), -1).sum(axis=1, dtype=np.int64)
    folded = bias.astype(np.int64) - zero_point * sums
    if np.abs(folded).max(initial=0) > np.iinfo(np.int32).max:
        raise AipuError("its bias does not fit 32 bits", place=source_name(op))
    return Arithmetic(
        {"zero_point": _type(op.ofm).zero_point, **_clamp(op.ofm, op.activation)},
        _key(op.weight),
        _scaled_records(op, folded, factors),
        zero_point,
    )


def _matmul(op: Operation, weights: WeightStore) -> Arithmetic:
    """The zero points are 0: they could be folded into no bias."""
    assert isinstance(op, nn.MatMulOp) and op.rescale is not None
    (multiplier,), shift = op.rescale.data
    if _type(op.lhs).zero_point or _type(op.rhs).zero_point:
        raise AipuError(
            "a product of two feature maps needs the zero point 0 on both sides",
            place=source_name(op),
        )
    channels = nn.shape(op.ofm)[-1]
    return Arithmetic(
        {"zero_point": _type(op.ofm).zero_point, **_clamp(op.ofm)},
        parameters=_records(
            np.zeros(channels), np.full(channels, multiplier), np.full(channels, shift)
        ),
    )


def _softmax(op: Operation, weights: WeightStore) -> Arithmetic:
    assert isinstance(op, nn.SoftmaxOp) and op.table is not None
    element = _type(op.ofm)
    return Arithmetic(
        {
            "levels": round(256 / element.scale),
            "zero_point": element.zero_point,
            **_clamp(op.ofm),
        },
        parameters=weights[_key(op.table)].astype("<i2").view(np.uint8),
    )


def _records(bias: np.ndarray, multiplier: np.ndarray, shift: np.ndarray) -> np.ndarray:
    records = np.zeros(len(multiplier), RECORD_TYPE)
    high, low = np.divmod(multiplier.astype(np.int64), 1 << 16)
    records["bias"] = bias
    records["scaling"] = low | shift.astype(np.int64) << 16 | high << 22
    return records.view(np.uint8)


def _scaled_records(
    op: Operation, bias: np.ndarray, factors: Sequence[np.ndarray]
) -> np.ndarray:
    """Records of multipliers and shifts, or of float32: each 24 bits and a shift.

    Raises:
        AipuError: the shift of a float32 is none of the machine's.
    """
    if len(factors) == 2:
        return _records(bias, *factors)
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
    records = _records(bias, whole, SIGNIFICANT - exponent).view(RECORD_TYPE)
    records["scaling"] |= SINGLE
    return records.view(np.uint8)


def _add(op: Operation, weights: WeightStore) -> Arithmetic:
    assert isinstance(op, nn.AddOp | nn.SubOp) and op.rescale is not None
    (total, left, right), shift = op.rescale.data
    types = (_type(op.lhs), _type(op.rhs), _type(op.ofm))
    sign = -1 if isinstance(op, nn.SubOp) else 1
    return Arithmetic(
        {
            "multipliers": (total, left, sign * right),
            "shift": shift,
            "zero_points": tuple(element.zero_point for element in types),
            **_clamp(op.ofm, op.activation),
        }
    )


def _mul(op: Operation, weights: WeightStore) -> Arithmetic:
    assert isinstance(op, nn.MulOp) and op.rescale is not None
    (multiplier,), shift = op.rescale.data
    types = (_type(op.lhs), _type(op.rhs), _type(op.ofm))
    return Arithmetic(
        {
            "multiplier": multiplier,
            "shift": shift,
            "zero_points": tuple(element.zero_point for element in types),
            **_clamp(op.ofm, op.activation),
        }
    )


def _choose(op: Operation, weights: WeightStore) -> Arithmetic:
    assert isinstance(op, nn.MaximumOp | nn.MinimumOp)
    return Arithmetic(_clamp(op.ofm, op.activation))


def _requantise(op: Operation, weights: WeightStore) -> Arithmetic:
    assert isinstance(op, nn.RequantiseOp)
    (multiplier,), shift = op.rescale.data
    return Arithmetic(
        {
            "multiplier": multiplier,
            "shift": shift,
            "zero_points": (_type(op.ifm).zero_point, _type(op.ofm).zero_point),
            **_clamp(op.ofm, op.activation),
        }
    )


def _lookup(op: Operation, weights: WeightStore) -> Arithmetic:
    assert isinstance(op, nn.LookupOp)
    return Arithmetic(parameters=weights[_key(op.table)])


def _max_pool2d(op: Operation, weights: WeightStore) -> Arithmetic:
    assert isinstance(op, nn.MaxPool2dOp)
    least, _ = _type(op.ifm).limits
    return Arithmetic(fill=least)


def _avg_pool2d(op: Operation, weights: WeightStore) -> Arithmetic:
    assert isinstance(op, nn.AvgPool2dOp) and op.rescale is not None
    multipliers, shift = op.rescale.data
    return Arithmetic(
        {"zero_points": op.zero_points, **_clamp(op.ofm)},
        parameters=_records(
            np.zeros(len(multipliers)),
            np.array(multipliers),
            np.full(len(multipliers), shift),
        ),
        fill=op.zero_points[0],
    )


def _pad(op: Operation, weights: WeightStore) -> Arithmetic:
    assert isinstance(op, nn.PadOp)
    bound = op.value.value.data
    fill, _ = Clamp(bound, bound).stored(_type(op.ofm))
    return Arithmetic(fill=fill)


def _nothing(op: Operation, weights: WeightStore) -> Arithmetic:
    return Arithmetic()


ARITHMETIC: Mapping[type[Operation], Callable[[Operation, WeightStore], Arithmetic]] = {
    nn.Conv2dOp: _multiply_accumulate,
    nn.FullyConnectedOp: _multiply_accumulate,
    nn.MatMulOp: _matmul,
    nn.SoftmaxOp: _softmax,
    nn.AddOp: _add,
    nn.SubOp: _add,
    nn.MulOp: _mul,
    nn.MaximumOp: _choose,
    nn.MinimumOp: _choose,
    nn.RequantiseOp: _requantise,
    nn.LookupOp: _lookup,
    nn.MaxPool2dOp: _max_pool2d,
    nn.AvgPool2dOp: _avg_pool2d,
    nn.PadOp: _pad,
    nn.ConcatOp: _nothing,
    nn.SliceOp: _nothing,
    nn.TransposeOp: _nothing,
}
