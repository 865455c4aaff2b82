"""Whether a program fits its machine, and whether each instruction makes sense."""

from collections.abc import Sequence
from math import prod

import numpy as np

from ...backend_aipu.launch_size import launch_sizes
from ...backend_aipu.machine import Machine
from ...backend_aipu.program import Program
from ...backend_aipu.queues import ENGINES
from ...dialects.aipu import Extent, Space
from .faults import HazardError, describe
from .operands import Operand, Operands
from .stream import Issue
from .window import SlidingWindow, window_corners

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
    """Whether a program fits the memories of a machine, and each of its launches.

    Raises:
        HazardError: something does not.
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
    for entry in program.entries:
        for name, size in launch_sizes(entry):
            if size > machine.control.program:
                raise HazardError(
                    f"the launch of '{name}' has {size:,} bytes of instructions, "
                    f"{machine.name} holds {machine.control.program:,}"
                )


def check_instruction(
    program: Program, issue: Issue, views: Operands, machine: Machine
) -> None:
    """Whether all instances of an instruction make sense by themselves.

    Raises:
        HazardError: its engine has no queue, the array not its dataflow, a size is not
            positive, a window has no record; or an operand reaches out of its slot,
            lies where it must not, or is written twice at one byte.
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
        if issue.has(name):
            _check_size(issue, name)
    for name, view in views.items():
        if view.writes and view.space is Space.WEIGHTS:
            raise HazardError(f"{describe(issue)} writes its {name} into weights")
        _check_range(program, issue, name, view)
        if view.writes:
            _check_written_once(issue, name, view)
    if "counts" in issue.instruction.fields:
        _check_counts(issue)


def _check_size(issue: Issue, name: str) -> None:
    value = issue.instruction.fields[name]
    if value == issue.spec.defaults.get(name):
        return
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


def _check_written_once(issue: Issue, name: str, view: Operand) -> None:
    """Whether a view writes every byte once: else it is chance which value stays."""
    largest = view.shape.max(axis=0, initial=0).tolist()
    if not _overlaps_itself(largest, view.strides):
        return
    for instance, shape in enumerate(view.shape.tolist()):
        if _overlaps_itself(shape, view.strides):
            raise HazardError(
                f"{describe(issue, instance)} writes bytes of its {name} twice: "
                f"{shape} elements, {list(view.strides)} bytes apart"
            )


def _overlaps_itself(shape: Sequence[int], strides: Sequence[int]) -> bool:
    """Whether two elements of a view are the same byte."""
    axes = sorted(
        (abs(stride), extent)
        for stride, extent in zip(strides, shape, strict=True)
        if extent > 1
    )
    reach = 0
    for stride, extent in axes:
        if stride <= reach:
            return bool(prod(shape)) and _has_equal_sums(axes)
        reach += stride * (extent - 1)
    return False


def _has_equal_sums(axes: Sequence[tuple[int, int]]) -> bool:
    """Whether `sum(stride * i)`, each i below its extent, takes a value twice."""
    count = prod(extent for _, extent in axes)
    if count > 1 + sum(stride * (extent - 1) for stride, extent in axes):
        return True
    sums = np.zeros(1, np.int64)
    for stride, extent in axes:
        sums = np.add.outer(sums, stride * np.arange(extent)).reshape(-1)
    return len(np.unique(sums)) < count


def _check_counts(issue: Issue) -> None:
    """Whether there is a record for every number of elements that a window holds.

    With one record that number does not matter.
    """
    records = issue.integer("counts")
    if records == 1:
        return
    window, inside = SlidingWindow.of(issue), issue.integers("inside")
    rows, columns = (
        issue.evaluate(issue.extent(name)).tolist() for name in ("rows", "columns")
    )
    tiles = zip(rows, columns, strict=True)
    for instance, (tile, corner) in enumerate(
        zip(tiles, window_corners(issue), strict=True)
    ):
        down, across = window.held(tile, corner, inside)
        least = max(down.min(), 0) * max(across.min(), 0)
        most = max(down.max(), 0) * max(across.max(), 0)
        if not 1 <= least <= most <= records:
            raise HazardError(
                f"{describe(issue, instance)}: its windows hold from {least} to {most} "
                f"elements of the feature map, its records are for 1 to {records}"
            )
