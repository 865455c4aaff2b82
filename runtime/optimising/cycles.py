"""What a module costs in cycles, at the levels that have any."""

from collections.abc import Sequence

from xdsl.dialects.builtin import ModuleOp
from xdsl.passes import ModulePass

from ...backend_aipu.codegen import to_program
from ...backend_aipu.machine import load_machine
from ...backend_aipu.program import Program
from ...dialects.aipu import ProgramOp
from ...errors import AipuError
from ...passes.authoring.context import AipuContext
from ...passes.authoring.segments import machine_functions
from ...passes.lowering.lower_to_aipu import LowerToAipuPass
from ...passes.scheduling.network.groups import groups_of
from ..simulator.simulator import PreparedEntry

TARGET = "r329"
"""The machine of groups whose passes name none."""


def cycles(
    module: ModuleOp, context: AipuContext, passes: Sequence[ModulePass]
) -> int | None:
    """The cycles that the machine takes for a module; None if it cannot run it yet.

    Args:
        module: at any level; scheduled groups are lowered on the side.
        context: with the weights of the module.
        passes: of which one may name the machine.
    """
    try:
        program = _program(module, context, passes)
        if program is None:
            return None
        machine = load_machine(program.target)
        entries = (PreparedEntry(program, each, machine) for each in program.entries)
        return sum(entry.profile.cycles for entry in entries)
    except AipuError:
        return None


def _program(
    module: ModuleOp, context: AipuContext, passes: Sequence[ModulePass]
) -> Program | None:
    """The program of a module, or what its groups become."""
    for op in module.ops:
        if isinstance(op, ProgramOp):
            return to_program(op)
    functions = machine_functions(module)
    groups = [group for function in functions for group in groups_of(function)]
    if not groups or any(group.schedule is None for group in groups):
        return None
    named = (getattr(each, "target", None) for each in passes)
    target = next((str(each) for each in named if each), TARGET)
    copy = module.clone()
    LowerToAipuPass(target).apply(context.clone(), copy)
    return _program(copy, context, passes)
