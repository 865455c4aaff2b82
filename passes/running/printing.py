"""Printing a module."""

from enum import Enum
from io import StringIO

from xdsl.dialects.builtin import FileLineColLoc, ModuleOp, UnknownLoc
from xdsl.ir import Operation
from xdsl.printer import Printer

from .names import mend_names


class Locations(Enum):
    """Which locations a text shows.

    NAMES is for text that is read back: the nodes of the model, not the lines of the
    file that was read before, which would mislead in another file.
    """

    NONE = "none"
    NAMES = "names"
    ALL = "all"


class NamingPrinter(Printer):
    """Prints the location of an operation where it names a node of the model."""

    def print_op(self, op: Operation) -> None:
        outer = self.print_debuginfo
        self.print_debuginfo = not isinstance(op.location, UnknownLoc | FileLineColLoc)
        super().print_op(op)
        self.print_debuginfo = outer


def module_text(
    module: ModuleOp,
    locations: Locations = Locations.NONE,
    *,
    generic: bool = False,
) -> str:
    """A module as text, in our own syntax or in the generic one."""
    mend_names(module)
    stream = StringIO()
    printer_class = NamingPrinter if locations is Locations.NAMES else Printer
    printer = printer_class(
        stream,
        print_debuginfo=locations is Locations.ALL,
        print_generic_format=generic,
    )
    printer.print_op(module)
    return stream.getvalue() + "\n"
