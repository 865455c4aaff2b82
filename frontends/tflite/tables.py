"""Reading tables of a flatbuffer, whatever their lengths and offsets claim.

The flatbuffers package follows any offset and believes any length. Here a length is
held against the file before anything is read, and a file whose tables share so much
that its bytes would be read many times over is refused.
"""

from collections.abc import Iterator
from struct import error as StructError

import numpy as np

from ...errors import AipuError
from .graph import Option

READ_ERRORS = (StructError, IndexError, OverflowError, TypeError, ValueError)
"""What the flatbuffers package raises where a file is not what it says."""

OVERLAP = 4
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
        self._spend(len(found))
        return found.decode(errors="replace")

    def vector(self, table: object, field: str) -> np.ndarray:
        """A vector of numbers, as a view of the file; empty if it is not there."""
        if not self._length(table, field):
            return np.empty(0, np.int32)
        found: np.ndarray = getattr(table, f"{field}AsNumpy")()
        self._spend(found.nbytes)
        return found

    def tables(self, table: object, field: str) -> Iterator[object]:
        """A vector of tables."""
        for position in range(self._length(table, field)):
            self._spend(TABLE)
            yield getattr(table, field)(position)

    def options(self, table: object) -> dict[str, Option]:
        """All numbers and vectors of numbers of a table."""
        found: dict[str, Option] = {}
        fields = vars(type(table))
        for field in fields:
            if field.startswith(("_", "GetRoot")) or field.endswith(
                ("Identifier", *METHODS)
            ):
                continue
            if f"{field}AsNumpy" in fields:
                found[field] = tuple(self.vector(table, field).tolist())
            elif field != "Init" and f"{field}Length" not in fields:
                value = getattr(table, field)()
                if isinstance(value, bool | int | float):
                    found[field] = value
        return found

    def _length(self, table: object, field: str) -> int:
        length: int = getattr(table, f"{field}Length")()
        if length > self.size:
            raise AipuError(f"it claims {length} {field}, but has {self.size} bytes")
        return length

    def _spend(self, size: int) -> None:
        self.left -= size
        if self.left < 0:
            raise AipuError("its tables lie on top of one another")
