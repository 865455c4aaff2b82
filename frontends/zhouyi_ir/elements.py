"""Which integers stand for the reals of a tensor: what the IR says, and what `nn` says.

The IR has it the other way round, and unsigned integers too:

    IR    stored = round(real * scale) - zero point        int8 or uint8
    nn    stored = round(real / scale) + zero point        int8

A uint8 is kept as an int8 that is less by 128.
"""

from collections.abc import Mapping
from math import inf

from ...dialects.nn import Clamp
from ...dialects.quant import UniformType
from ...errors import UnsupportedError
from .block import Block

UNSIGNED = 128
"""What a uint8 is more than the int8 that it is kept as."""

OFFSETS: Mapping[str, int] = {"int8": 0, "uint8": UNSIGNED}
"""The types of quantised tensors, and what they are more than the int8 here."""

LEAST, GREATEST = -128, 127


def element_of(block: Block, position: int = 0) -> UniformType | None:
    """The integers of a top; None if it holds reals, or whole numbers as they are.

    Raises:
        UnsupportedError: integers of other widths, or with a scale for each channel.
        AipuError: the scale or the zero point cannot be.
    """
    kind = top_type(block, position)
    if "layer_top_scale_offset" in block:
        raise UnsupportedError("a scale for each channel", place=block.place())
    if kind.startswith(("float", "bfloat")) or "layer_top_scale" not in block:
        return None
    scales, zero_points = block.reals("layer_top_scale"), block.integers("layer_top_zp")
    if not len(scales) == len(zero_points) > position:
        raise block.wrong("layer_top_scale", "expected one scale for each top")
    scale, zero_point = scales[position], zero_points[position]
    if kind not in OFFSETS:
        if (scale, zero_point) == (1.0, 0):
            return None
        raise UnsupportedError(
            f"a tensor of {kind}, expected int8 or uint8",
            place=block.place("layer_top_type"),
        )
    stored_zero = -zero_point - OFFSETS[kind]
    if not 1e-30 < scale < 1e30:
        raise block.wrong("layer_top_scale", "expected positive scales")
    if not LEAST <= stored_zero <= GREATEST:
        raise block.wrong("layer_top_zp", f"no {kind} stands for 0")
    return UniformType(1 / scale, stored_zero)


def top_type(block: Block, position: int = 0) -> str:
    """What a top holds: `int8`, `float32` and so on."""
    kinds = block.words("layer_top_type")
    if position >= len(kinds):
        raise block.wrong("layer_top_type", "expected one type for each top")
    return kinds[position]


def range_of(block: Block, element: UniformType) -> Clamp:
    """The reals that the integers of the first top may stand for, if not all."""
    if "layer_top_range" not in block:
        return Clamp()
    ranges = block.lists("layer_top_range")
    if not ranges or len(ranges[0]) != 2:
        raise block.wrong("layer_top_range", "expected pairs")
    low, high = (bound - OFFSETS[top_type(block)] for bound in ranges[0])
    if not low <= high:
        raise block.wrong("layer_top_range", "expected the lower bound first")
    return Clamp(
        -inf if low <= LEAST else element.scale * (low - element.zero_point),
        inf if high >= GREATEST else element.scale * (high - element.zero_point),
    )
