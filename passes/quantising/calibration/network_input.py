"""What a network takes: its inputs, and which arrays stand for which of their elements.

A real input takes reals. One that the model keeps as integers takes those, too: uint8
for a uint8 input of TFLite are the reals that they stand for. Other integers could be
meant in two ways, so they are refused. An integer input, of ids or pixels, takes
integers.
"""

from typing import NamedTuple

import numpy as np
from xdsl.dialects.builtin import IntegerType, Signedness, f32
from xdsl.dialects.func import FuncOp
from xdsl.ir import Attribute

from ....dialects import nn
from ....dialects.quant import UniformType
from ....dialects.semantics.real.onnx_node import kind_of
from ....errors import AipuError
from ...authoring.functions import input_name, stored_type
from ...authoring.pinned import pinned
from .ids import choices

SHOWN_DIGITS = 6


class Input(NamedTuple):
    """An input of the network: its name, and its shape, the network's batch first.

    `element` is what it computes with; `stored` the integers that the model keeps the
    reals of a real input as, if it does; `rounded` those that it rounds them to;
    `choices` the rows of the table that an integer input picks from, if it is known to.
    """

    name: str
    shape: tuple[int, ...]
    element: Attribute = f32
    stored: UniformType | None = None
    choices: int | None = None
    rounded: UniformType | None = None

    @property
    def dtype(self) -> np.dtype:
        """How numpy holds its elements."""
        return kind_of(self.element)

    @property
    def limits(self) -> tuple[int, int]:
        """The least and the greatest element of an integer input."""
        assert isinstance(self.element, IntegerType)
        bits = self.element.width.data
        if bits == 1 or self.element.signedness.data is Signedness.UNSIGNED:
            return 0, (1 << bits) - 1
        return -(1 << (bits - 1)), (1 << (bits - 1)) - 1


def network_inputs(function: FuncOp) -> list[Input]:
    """The inputs of a network, in order."""
    return [
        Input(
            input_name(argument),
            nn.shape(argument),
            nn.element_type(argument),
            stored_type(argument),
            choices(argument),
            pinned(argument),
        )
        for argument in function.args
    ]


def elements(array: np.ndarray, taken: Input, place: str) -> np.ndarray:
    """What the elements of an array are to the network: reals, or its integers.

    Args:
        array: of any shape.
        taken: the input that it is for.
        place: what an error calls the array.

    Raises:
        AipuError: they are neither what the network computes with nor what the model
            keeps that as.
    """
    if array.dtype.kind not in "bfiu":
        raise AipuError(f"expected numbers, found {array.dtype}", place=place)
    if isinstance(taken.element, IntegerType):
        return _integers(array, taken, place)
    if array.dtype.kind == "f":
        return array
    stored = taken.stored
    if stored is not None and (
        array.dtype == kind_of(stored.storage) or stands_for_itself(stored)
    ):
        return reals_of(array, stored)
    raise _of_two_readings(array, taken, place)


def stands_for_itself(element: UniformType) -> bool:
    """Whether each integer is the real that it stands for: there is one reading."""
    return element.scale == 1 and element.zero_point == 0


def reals_of(stored: np.ndarray, element: UniformType) -> np.ndarray:
    """`scale * (stored - zero_point)`, in float32."""
    centred = stored.astype(np.float64) - element.zero_point
    return (element.scale * centred).astype(np.float32)


def _integers(array: np.ndarray, taken: Input, place: str) -> np.ndarray:
    """An array of the type of an integer input."""
    if array.dtype.kind == "f":
        raise AipuError(
            f"expected integers ({taken.dtype}), found {array.dtype}",
            place=place,
            remedy=f"ids, pixels, yes or no as they are: array.astype('{taken.dtype}')",
        )
    low, high = taken.limits
    if array.size and not low <= array.min() <= array.max() <= high:
        raise AipuError(
            f"expected {taken.dtype}, from {low} to {high}; found {array.min()} to "
            f"{array.max()}",
            place=place,
        )
    return array.astype(taken.dtype, copy=False)


def _of_two_readings(array: np.ndarray, taken: Input, place: str) -> AipuError:
    """Integers may be the reals themselves, or stand for them."""
    if taken.stored is None:
        return AipuError(
            f"expected reals (float32), found {array.dtype}: integers could be the "
            "reals themselves, or have yet to be scaled",
            place=place,
            remedy="the reals themselves: array.astype('float32'); pixels, scaled: "
            "(array - mean) * scale",
        )
    kind, zero = kind_of(taken.stored.storage), taken.stored.zero_point
    scale = f"{taken.stored.scale:.{SHOWN_DIGITS}g}"
    return AipuError(
        f"expected reals (float32), or {kind} as the model stores them, {scale} * "
        f"(stored - {zero}); found {array.dtype}",
        place=place,
        remedy=f"the reals themselves: array.astype('float32'); as the model stores "
        f"them: array.astype('{kind}')",
    )
