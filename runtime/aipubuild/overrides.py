"""A value for all nodes with others for some: the grammar is `overrides.lark`."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from lark import Lark, Token, Transformer
from lark.exceptions import UnexpectedInput, VisitError

from ...errors import AipuError


@dataclass(frozen=True)
class LayerRanges:
    """Nodes whose number lies in one of the ranges, both ends included."""

    ranges: Sequence[tuple[int, int]]


@dataclass(frozen=True)
class Operators:
    """Nodes of these types."""

    types: Sequence[str]


@dataclass(frozen=True)
class NamedNodes:
    """Nodes with a name that the expression fits, whole."""

    expression: re.Pattern[str]


Nodes = LayerRanges | Operators | NamedNodes


@dataclass(frozen=True)
class Overrides:
    """What every node gets; a rule for its number, type or name goes first."""

    value: str
    rules: Sequence[tuple[Nodes, str]] = field(default_factory=tuple)

    @property
    def values(self) -> list[str]:
        """All that any node may get."""
        return [self.value, *(value for _, value in self.rules)]

    def of(self, number: int, operator: str, name: str) -> str:
        """The value of one node. Numbers go before types, types before names."""
        for kind in (LayerRanges, Operators, NamedNodes):
            for nodes, value in self.rules:
                if isinstance(nodes, kind) and _among(nodes, number, operator, name):
                    return value
        return self.value


def _among(nodes: Nodes, number: int, operator: str, name: str) -> bool:
    match nodes:
        case LayerRanges(ranges):
            return any(first <= number <= last for first, last in ranges)
        case Operators(types):
            return operator.lower() in (each.lower() for each in types)
        case NamedNodes(expression):
            return expression.fullmatch(name) is not None


def parse_overrides(text: str, place: str) -> Overrides:
    """Read the value of a key.

    Raises:
        AipuError: it does not fit the grammar; the message marks the column.
    """
    try:
        return _Reader().transform(_PARSER.parse(text))
    except UnexpectedInput as error:
        mark = text.replace("\n", " ") + "\n  " + " " * (error.column - 1) + "^"
        raise AipuError(
            f"expected `value & <[Type]:value>` here:\n  {mark}", place=place
        ) from None
    except VisitError as error:
        raise AipuError(
            f"no regular expression: {error.orig_exc}", place=place
        ) from None


class _Reader(Transformer[Token, Overrides]):
    """From the tree of a text to `Overrides`."""

    def start(self, parts: list) -> Overrides:
        value, *rules = parts
        return Overrides(value, tuple(rules))

    def override(self, parts: list) -> tuple[Nodes, str]:
        nodes, value = parts
        return nodes, value

    def layer_ranges(self, ranges: list[tuple[int, int]]) -> Nodes:
        return LayerRanges(tuple(ranges))

    def layers(self, ends: list[Token]) -> tuple[int, int]:
        return int(ends[0]), int(ends[-1])

    def operators(self, names: list[Token]) -> Nodes:
        return Operators(tuple(map(str, names)))

    def names(self, tokens: list[Token]) -> Nodes:
        return NamedNodes(re.compile(tokens[0][1:-1]))

    def value(self, tokens: list[Token]) -> str:
        return str(tokens[0])


_PARSER = Lark.open("overrides.lark", rel_to=__file__)
