"""Multipliers and shifts of a layer: one pair as values, many as constants."""

import numpy as np

from ....dialects.nn import RescaleAttr
from ..values import Value
from .sheet import Sheet

LARGEST_UINT8 = 255


def width(*multipliers: int) -> str:
    """The narrowest type that the IR has for multipliers."""
    return "uint8" if max(multipliers, default=0) <= LARGEST_UINT8 else "uint16"


def put_rescale(rescale: RescaleAttr | None, sheet: Sheet) -> None:
    """Write the multipliers of a layer, and its shift."""
    if rescale is None:
        return
    multipliers, shift = rescale.data
    if len(multipliers) == 1:
        put_one(multipliers[0], shift, sheet)
        return
    kinds: list[Value] = [width(*multipliers)] * len(multipliers)
    sheet.put(
        scale_value=list(multipliers),
        shift_value=shift,
        scale_type=kinds,
        shift_type="int8",
    )


def put_one(multiplier: int, shift: int, sheet: Sheet) -> None:
    """Write one multiplier and one shift for all elements."""
    sheet.put(
        scale_value=multiplier,
        shift_value=shift,
        shift_type="int8",
        scale_type=width(multiplier),
    )


def put_channels(multiplier: np.ndarray, shift: np.ndarray, sheet: Sheet) -> None:
    """Write a multiplier and a shift for each channel."""
    sheet.keep("scale", multiplier.astype(np.uint16))
    sheet.keep("shift", shift.astype(np.int8))
