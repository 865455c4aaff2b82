"""Saying where an operation comes from: the node of the model, or the line of text."""

from xdsl.dialects.builtin import ArrayAttr, FileLineColLoc, FusedLoc, NameLoc
from xdsl.ir import Attribute, Operation


def place(operation: Operation) -> str:
    """The source of an operation for the head of an error; its name if unknown."""
    return location_text(operation.location) or operation.name


def location_text(location: Attribute) -> str:
    """`conv1`, `network.mlir:3:5`, or nothing where the location is unknown."""
    match location:
        case NameLoc():
            return location.desc.data
        case FileLineColLoc():
            line, column = location.line.data, location.column.data
            return f"{location.filename.data}:{line}:{column}"
        case FusedLoc(locations=ArrayAttr() as locations):
            return " and ".join(filter(None, map(location_text, locations)))
        case _:
            return ""
