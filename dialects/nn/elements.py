"""Which operands belong together: lengths of vectors, reals and integers.

Every check raises a `VerifyException` that says what does not fit.
"""

from collections.abc import Sequence

from xdsl.dialects.builtin import IntegerType, Signedness, f32
from xdsl.ir import Attribute, SSAValue
from xdsl.utils.exceptions import VerifyException

from ..quant import UniformType, quantisation
from .attributes import LARGEST_SHIFT, MULTIPLIER_BITS, RescaleAttr
from .tensors import element_type, shape


def stored_as(element: Attribute) -> str:
    """The type in which numpy holds elements, by its name: `int8`, `float32`."""
    if isinstance(element, UniformType):
        element = element.storage
    if not isinstance(element, IntegerType):
        return "float32"
    width = element.width.data
    if width == 1:
        return "bool"
    unsigned = element.signedness.data is Signedness.UNSIGNED
    return f"{'u' if unsigned else ''}int{width}"


def check_alike(values: Sequence[SSAValue], ofm: SSAValue) -> None:
    """Elements that only move keep their type, scale and zero point."""
    for value in values:
        if element_type(value) != element_type(ofm):
            raise VerifyException(
                f"expected elements of one type, found {element_type(value)} and "
                f"{element_type(ofm)}"
            )


def check_quantised(values: Sequence[SSAValue], ofm: SSAValue) -> None:
    """An operator works on reals or on integers, not on both."""
    kinds = {quantisation(value) is not None for value in (*values, ofm)}
    if len(kinds) > 1:
        raise VerifyException(
            "expected all feature maps quantised, or none: "
            + ", ".join(str(element_type(value)) for value in (*values, ofm))
        )


def check_vector(name: str, vector: SSAValue, length: int) -> None:
    """A vector has an element for each channel."""
    if shape(vector) != (length,):
        raise VerifyException(
            f"the {name} must have shape [{length}], found {list(shape(vector))}"
        )


RESCALES = ("multiplier", "shift", "multiplier below 0", "shift below 0")


def check_parameters(
    bias: SSAValue, rescale: Sequence[SSAValue], channels: int
) -> None:
    """A bias for each channel; and on integers a multiplier and a shift, or a float.

    Or two of each, the second of sums below 0; in reals, those have a slope.
    """
    check_vector("bias", bias, channels)
    if len(rescale) not in (0, 1, 2, 4) or (len(rescale) == 1) != is_single(rescale):
        found = ", ".join(str(value.type) for value in rescale)
        raise VerifyException(
            f"a rescale is a multiplier and a shift, perhaps two of each, or one "
            f"multiplier of f32, found {found}"
        )
    for name, vector in zip(RESCALES, rescale, strict=False):
        check_vector(name, vector, channels)


def is_single(rescale: Sequence[SSAValue]) -> bool:
    """Whether the multiplier of a rescale is a float32, which needs no shift."""
    return bool(rescale) and element_type(rescale[0]) == f32


def check_multipliers(
    rescale: RescaleAttr | None, *counts: int, fine: bool = False
) -> None:
    """A rescale, if there is one, has as many multipliers as its operator reads.

    They have 15 bits, and the shift 31 places, but where parameters may be `fine`.
    """
    if rescale is None:
        return
    if not fine and not rescale.data.is_short:
        raise VerifyException(
            f"expected a multiplier of {MULTIPLIER_BITS} bits and a shift of up to "
            f"{LARGEST_SHIFT}, found {rescale.data}"
        )
    if len(rescale.data.multipliers) not in counts:
        expected = " or ".join(map(str, dict.fromkeys(counts)))
        raise VerifyException(
            f"expected {expected} multipliers, found {len(rescale.data.multipliers)}"
        )
