"""C's memory, as cffi shows it: what is used of it here."""

from collections.abc import Callable
from typing import Protocol

from ..codes import Status
from ..messages import DeviceError

Pointer = object
"""A pointer of C; NULL is false. Fields of what it points to are its attributes."""


class Cell(Protocol):
    """A pointer that is read and written."""

    def __getitem__(self, index: int) -> Pointer: ...

    def __setitem__(self, index: int, value: object) -> None: ...


class CMemory(Protocol):
    """cffi's `FFI` of the library."""

    def new(self, type: str, value: object = None) -> Cell: ...

    def string(self, pointer: Pointer) -> bytes: ...

    def cast(self, type: str, pointer: Pointer) -> Cell: ...

    def buffer(self, pointer: Pointer, size: int) -> memoryview: ...

    def memmove(self, target: Pointer, source: bytes, size: int) -> None: ...

    def def_extern(
        self, name: str
    ) -> Callable[[Callable[..., int]], Callable[..., int]]: ...


def given(*pointers: Pointer) -> None:
    """Refuse pointers that are NULL.

    Raises:
        DeviceError: one is.
    """
    if not all(pointers):
        raise DeviceError(Status.ERROR_NULL_PTR)


def field(pointer: Pointer, name: str) -> Pointer:
    """What a field of a structure holds."""
    return getattr(pointer, name)


def number_of(pointer: Pointer, name: str) -> int:
    """A number in a structure."""
    return int(getattr(pointer, name))


def text_in(memory: CMemory, pointer: Pointer, name: str) -> str:
    """A text in a structure; empty where its pointer is NULL."""
    found = getattr(pointer, name)
    return memory.string(found).decode("utf-8", "replace") if found else ""


def fill(pointer: Pointer, **values: object) -> None:
    """Write fields of a structure."""
    for name, value in values.items():
        setattr(pointer, name, value)
