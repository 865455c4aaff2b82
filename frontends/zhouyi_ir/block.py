"""One block of an IR's text, the header or a layer: keys, and values by their kinds."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from ...errors import AipuError, nearest
from .values import Value, parse_value

Kind = TypeVar("Kind", int, float)


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
        if not isinstance(found, int) or isinstance(found, bool):
            raise self.wrong(key, "expected an integer")
        return found

    def real(self, key: str, default: float | None = None) -> float:
        """A number; without a default it must be there."""
        if default is not None and key not in self.fields:
            return default
        found = self.value(key)
        if not isinstance(found, int | float) or isinstance(found, bool):
            raise self.wrong(key, "expected a number")
        return float(found)

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
            found = [float(n) if isinstance(n, int) else n for n in found]
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
        kept = found if isinstance(found, list) else []
        numbers = [n for n in kept if isinstance(n, kind) and not isinstance(n, bool)]
        if not isinstance(found, list) or len(numbers) != len(found):
            raise self.wrong(key, f"expected {wanted}")
        return numbers
