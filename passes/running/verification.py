"""Checking a module between passes: every operation, and the order of values."""

from typing import NamedTuple

from xdsl.dialects.builtin import ModuleOp
from xdsl.ir import Operation, Region, SSAValue
from xdsl.utils.exceptions import VerifyException

from ...dialects.locations import place
from ...errors import AipuError


class Fault(NamedTuple):
    """An operation that is not valid, and why."""

    op: Operation
    message: str


def verify(module: ModuleOp) -> None:
    """Check every operation, and that every value is made before it is read.

    Raises:
        AipuError: an operation is wrong; it says where the operation comes from.
    """
    fault = first_fault(module)
    if fault is not None:
        raise AipuError(fault.message, place=place(fault.op))


def first_fault(module: ModuleOp) -> Fault | None:
    """The first operation that is wrong, if there is one."""
    try:
        module.verify()
    except (VerifyException, ValueError) as error:
        return _first_wrong_by_itself(module) or Fault(module, str(error))
    return _first_out_of_order(module.body, set())


def _first_wrong_by_itself(module: ModuleOp) -> Fault | None:
    for op in module.walk():
        try:
            op.verify(verify_nested_ops=False)
        except (VerifyException, ValueError) as error:
            return Fault(op, str(error))
    return None


def _first_out_of_order(region: Region, known: set[SSAValue]) -> Fault | None:
    """The first operation that reads a value before it is made; xDSL allows that.

    `known` are the values made before the region, and after the call again.
    """
    made: list[SSAValue] = []
    for block in region.blocks:
        known.update(block.args)
        made.extend(block.args)
        for op in block.ops:
            for operand in op.operands:
                if operand not in known:
                    name = f"%{operand.name_hint}" if operand.name_hint else "a value"
                    return Fault(op, f"{op.name} reads {name} before it is made")
            for inner in op.regions:
                fault = _first_out_of_order(inner, known)
                if fault is not None:
                    return fault
            known.update(op.results)
            made.extend(op.results)
    known.difference_update(made)
    return None
