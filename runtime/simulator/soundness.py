"""Whether a program fits its machine, and whether each instruction makes sense."""

import numpy as np

from ...backend_aipu.machine import Machine
from ...backend_aipu.program import Program
from ...dialects.aipu import Extent, Space
from .faults import HazardError, describe
from .operands import Operand, Operands
from .stream import ENGINES, Issue

SIZES = (
    "box",
    "channels",
    "columns",
    "counts",
    "depth",
    "dilation",
    "elements",
    "ifm_columns",
    "ifm_pitch",
    "inside",
    "kernel",
    "rows",
    "stride",
)
"""The fields that count something: of nothing there is no tile."""


def check_memory(program: Program, machine: Machine) -> None:
    """Whether the buffers of a program fit the memories of a machine.

    Raises:
        HazardError: they do not.
    """
    sram = program.bytes_in(Space.SRAM)
    dram = program.bytes_in(Space.DRAM) + program.bytes_in(Space.WEIGHTS)
    for kind, need, have in (
        ("SRAM", sram, machine.sram.bytes),
        ("DRAM", dram, machine.dram.bytes),
    ):
        if need > have:
            raise HazardError(
                f"the program needs {need:,} bytes of {kind}, {machine.name} has "
                f"{have:,}: {need - have:,} too many"
            )


def check_instruction(
    program: Program, issue: Issue, views: Operands, machine: Machine
) -> None:
    """Whether all instances of an instruction make sense by themselves.

    Raises:
        HazardError: its engine has no queue, the array not its dataflow, a size is not
            positive, or an operand reaches out of its slot, or lies where it must not.
    """
    if issue.engine not in ENGINES:
        raise HazardError(f"{describe(issue)}: the {issue.engine} has no queue")
    dataflow = issue.instruction.fields.get("dataflow")
    if dataflow is not None and dataflow not in machine.array.dataflows:
        known = ", ".join(machine.array.dataflows)
        raise HazardError(
            f"{describe(issue)}: the array of {machine.name} has no dataflow "
            f"'{dataflow}', it has {known}"
        )
    for name in SIZES:
        if name in issue.instruction.fields:
            _check_size(issue, name)
    for name, view in views.items():
        if view.writes and view.space is Space.WEIGHTS:
            raise HazardError(f"{describe(issue)} writes its {name} into weights")
        _check_range(program, issue, name, view)


def _check_size(issue: Issue, name: str) -> None:
    value = issue.instruction.fields[name]
    if isinstance(value, Extent):
        sizes = issue.evaluate(value)
    else:
        size = min(value) if isinstance(value, tuple) else value
        sizes = np.full(issue.instances, size)
    if sizes.min(initial=1) < 1:
        instance = int(sizes.argmin())
        raise HazardError(
            f"{describe(issue, instance)}: its {name} must be at least 1, found "
            f"{sizes[instance]}"
        )


def _check_range(program: Program, issue: Issue, name: str, view: Operand) -> None:
    buffer = program.buffer(view.buffer)
    outside = (view.first < view.slot) | (view.last >= view.slot + buffer.bytes)
    outside &= view.last >= view.first
    if outside.any():
        instance = int(outside.argmax())
        start = int(view.slot[instance])
        raise HazardError(
            f"{describe(issue, instance)}: its {name} reaches from "
            f"{view.first[instance]:#x} to {view.last[instance]:#x}, outside of "
            f"'{buffer.name}' at {start:#x} to {start + buffer.bytes - 1:#x}"
        )
