"""The text of an IR: a header and layers, blocks of `key=value` with a line between.

    model_name=tiny
    layer_number=1
                              the header ends at an empty line, as every layer does
    layer_id=0
    layer_name=x
    layer_type=Input

What a text says is kept as it is written, so that reading and writing it changes
nothing, and keys that nobody here knows survive.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from ...errors import AipuError, nearest
from .values import Value, parse_value

Kind = TypeVar("Kind", int, float, bool, str)


@dataclass(frozen=True)
class Block:
    """Keys and their values, in order.

    fields: the text of each value.
    file: where it was read, and from which `line` on.
    """

    fields: Mapping[str, str]
    file: str = ""
    line: int = 1

    def place(self, key: str = "") -> str:
        """What an error calls a key, or the whole block: `net.txt:12`."""
        if not self.file:
            return ""
        line = self.line + (list(self.fields).index(key) if key in self.fields else 0)
        return f"{self.file}:{line}"

    def __contains__(self, key: str) -> bool:
        return key in self.fields

    def text(self, key: str, default: str | None = None) -> str:
        """A value as it is written; without a default it must be there."""
        if key in self.fields:
            return self.fields[key]
        if default is None:
            raise AipuError(
                f"'{key}' is missing",
                place=self.place(),
                remedy=nearest(key, self.fields) if self.fields else "",
            )
        return default

    def value(self, key: str) -> Value:
        """A value that must be there."""
        try:
            return parse_value(self.text(key))
        except ValueError as error:
            raise self.wrong(key, f"{error}") from None

    def integer(self, key: str, default: int | None = None) -> int:
        """An integer; without a default it must be there."""
        if default is not None and key not in self.fields:
            return default
        found = self.value(key)
        if type(found) is not int:
            raise self.wrong(key, "expected an integer")
        return found

    def real(self, key: str, default: float | None = None) -> float:
        """A number; without a default it must be there."""
        if default is not None and key not in self.fields:
            return default
        found = self.value(key)
        if type(found) not in (int, float):
            raise self.wrong(key, "expected a number")
        return float(str(found))

    def flag(self, key: str, default: bool) -> bool:
        """`true` or `false`."""
        if key not in self.fields:
            return default
        found = self.value(key)
        if not isinstance(found, bool):
            raise self.wrong(key, "expected true or false")
        return found

    def words(self, key: str) -> list[str]:
        """A list of names; a name may look like a number."""
        inside = self.text(key).strip()
        if not (inside.startswith("[") and inside.endswith("]")):
            raise self.wrong(key, "expected a list of names")
        return [name.strip() for name in inside[1:-1].split(",") if name.strip()]

    def integers(self, key: str) -> list[int]:
        """A list of integers."""
        return self._list(key, self.value(key), int, "a list of integers")

    def reals(self, key: str) -> list[float]:
        """A list of numbers."""
        found = self.value(key)
        if isinstance(found, list):
            found = [float(n) if type(n) is int else n for n in found]
        return self._list(key, found, float, "a list of numbers")

    def lists(self, key: str) -> list[list[int]]:
        """A list of lists of integers: shapes, ranges, pads."""
        found = self.value(key)
        if not isinstance(found, list):
            raise self.wrong(key, "expected a list of lists")
        wanted = "a list of lists of integers"
        return [self._list(key, inner, int, wanted) for inner in found]

    def wrong(self, key: str, message: str) -> AipuError:
        """The error of a value that cannot be."""
        text = self.fields.get(key, "")
        shown = text if len(text) <= 60 else text[:57] + "..."
        return AipuError(f"{message}, found '{key}={shown}'", place=self.place(key))

    def _list(
        self, key: str, found: Value, kind: type[Kind], wanted: str
    ) -> list[Kind]:
        if not isinstance(found, list):
            raise self.wrong(key, f"expected {wanted}")
        kept = [value for value in found if type(value) is kind]
        if len(kept) != len(found):
            raise self.wrong(key, f"expected {wanted}")
        return [kind(value) for value in kept]


@dataclass(frozen=True)
class Text:
    """The header and the layers; `open_end` if no empty line follows the last."""

    header: Block
    layers: Sequence[Block]
    open_end: bool = False


def read_text(text: str, file: str) -> Text:
    """The blocks of a text.

    Raises:
        AipuError: a line is no `key=value`, a key stands twice in a block, or the
            number of layers is not the one that the header says.
    """
    blocks = list(_blocks(text, file))
    if not blocks:
        raise AipuError("expected an IR, found an empty text", place=file)
    header, *layers = blocks
    promised = header.integer("layer_number")
    for block in layers:
        if "subgraph_name" in block:
            raise AipuError(
                "a network with subgraphs is not supported",
                place=block.place("subgraph_name"),
            )
    if promised != len(layers):
        raise header.wrong("layer_number", f"the text has {len(layers)} layers")
    return Text(header, layers, open_end=not text.endswith("\n\n"))


def _blocks(text: str, file: str) -> Iterator[Block]:
    fields: dict[str, str] = {}
    first = 1
    for number, line in enumerate(text.split("\n"), start=1):
        line = line.removesuffix("\r")
        if line:
            if not fields:
                first = number
            key, equals, value = line.partition("=")
            if not equals or not key.isidentifier():
                shown = line if len(line) <= 60 else line[:57] + "..."
                raise AipuError(
                    f"expected 'key=value', found '{shown}'", place=f"{file}:{number}"
                )
            if key in fields:
                raise AipuError(
                    f"'{key}' stands twice in one block", place=f"{file}:{number}"
                )
            fields[key] = value
        elif fields:
            yield Block(fields, file, first)
            fields = {}
    if fields:
        yield Block(fields, file, first)


def write_text(text: Text) -> str:
    """The text of the blocks: what `read_text` was given, byte by byte."""
    written = "\n".join(map(_block_text, (text.header, *text.layers)))
    return written if text.open_end else f"{written}\n"


def _block_text(block: Block) -> str:
    return "".join(f"{key}={value}\n" for key, value in block.fields.items())
