"""Numbers that follow the hardware loops around an instruction.

Index    -3 + 16*d0         an affine function of the loop counters, d0 outermost
Extent   16 of 56 at 16*d0  how much of a tile is left: min(16, 56 - 16*d0)
"""

from collections.abc import Sequence
from typing import NamedTuple

from xdsl.ir import Data, SpacedOpaqueSyntaxAttribute
from xdsl.irdl import irdl_attr_definition
from xdsl.parser import AttrParser
from xdsl.printer import Printer

MAX_DEPTH = 5


class Index(NamedTuple):
    """`base + sum(strides[i] * counter[i])`, loops counted from the outermost."""

    base: int = 0
    strides: tuple[int, ...] = ()

    def at(self, counters: Sequence[int]) -> int:
        """The value for given loop counters."""
        return self.base + sum(
            stride * counter
            for stride, counter in zip(self.strides, counters, strict=False)
        )

    def text(self, names: Sequence[str]) -> str:
        """The sum as a person writes it, with the names of the loops."""
        terms = [] if self.base == 0 and any(self.strides) else [str(self.base)]
        for stride, name in zip(self.strides, names, strict=False):
            if stride:
                terms.append(name if stride == 1 else f"{stride}*{name}")
        return " + ".join(terms)


def index(base: int = 0, strides: Sequence[int] = ()) -> Index:
    """An index in its one form: without the zero strides of inner loops."""
    end = len(strides)
    while end and strides[end - 1] == 0:
        end -= 1
    return Index(base, tuple(strides[:end]))


class Extent(NamedTuple):
    """`min(size, total - position)`: what is left of `total` for a tile of `size`."""

    size: int
    total: int
    position: Index = Index()

    def text(self, names: Sequence[str]) -> str:
        """`size`, or `size of total at position` where the tile can be cut short."""
        if self == whole(self.size):
            return str(self.size)
        return f"{self.size} of {self.total} at {self.position.text(names)}"


def whole(size: int) -> Extent:
    """A tile that is never cut short."""
    return Extent(size, size)


DEPTHS = tuple(f"d{depth}" for depth in range(MAX_DEPTH))


def parse_index(parser: AttrParser) -> Index:
    """`-3 + 16*d0 + d1`"""
    base, strides = 0, [0] * MAX_DEPTH
    while True:
        if (name := parser.parse_optional_keyword_in(DEPTHS)) is not None:
            strides[DEPTHS.index(name)] += 1
        else:
            number = parser.parse_integer(allow_boolean=False)
            if parser.parse_optional_punctuation("*"):
                name = parser.expect(
                    lambda: parser.parse_optional_keyword_in(DEPTHS),
                    f"expected one of {', '.join(DEPTHS)}",
                )
                strides[DEPTHS.index(name)] += number
            else:
                base += number
        if not parser.parse_optional_punctuation("+"):
            return index(base, strides)


@irdl_attr_definition
class IndexAttr(Data[Index], SpacedOpaqueSyntaxAttribute):
    """An affine function of the loop counters."""

    name = "aipu.index"

    def print_parameter(self, printer: Printer) -> None:
        printer.print_string(self.data.text(DEPTHS))

    @classmethod
    def parse_parameter(cls, parser: AttrParser) -> Index:
        return parse_index(parser)


@irdl_attr_definition
class ExtentAttr(Data[Extent], SpacedOpaqueSyntaxAttribute):
    """What is left of a tile."""

    name = "aipu.extent"

    def print_parameter(self, printer: Printer) -> None:
        printer.print_string(self.data.text(DEPTHS))

    @classmethod
    def parse_parameter(cls, parser: AttrParser) -> Extent:
        size = parser.parse_integer(allow_boolean=False)
        if not parser.parse_optional_keyword("of"):
            return whole(size)
        total = parser.parse_integer(allow_boolean=False)
        parser.parse_keyword("at")
        return Extent(size, total, parse_index(parser))


@irdl_attr_definition
class IndicesAttr(Data[tuple[Index, ...]], SpacedOpaqueSyntaxAttribute):
    """A position in a tensor: `[0, -1 + 16*d0, -1, 0]`."""

    name = "aipu.indices"

    def print_parameter(self, printer: Printer) -> None:
        with printer.in_square_brackets():
            printer.print_list(
                self.data, lambda index: printer.print_string(index.text(DEPTHS))
            )

    @classmethod
    def parse_parameter(cls, parser: AttrParser) -> tuple[Index, ...]:
        return tuple(
            parser.parse_comma_separated_list(
                parser.Delimiter.SQUARE, lambda: parse_index(parser)
            )
        )
