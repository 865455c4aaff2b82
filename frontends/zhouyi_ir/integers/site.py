"""What a layer on integers needs: the type of its top, its bounds, its multipliers."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from xdsl.dialects.builtin import (
    Float32Type,
    IntegerType,
    TensorType,
    f32,
    i8,
    i16,
    i32,
    i64,
)
from xdsl.ir import SSAValue

from ....dialects import nn
from ....dialects.nn import Clamp, ClampAttr, Rescale, RescaleAttr
from ....dialects.nn.attributes import FINE_BITS, LARGEST_FINE_SHIFT
from ....dialects.quant import UniformType, quantisation
from ....dialects.semantics.requantise import (
    EXACT_BITS,
    GREATEST_SINGLE,
    LARGEST_MULTIPLIER,
    LARGEST_SHIFT,
    LEAST_SINGLE,
)
from ..elements import element_of, range_of
from ..node import IrNode

ELEMENTS: Mapping[str, IntegerType | Float32Type] = {
    "float32": f32,
    "int8": i8,
    "int16": i16,
    "int32": i32,
    "int64": i64,
}

FINE = ((1 << FINE_BITS) - 1, LARGEST_FINE_SHIFT)
"""The largest multiplier and shift in texts of this compiler."""

CLIP_STEPS = 256
"""Into how many a step of the top is divided where a clip says its bounds."""


def keep(node: IrNode, part: str, array: np.ndarray) -> SSAValue:
    """What a layer reads as an operand, kept as `<layer>/<part>`."""
    key = node.network.weights.add(f"{node.name}/{part}", array)
    return node.emit(
        nn.WeightOp(key, TensorType(ELEMENTS[array.dtype.name], array.shape))
    )


def top_element(node: IrNode, position: int = 0) -> UniformType:
    """The integers of a top."""
    element = element_of(node.block, position)
    if element is None:
        raise node.unsupported("it takes integers to reals")
    return element


def bottom_element(node: IrNode, position: int = 0) -> UniformType:
    """The integers of a bottom."""
    element = quantisation(node.bottom(position))
    if element is None:
        raise node.unsupported("it takes reals to integers")
    return element


def bounds(node: IrNode, function: str) -> ClampAttr:
    """What a layer clamps its result to, in reals."""
    element = top_element(node)
    match function:
        case "NONE":
            clamp = Clamp()
        case "RELU" | "RELU6":
            # The Optimizer leaves the bound of 6 to the range of the integers.
            clamp = Clamp(0.0)
        case "CLIP":
            step = element.scale / CLIP_STEPS
            low, high = (node.block.integer(f"clip_{end}") for end in ("min", "max"))
            clamp = Clamp(low * step, high * step)
        case other:
            raise node.unsupported(f"the function {other} on integers")
    limits = range_of(node.block, element)
    both = Clamp(max(clamp.low, limits.low), min(clamp.high, limits.high))
    if not both.low <= both.high:
        raise node.wrong(f"it clamps to [{both.low}, {both.high}]")
    return ClampAttr(both)


def rescale(node: IrNode, *, fine: bool = False) -> RescaleAttr:
    """The multipliers and the shift of a layer; without any it changes no scale."""
    multipliers = _values(node, "scale", 1)
    (shift,) = _values(node, "shift", 0)[:1] or [0]
    multipliers, shift = in_range(node, multipliers, shift, *(FINE if fine else ()))
    return RescaleAttr(Rescale(tuple(multipliers), shift))


def in_range(
    node: IrNode,
    multipliers: list[int],
    shift: int,
    largest_multiplier: int = LARGEST_MULTIPLIER,
    largest_shift: int = LARGEST_SHIFT,
) -> tuple[list[int], int]:
    """Multipliers of 15 bits, and a shift to the right by 0 to 31.

    A shift to the left is a larger multiplier.
    """
    if -LARGEST_SHIFT <= shift < 0:
        multipliers, shift = [n << -shift for n in multipliers], 0
    for multiplier in multipliers:
        if not (0 <= multiplier <= largest_multiplier and 0 <= shift <= largest_shift):
            raise node.unsupported(f"a rescale of {multiplier} >> {shift}")
    return multipliers, shift


def channel_rescale(node: IrNode, reach: NDArray[np.int64]) -> list[np.ndarray]:
    """Multiplier and shift of each channel; the layer may have one for all.

    A text of this compiler may have fine multipliers, of up to 25 bits, as long as the
    products with what the sums can `reach` are exact; or multipliers of float32, which
    have no shift.
    """
    channels = len(reach)
    if node.holds("scale") and (single := node.array("scale")).dtype == np.float32:
        return [_singles(node, single, channels)]
    multipliers, shifts = (_each(node, name, channels) for name in ("scale", "shift"))
    fine = max(multipliers) > LARGEST_MULTIPLIER or max(shifts) > LARGEST_SHIFT
    largest = FINE if fine else ()
    pairs = [
        in_range(node, [multiplier], shift, *largest)
        for multiplier, shift in zip(multipliers, shifts, strict=True)
    ]
    multiplier = np.array([whole for (whole,), _ in pairs], np.int32)
    if (multiplier * reach >= 1 << EXACT_BITS).any():
        raise node.unsupported("multipliers too large for its sums")
    return [
        multiplier if fine else multiplier.astype(np.int16),
        np.array([right for _, right in pairs], np.int8),
    ]


def _singles(node: IrNode, scale: np.ndarray, channels: int) -> NDArray[np.float32]:
    """Multipliers of float32 that the parameters of the machine can hold."""
    if scale.size != channels:
        raise node.block.wrong("scale_shape", f"expected one for each of {channels}")
    if not ((scale >= LEAST_SINGLE) & (scale <= GREATEST_SINGLE)).all():
        raise node.unsupported(
            f"multipliers of float32 beyond {LEAST_SINGLE} to {GREATEST_SINGLE}"
        )
    return scale.reshape(-1)


def _values(node: IrNode, name: str, default: int) -> list[int]:
    key = f"{name}_value"
    if key in node.block and isinstance(node.block.value(key), list):
        return node.block.integers(key)
    return [node.block.integer(key, default)]


def _each(node: IrNode, name: str, channels: int) -> list[int]:
    if not node.holds(name):
        return [node.block.integer(f"{name}_value")] * channels
    array = node.array(name)
    if array.dtype.kind not in "iu" or array.size not in (1, channels):
        raise node.block.wrong(
            f"{name}_shape", f"expected an integer for each of {channels} channels"
        )
    return np.broadcast_to(array.reshape(-1), channels).tolist()
