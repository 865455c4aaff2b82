"""The source node that an operation comes from, carried as its location."""

from xdsl.dialects.builtin import (
    UNKNOWN_LOC,
    FileLineColLoc,
    LocationAttr,
    NameLoc,
    NoneAttr,
    StringAttr,
)
from xdsl.ir import Operation


def named(name: str) -> LocationAttr:
    """The location of what comes from the source node `name`."""
    return NameLoc(StringAttr(name), NoneAttr()) if name else UNKNOWN_LOC


def source_name(op: Operation) -> str:
    """The name of the source node, or the place in a file, or nothing."""
    match op.location:
        case NameLoc(desc=name):
            return name.data
        case FileLineColLoc(filename=file, line=line, column=column):
            return f"{file.data}:{line.data}:{column.data}"
        case _:
            return ""
