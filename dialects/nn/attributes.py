"""What an operator does to a number on its way out: rescale it, then clamp it."""

from math import inf
from typing import NamedTuple

from xdsl.ir import Data, SpacedOpaqueSyntaxAttribute
from xdsl.irdl import irdl_attr_definition
from xdsl.parser import AttrParser
from xdsl.printer import Printer
from xdsl.utils.exceptions import VerifyException

from ..quant import UniformType, parse_real, real_literal


class Clamp(NamedTuple):
    """`min(max(x, low), high)`."""

    low: float = -inf
    high: float = inf

    def stored(self, element: UniformType) -> tuple[int, int]:
        """The clamp on stored integers: each bound to the nearest, within the type."""
        low, high = element.limits

        def store(bound: float) -> int:
            if bound in (-inf, inf):
                return low if bound < 0 else high
            steps = round(bound / element.scale) + element.zero_point
            return min(max(steps, low), high)

        return store(self.low), store(self.high)


NAMED_CLAMPS = {
    "none": Clamp(),
    "relu": Clamp(0.0),
    "relu6": Clamp(0.0, 6.0),
}


@irdl_attr_definition
class ClampAttr(Data[Clamp], SpacedOpaqueSyntaxAttribute):
    """A clamp in reals: `relu`, `relu6`, or any `[low, high]`."""

    name = "nn.clamp"

    def verify(self) -> None:
        if not self.data.low <= self.data.high:
            raise VerifyException(f"clamp from {self.data.low} to {self.data.high}")

    def print_parameter(self, printer: Printer) -> None:
        for name, clamp in NAMED_CLAMPS.items():
            if clamp == self.data:
                printer.print_string(name)
                return
        low, high = map(real_literal, self.data)
        printer.print_string(f"[{low}, {high}]")

    @classmethod
    def parse_parameter(cls, parser: AttrParser) -> Clamp:
        for name, clamp in NAMED_CLAMPS.items():
            if parser.parse_optional_keyword(name):
                return clamp
        bounds = parser.parse_comma_separated_list(
            parser.Delimiter.SQUARE, lambda: parse_real(parser)
        )
        if len(bounds) != 2:
            parser.raise_error("expected relu, relu6 or [low, high]")
        return Clamp(*bounds)


NO_CLAMP = ClampAttr(Clamp())
RELU = ClampAttr(Clamp(0.0))


MULTIPLIER_BITS, LARGEST_SHIFT = 15, 31
"""The Zhouyi's limits."""

FINE_BITS, LARGEST_FINE_SHIFT = 25, 63
"""Those of the parameters that an instruction reads from memory."""


class Rescale(NamedTuple):
    """`x * multiplier >> shift`, rounded half to even.

    What several multipliers mean is said by the operator that has them.
    """

    multipliers: tuple[int, ...]
    shift: int

    @property
    def is_short(self) -> bool:
        """Whether it is within the limits of the Zhouyi."""
        most = max(self.multipliers, default=0)
        return most < 1 << MULTIPLIER_BITS and self.shift <= LARGEST_SHIFT


@irdl_attr_definition
class RescaleAttr(Data[Rescale], SpacedOpaqueSyntaxAttribute):
    """A rescale: `[23170] >> 15`. Most operators take 15 bits and 31 places."""

    name = "nn.rescale"

    def verify(self) -> None:
        multipliers, shift = self.data
        if any(not 0 <= multiplier < 1 << FINE_BITS for multiplier in multipliers):
            raise VerifyException(
                f"a multiplier has up to {FINE_BITS} bits, found {multipliers}"
            )
        if not 0 <= shift <= LARGEST_FINE_SHIFT:
            raise VerifyException(
                f"a shift is 0 to {LARGEST_FINE_SHIFT}, found {shift}"
            )

    def print_parameter(self, printer: Printer) -> None:
        multipliers = ", ".join(map(str, self.data.multipliers))
        printer.print_string(f"[{multipliers}] >> {self.data.shift}")

    @classmethod
    def parse_parameter(cls, parser: AttrParser) -> Rescale:
        multipliers = parser.parse_comma_separated_list(
            parser.Delimiter.SQUARE, parser.parse_integer
        )
        parser.parse_punctuation(">")
        parser.parse_punctuation(">")
        return Rescale(tuple(multipliers), parser.parse_integer())
