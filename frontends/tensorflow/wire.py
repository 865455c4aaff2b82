"""Protobuf's wire format: a message as the numbers of its fields and what they hold.

Nothing is copied, and no length is believed that the bytes do not bear out. Source:
https://protobuf.dev/programming-guides/encoding
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5
FIXED = {FIXED64: 8, FIXED32: 4}

Field = int | memoryview


class WireError(ValueError):
    """The bytes are no message of the kind that was expected."""


@dataclass(frozen=True)
class Message:
    """A message of which only the bytes are known; fields are read by their number.

    A field that is not there is 0 or empty, as protobuf has it.
    """

    data: memoryview

    @cached_property
    def fields(self) -> dict[int, list[Field]]:
        """What the message holds, by the number of the field."""
        found: dict[int, list[Field]] = defaultdict(list)
        for number, value in _fields(self.data):
            found[number].append(value)
        return dict(found)

    def has(self, number: int) -> bool:
        return number in self.fields

    def integer(self, number: int) -> int:
        """The last of the field's integers, signed."""
        return _signed(_integer(self.fields.get(number, [0])[-1]))

    def integers(self, number: int) -> list[int]:
        """All integers of a repeated field, packed or not."""
        values: list[int] = []
        for field in self.fields.get(number, []):
            if isinstance(field, int):
                values.append(_signed(field))
            else:
                values.extend(map(_signed, _varints(field)))
        return values

    def real(self, number: int) -> float:
        """A float32."""
        return float(self.reals(number, np.dtype("<f4"))[-1])

    def reals(self, number: int, dtype: np.dtype) -> np.ndarray:
        """All reals of a repeated field, packed or not."""
        fields = self.views(number)
        joined = fields[0] if len(fields) == 1 else b"".join(fields)
        if len(joined) % dtype.itemsize:
            raise WireError("a list of reals ends within one")
        return np.frombuffer(joined, dtype)

    def bytes(self, number: int) -> bytes:
        return bytes(self.view(number))

    def view(self, number: int) -> memoryview:
        """The bytes of a field, not copied."""
        return _bytes(self.fields.get(number, [memoryview(b"")])[-1])

    def views(self, number: int) -> list[memoryview]:
        """The bytes of a repeated field, not copied."""
        return [_bytes(field) for field in self.fields.get(number, [])]

    def text(self, number: int) -> str:
        return _text(self.view(number))

    def texts(self, number: int) -> list[str]:
        return [_text(view) for view in self.views(number)]

    def message(self, number: int) -> "Message":
        return Message(self.view(number))

    def messages(self, number: int) -> "list[Message]":
        return [Message(view) for view in self.views(number)]


def _fields(data: memoryview) -> Iterator[tuple[int, Field]]:
    position = 0
    while position < len(data):
        key, position = _varint(data, position)
        number, kind = key >> 3, key & 7
        if kind == VARINT:
            value, position = _varint(data, position)
            yield number, value
            continue
        if kind == BYTES:
            length, position = _varint(data, position)
        elif kind in FIXED:
            length = FIXED[kind]
        else:
            raise WireError(f"at byte {position}: no field is of kind {kind}")
        if length > len(data) - position:
            raise WireError(
                f"a field claims {length} bytes where {len(data) - position} are left"
            )
        yield number, data[position : position + length]
        position += length


def _varint(data: memoryview, position: int) -> tuple[int, int]:
    """An integer of 7 bits a byte, and where the next field begins."""
    value = 0
    for shift in range(0, 70, 7):
        if position >= len(data):
            raise WireError("the bytes end within an integer")
        byte = data[position]
        position += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, position
    raise WireError("an integer of more than 64 bits")


def _varints(data: memoryview) -> Iterator[int]:
    position = 0
    while position < len(data):
        value, position = _varint(data, position)
        yield value


def _signed(value: int) -> int:
    value &= (1 << 64) - 1
    return value - (1 << 64) if value >= 1 << 63 else value


def _integer(field: Field) -> int:
    if isinstance(field, int):
        return field
    raise WireError("expected an integer, found bytes")


def _bytes(field: Field) -> memoryview:
    if isinstance(field, int):
        raise WireError(f"expected bytes, found the integer {field}")
    return field


def _text(data: memoryview) -> str:
    try:
        return str(data, "utf-8")
    except UnicodeDecodeError:
        raise WireError("a name is not UTF-8") from None
