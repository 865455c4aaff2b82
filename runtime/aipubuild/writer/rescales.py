"""Multipliers and shifts of a layer: one pair as values, many as constants."""

import numpy as np

from ....dialects.nn import RescaleAttr
from ....frontends.zhouyi_ir.values import Value
from .sheet import Sheet

WIDTHS = {"uint8": (1 << 8) - 1, "uint16": (1 << 16) - 1, "uint32": (1 << 32) - 1}


def width(*multipliers: int) -> str:
    """The narrowest type for multipliers; more than 16 bits are our own."""
    largest = max(multipliers, default=0)
    return next(kind for kind, most in WIDTHS.items() if largest <= most)


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
    wide = width(int(multiplier.max(initial=0))) == "uint32"
    sheet.keep("scale", multiplier.astype(np.uint32 if wide else np.uint16))
    sheet.keep("shift", shift.astype(np.int8))
