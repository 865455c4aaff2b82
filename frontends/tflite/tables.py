"""Reading tables of a flatbuffer, whatever their lengths and offsets claim.

The flatbuffers package follows any offset and believes any length. Here a length is
held against the file before anything is read, and a file whose tables share so much
that its bytes would be read many times over is refused.
"""

import struct
from collections.abc import Iterator

import numpy as np

from ...errors import AipuError
from .graph import Option

READ_ERRORS = (struct.error, IndexError, OverflowError, TypeError, ValueError)
"""What the flatbuffers package raises where a file is not what it says."""

OVERLAP = 8
"""How often the bytes of a file are read at most; buffers may be shared."""

TABLE = 16
"""Bytes that a table takes at least: its offset, and what that leads to."""

METHODS = ("Length", "AsNumpy", "IsNone")
"""Endings of the methods that a field has beside the one of its name."""


class Tables:
    """The fields of tables, by their names in the schema."""

    def __init__(self, size: int):
        """Of a file of `size` bytes."""
        self.size = size
        self.left = OVERLAP * size

    def scalar(self, table: object, field: str) -> int:
        """A number."""
        return getattr(table, field)()

    def text(self, table: object, field: str) -> str:
        """A string; empty if it is not there."""
        found: bytes = getattr(table, field)() or b""
        self.spend(len(found))
        return found.decode(errors="replace")

    def vector(self, table: object, field: str) -> np.ndarray:
        """A vector of numbers, as a view of the file; empty if it is not there."""
        if not self._length(table, field):
            return np.empty(0, np.int32)
        found: np.ndarray = getattr(table, f"{field}AsNumpy")()
        self.spend(found.nbytes)
        return found

    def tables(self, table: object, field: str) -> Iterator[object]:
        """A vector of tables."""
        for position in range(self._length(table, field)):
            self.spend(TABLE)
            yield getattr(table, field)(position)

    def table(self, table: object, field: str) -> object | None:
        """A table inside of a table; None if it is not there."""
        return getattr(table, field)()

    def union(self, table: object, field: str, kind: type) -> dict[str, Option]:
        """The numbers, texts and vectors of numbers of a table inside of a table.

        Of what kind it is, another field says; empty if it is not there.
        """
        inside = getattr(table, field)()
        if inside is None:
            return {}
        found = kind()
        found.Init(inside.Bytes, inside.Pos)
        options: dict[str, Option] = {}
        for name in _fields(kind):
            if f"{name}AsNumpy" in vars(kind):
                options[name] = tuple(self.vector(found, name).tolist())
            else:
                options[name] = self._option(found, name)
        return options

    def _option(self, table: object, field: str) -> Option:
        """A number or a text, which is empty if it is not there."""
        found: Option | bytes | None = getattr(table, field)()
        if isinstance(found, bytes):
            self.spend(len(found))
            return found.decode(errors="replace")
        return "" if found is None else found

    def _length(self, table: object, field: str) -> int:
        length: int = getattr(table, f"{field}Length")()
        if length > self.size:
            raise AipuError(f"it claims {length} {field}, but has {self.size} bytes")
        return length

    def spend(self, size: int) -> None:
        """Count bytes that are read; those of one place may be read several times."""
        self.left -= size
        if self.left < 0:
            raise AipuError("its tables lie on top of one another")


def _fields(kind: type) -> list[str]:
    """The fields of a class of the schema that are numbers or vectors of numbers."""
    methods = [name for name in vars(kind) if name[0].isupper() and name != "Init"]
    fields = [name for name in methods if not name.endswith(METHODS)]
    return [
        name
        for name in fields
        if not name.startswith("GetRoot")
        and not name.endswith("HasIdentifier")
        and (f"{name}Length" not in methods or f"{name}AsNumpy" in methods)
    ]
