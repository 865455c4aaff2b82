"""The `quant` dialect: integers that stand for reals.

One type, `!quant.uniform<i8, 0.05:-3>`: stored as `i8`, and

    real = scale * (stored - zero_point)

with scale and zero point of the whole tensor. The scales of a per-channel weight
are data: they live beside the weight (`"conv1.weight/scale"`), not in its type.
"""

from collections.abc import Sequence
from math import inf

from xdsl.dialects.builtin import (
    FloatData,
    IntAttr,
    IntegerType,
    Signedness,
    TensorType,
    i8,
)
from xdsl.ir import Attribute, Dialect, ParametrizedAttribute, SSAValue, TypeAttribute
from xdsl.irdl import irdl_attr_definition
from xdsl.parser import AttrParser
from xdsl.printer import Printer
from xdsl.utils.exceptions import VerifyException

from ..errors import AipuError


def real_literal(value: float) -> str:
    """The shortest text that `parse_real` reads back as the same number."""
    if value in (-inf, inf):
        return "inf" if value > 0 else "-inf"
    mantissa, exponent, power = repr(float(value)).partition("e")
    return (mantissa if "." in mantissa else mantissa + ".0") + exponent + power


def parse_real(parser: AttrParser) -> float:
    """A float literal, `inf` or `-inf`."""
    if parser.parse_optional_keyword("inf"):
        return inf
    if parser.parse_optional_punctuation("-"):
        return -parse_real(parser)
    return float(parser.parse_number())


@irdl_attr_definition
class UniformType(ParametrizedAttribute, TypeAttribute):
    """`real = scale * (stored - zero_point)`, one scale for the whole tensor."""

    name = "quant.uniform"

    storage: IntegerType
    scale_data: FloatData
    zero_point_data: IntAttr

    def __init__(self, scale: float, zero_point: int, storage: IntegerType = i8):
        super().__init__(storage, FloatData(scale), IntAttr(zero_point))

    @property
    def scale(self) -> float:
        return self.scale_data.data

    @property
    def zero_point(self) -> int:
        return self.zero_point_data.data

    @property
    def limits(self) -> tuple[int, int]:
        """The least and the greatest stored value."""
        bits = self.storage.width.data
        if self.storage.signedness.data is Signedness.UNSIGNED:
            return 0, (1 << bits) - 1
        return -(1 << (bits - 1)), (1 << (bits - 1)) - 1

    @property
    def real_limits(self) -> tuple[float, float]:
        """The least and the greatest real that is represented without clamping."""
        low, high = self.limits
        return (
            self.scale * (low - self.zero_point),
            self.scale * (high - self.zero_point),
        )

    def verify(self) -> None:
        low, high = self.limits
        if not self.scale > 0 or self.scale == float("inf"):
            raise VerifyException(f"the scale must be positive, found {self.scale}")
        if not low <= self.zero_point <= high:
            raise VerifyException(
                f"the zero point must lie in [{low}, {high}], found {self.zero_point}"
            )

    def print_parameters(self, printer: Printer) -> None:
        with printer.in_angle_brackets():
            printer.print_attribute(self.storage)
            printer.print_string(f", {real_literal(self.scale)}:{self.zero_point}")

    @classmethod
    def parse_parameters(cls, parser: AttrParser) -> Sequence[Attribute]:
        with parser.in_angle_brackets():
            storage = parser.parse_type()
            if not isinstance(storage, IntegerType):
                parser.raise_error(f"expected an integer type, found {storage}")
            parser.parse_punctuation(",")
            scale = parse_real(parser)
            parser.parse_punctuation(":")
            zero_point = parser.parse_integer()
        return storage, FloatData(scale), IntAttr(zero_point)


def quantisation(value: SSAValue) -> UniformType | None:
    """How the elements of a tensor value stand for reals; None if they are reals."""
    if not isinstance(value.type, TensorType):
        return None
    element = value.type.element_type
    return element if isinstance(element, UniformType) else None


def uniform(value: SSAValue) -> UniformType:
    """How the elements of a quantised tensor stand for reals.

    Raises:
        AipuError: they are reals.
    """
    element = quantisation(value)
    if element is None:
        raise AipuError(f"expected a quantised tensor, found {value.type}")
    return element


Quant = Dialect("quant", [], [UniformType])
