"""The source node that an operation comes from, carried as its location."""

from xdsl.dialects.builtin import (
    UNKNOWN_LOC,
    ArrayAttr,
    FileLineColLoc,
    FusedLoc,
    LocationAttr,
    NameLoc,
    NoneAttr,
    StringAttr,
)
from xdsl.ir import Attribute, Operation


def named(name: str) -> LocationAttr:
    """The location of what comes from the source node `name`."""
    return NameLoc(StringAttr(name), NoneAttr()) if name else UNKNOWN_LOC


def source_name(op: Operation) -> str:
    """The name of the source node, or the place in a file, or nothing."""
    return _text(op.location)


def place(op: Operation) -> str:
    """Where an operation comes from, for the head of an error; its name if unknown."""
    return source_name(op) or op.name


def _text(location: Attribute) -> str:
    """`conv1`, `network.mlir:3:5`, or nothing where the location is unknown."""
    match location:
        case NameLoc(desc=name):
            return name.data
        case FileLineColLoc(filename=file, line=line, column=column):
            return f"{file.data}:{line.data}:{column.data}"
        case FusedLoc(locations=ArrayAttr() as locations):
            return " and ".join(filter(None, map(_text, locations)))
        case _:
            return ""
