"""What can be wrong with a program, and where; the forms of a program show it."""

from collections.abc import Collection, Iterator
from typing import NamedTuple

from xdsl.ir import Operation

from ..dialects.locations import source_name
from ..errors import AipuError, nearest


class Fault(NamedTuple):
    """What is wrong, what to do, and where it is.

    The place is a buffer, or an entry and an instruction of it, or a tensor or segment
    of the network, by their numbers (-1 for none); in it a `part`, the name of a field
    or "wait", "inputs", "address", ...; and the `word` that is wrong.
    """

    message: str
    remedy: str = ""
    part: str = ""
    word: str = ""
    buffer: int = -1
    entry: int = -1
    instruction: int = -1
    in_network: bool = False
    tensor: int = -1
    segment: int = -1


class OperationError(AipuError):
    """An operation of the dialect that no program can hold."""

    def __init__(self, op: Operation, message: str):
        super().__init__(message, place=source_name(op))
        self.op = op


def unknown(what: str, name: str, known: Collection[str], part: str = "") -> Fault:
    """A name that stands for nothing; the nearest known one is the remedy."""
    remedy = nearest(name, known) if known else f"there is no {what} here"
    return Fault(f"unknown {what} '{name}'", remedy, part, name)


def name_faults(what: str, name: str, taken: Collection[str]) -> Iterator[Fault]:
    """What is wrong with a new name."""
    if not is_text(name):
        yield Fault(f"the name of a {what} is not text: {name!r}", word=name)
    if name in taken:
        yield Fault(f"the {what} '{name}' is there twice", word=name)


def is_text(name: str) -> bool:
    """Whether a name can be a string of the binary: UTF-8 without a zero byte."""
    return "\0" not in name and not any("\ud800" <= c <= "\udfff" for c in name)
