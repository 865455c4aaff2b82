"""Printing a module, and showing it after the passes."""

import sys
from collections.abc import Callable
from enum import Enum
from io import StringIO

from xdsl.dialects.builtin import FileLineColLoc, ModuleOp, UnknownLoc
from xdsl.ir import Operation
from xdsl.passes import ModulePass
from xdsl.printer import Printer

from .names import mend_names
from .observer import Observer
from .options import pass_text


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


class PrintAfter(Observer):
    """Prints the module after every pass, or after those that changed it."""

    def __init__(self, text: Callable[[ModuleOp], str], *, changes_only: bool):
        self.text = text
        self.changes_only = changes_only
        self.last = ""

    def begin(self, module: ModuleOp) -> None:
        self.last = self.text(module)

    def after(self, module_pass: ModulePass, module: ModuleOp, seconds: float) -> None:
        text = self.text(module)
        if text != self.last or not self.changes_only:
            title = f"// -----// IR Dump After {pass_text(module_pass)} //----- //\n"
            sys.stderr.write(title + text)
        self.last = text
