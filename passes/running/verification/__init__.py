"""Checking a module, after reading it and after every pass.

Each rule is a function that gives the faults it finds; the first is what a user sees.
"""

from collections.abc import Collection, Iterator

from xdsl.dialects.builtin import ModuleOp

from .calls import call_faults, name_faults
from .fault import Fault
from .interface import interface_faults
from .marks import mark_faults, side_faults
from .operations import operation_faults
from .works import work_faults

__all__ = ["Fault", "first_fault", "verify"]

PROGRAM = "aipu.program"
"""Known by name: what checks it is imported where a module holds one."""


def verify(module: ModuleOp) -> None:
    """Check that a module means something, at whichever level it is.

    Raises:
        AipuError: it does not; it says where what is wrong comes from.
    """
    fault = first_fault(module)
    if fault is not None:
        raise fault.error()


def first_fault(module: ModuleOp) -> Fault | None:
    """The first thing that is wrong with a module, if anything is."""
    return next(_faults(module), None)


def _faults(module: ModuleOp) -> Iterator[Fault]:
    yield from name_faults(module)
    yield from operation_faults(module)
    yield from mark_faults(module)
    yield from side_faults(module)
    yield from interface_faults(module)
    yield from work_faults(module)
    entries: Collection[str] = ()
    if any(op.name == PROGRAM for op in module.ops):
        from .programs import entry_names, program_faults

        yield from program_faults(module)
        entries = entry_names(module)
    yield from call_faults(module, entries)
