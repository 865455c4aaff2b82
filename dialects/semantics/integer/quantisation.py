"""Between reals and integers, from one scale to another, and any function of int8."""

import numpy as np

from ....errors import AipuError
from ... import nn
from ...locations import place
from ...quant import uniform
from ..uniform import to_singles, to_stored
from .narrowing import centred, narrow


def quantise(op: nn.QuantiseOp, ifm: np.ndarray) -> np.ndarray:
    if np.isnan(ifm).any():
        raise AipuError(
            "cannot quantise a tensor that holds NaN",
            place=place(op),
            remedy="an input holds NaN, or a quotient by 0 or a logarithm before it is",
        )
    return to_stored(ifm, uniform(op.ofm))


def dequantise(op: nn.DequantiseOp, ifm: np.ndarray) -> np.ndarray:
    """In float32."""
    return to_singles(ifm, uniform(op.ifm))


def requantise(op: nn.RequantiseOp, ifm: np.ndarray) -> np.ndarray:
    (multiplier,), shift = op.rescale.data
    return narrow(op, centred(ifm, op.ifm), multiplier, shift, op.activation.data)


def lookup(op: nn.LookupOp, ifm: np.ndarray, table: np.ndarray) -> np.ndarray:
    """Read as unsigned, -128 is 128, so the table is turned by half."""
    return np.roll(table, 128)[ifm.view(np.uint8)]


FUNCTIONS = {
    nn.QuantiseOp: quantise,
    nn.DequantiseOp: dequantise,
    nn.RequantiseOp: requantise,
    nn.LookupOp: lookup,
}
