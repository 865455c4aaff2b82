"""A program of some of the instructions of another one: whole pieces of work first.

What reads a token that nobody signals, or a buffer that nobody fills, is no program:
whoever leaves something out finds that in the checks of a module.
"""

from collections.abc import Collection

from xdsl.dialects.builtin import ModuleOp
from xdsl.ir import Operation

from ...dialects.aipu import EntryOp, LaunchOp, ProgramOp


def instructions(module: ModuleOp) -> list[Operation]:
    """What programs are made of: buffers, loops, instructions."""
    return [
        op
        for program in module.ops
        if isinstance(program, ProgramOp)
        for op in program.walk()
        if not isinstance(op, ProgramOp | EntryOp)
    ]


def works(module: ModuleOp) -> list[list[int]]:
    """The instructions of each piece of work, by their numbers."""
    found: list[list[int]] = []
    last: Operation | None = None
    for number, op in enumerate(instructions(module)):
        entry = _entry(op)
        if entry is None:
            continue
        if isinstance(op, LaunchOp) or entry is not last or not found:
            found.append([])
        last = entry
        found[-1].append(number)
    return found


def _entry(op: Operation) -> EntryOp | None:
    """The entry point that an instruction is of; None for a buffer."""
    parent = op.parent_op()
    while parent is not None and not isinstance(parent, EntryOp):
        parent = parent.parent_op()
    return parent


def of_some_instructions(module: ModuleOp, numbers: Collection[int]) -> ModuleOp:
    """A module with only some instructions, and the buffers that they name."""
    module = module.clone()
    kept = set(numbers)
    every = list(enumerate(instructions(module)))
    for number, op in reversed(every):
        holds = any(not region.block.is_empty for region in op.regions)
        is_read = any(result.uses.get_length() for result in op.results)
        if number not in kept and not holds and not is_read:
            op.detach()
            op.erase()
    return module
