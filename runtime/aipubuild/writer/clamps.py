"""Clamps, at the end of a layer or as one of their own: NONE, RELU, RELU6 or CLIP."""

from math import inf

from xdsl.ir import SSAValue

from ....dialects.nn import Clamp
from ....dialects.quant import UniformType, quantisation
from .sheet import Sheet

NAMES = {
    Clamp(): "NONE",
    Clamp(0.0): "RELU",
    Clamp(0.0, 6.0): "RELU6",
}
CLIP_STEPS = 256
"""Bounds on integers are said in so many parts of a step."""


def put_activation(clamp: Clamp, ofm: SSAValue, sheet: Sheet) -> None:
    """Write a clamp at the end of a layer."""
    _put("with_activation", clamp, ofm, sheet)


def put_method(clamp: Clamp, ofm: SSAValue, sheet: Sheet) -> None:
    """Write a clamp that is a layer of its own."""
    _put("method", clamp, ofm, sheet)


def _put(key: str, clamp: Clamp, ofm: SSAValue, sheet: Sheet) -> None:
    element = quantisation(ofm)
    if element is not None:
        clamp = effective(clamp, element)
    name = NAMES.get(clamp, "CLIP")
    sheet.put(**{key: name})
    if name == "CLIP" and element is None:
        sheet.put(clip_min=clamp.low, clip_max=clamp.high)
    elif name == "CLIP" and element is not None:
        low, high = (bound - element.zero_point for bound in clamp.stored(element))
        sheet.put(clip_min=CLIP_STEPS * low, clip_max=CLIP_STEPS * high)


def effective(clamp: Clamp, element: UniformType) -> Clamp:
    """A clamp on integers without the bound that their range sets anyway.

    A relu stays one even so; and RELU6 on integers means another thing to the IR.
    """
    low, high = clamp.stored(element)
    upper = inf if high == element.limits[1] else clamp.high
    if clamp.low == 0.0 and upper == inf:
        return Clamp(0.0)
    lower = -inf if low == element.limits[0] else clamp.low
    if (lower, upper) == (0.0, 6.0):
        return Clamp(0.0, element.scale * (high - element.zero_point))
    return Clamp(lower, upper)
