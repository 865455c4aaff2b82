"""From the range of a tensor to the integers that stand for its reals."""

from ....dialects.quant import UniformType

LEVELS = 255
LARGEST = 127
DIGITS = 6


def uniform_type(low: float, high: float) -> UniformType:
    """The int8 type whose reals reach from `low` to `high`.

    0 is always among them, and is represented exactly: padding and relu need it. A
    range of 0 alone gets the scale 1. The scale keeps six digits, so that the text of
    a module stays readable and says all.
    """
    low, high = min(low, 0.0), max(high, 0.0)
    scale = significant((high - low) / LEVELS) or 1.0
    zero_point = round(-128 - low / scale)
    return UniformType(scale, min(max(zero_point, -128), 127))


def centred_type(element: UniformType) -> UniformType:
    """The type for the reals of another one whose zero point is 0."""
    if element.zero_point == 0:
        return element
    reach = max(map(abs, element.real_limits))
    return UniformType(significant(reach / LARGEST), 0)


def symmetric(low: float, high: float) -> tuple[float, float]:
    """The range around both ends whose int8 type has the zero point 0."""
    largest = max(-low, high)
    return -largest * 128 / 127, largest


def significant(value: float) -> float:
    """`value` with six significant digits."""
    return float(f"{value:.{DIGITS - 1}e}")
