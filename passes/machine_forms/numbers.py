"""The numbers of an instruction: what of it depends on values, and not on tiles.

Zero points, multipliers, clamps, and the parameters that lie in memory.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from xdsl.ir import SSAValue

from ...backend_aipu.program import Value
from ...dialects import nn
from ...dialects.nn import ClampAttr
from ...dialects.quant import UniformType, quantisation
from ...errors import AipuError

RECORD_TYPE = np.dtype([("bias", "<i4"), ("scaling", "<u4")])
"""`scaling`: 16 bits of the multiplier, 6 of the shift, 9 more of the multiplier, and
whether the product is rounded to float32."""

LEAKY_RECORD_TYPE = np.dtype([*RECORD_TYPE.descr, ("below", "<u4")])
"""`below`: the same of sums below 0, but that the last bit is the multiplier's sign."""


@dataclass(frozen=True)
class Numbers:
    """Fields of the instruction; `weight` is the key of its weights, `parameters` the
    bytes of its parameters; `fill` is what padding holds.
    """

    fields: Mapping[str, Value] = field(default_factory=dict)
    weight: str | None = None
    parameters: np.ndarray | None = None
    fill: int = 0


def type_of(value: SSAValue) -> UniformType:
    """The type of the integers of a value.

    Raises:
        AipuError: it holds reals.
    """
    element = quantisation(value)
    if element is None:
        raise AipuError(f"expected a quantised tensor, found {value.type}")
    return element


def zero_points(*values: SSAValue) -> tuple[int, ...]:
    """Those of quantised values."""
    return tuple(type_of(value).zero_point for value in values)


def clamped(ofm: SSAValue, activation: ClampAttr = nn.NO_CLAMP) -> dict[str, Value]:
    """The fields of a clamp."""
    low, high = activation.data.stored(type_of(ofm))
    return {"low": low, "high": high}


def record_bytes(
    bias: np.ndarray,
    multiplier: np.ndarray,
    shift: np.ndarray,
    below: np.ndarray | None = None,
    below_shift: np.ndarray | None = None,
) -> np.ndarray:
    """The parameters of channels, as bytes; `below` are multipliers of sums below 0."""
    if below is None or below_shift is None:
        made = np.zeros(len(multiplier), RECORD_TYPE)
    else:
        made = np.zeros(len(multiplier), LEAKY_RECORD_TYPE)
        signs = (below < 0).astype(np.int64) << 31
        made["below"] = scaling(np.abs(below.astype(np.int64)), below_shift) | signs
    made["bias"] = bias
    made["scaling"] = scaling(multiplier, shift)
    return made.view(np.uint8)


def scaling(multiplier: np.ndarray, shift: np.ndarray) -> np.ndarray:
    """Multiplier and shift in one word."""
    high, low = np.divmod(multiplier.astype(np.int64), 1 << 16)
    return low | shift.astype(np.int64) << 16 | high << 22
