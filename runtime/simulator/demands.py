"""What each instruction asks of the machine: cycles by cause, MACs, bytes, energy."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from ...backend_aipu.isa import Timing
from ...backend_aipu.machine import Machine
from ...backend_aipu.systolic import Cycles, depthwise_cycles, gemm_cycles
from ...backend_aipu.traffic import bus_bytes
from ...dialects.aipu import Dataflow, Space
from .operands import Operand, Operands
from .stream import Issue
from .window import Window

Column = np.ndarray

ROW_PASSES = 3
"""How often an instruction on rows goes over each of its bytes."""


@dataclass(frozen=True)
class Demands:
    """Of every instance of an issue, int64 [instances] each.

    `own` cycles of the engine alone come before `bus` cycles of the DRAM bus; the MAC
    array's `own` cycles are `compute`, `partial` and `fill_drain`.
    """

    own: Column
    bus: Column
    compute: Column
    partial: Column
    fill_drain: Column
    macs: Column
    dram_read: Column
    dram_written: Column
    sram_bytes: Column
    vector_elements: Column


def demands(issue: Issue, operands: Operands, machine: Machine) -> Demands:
    """The demands of an issue on a machine."""
    found: dict[str, Column] = dict.fromkeys(
        Demands.__dataclass_fields__, np.zeros(issue.instances, np.int64)
    )
    found["sram_bytes"] = _sram_bytes(issue, operands)
    found.update(DEMANDS[issue.spec.timing](issue, operands, machine))
    return Demands(**found)


def _sram_bytes(issue: Issue, operands: Operands) -> Column:
    """Bytes of all operands on chip, each counted once."""
    total = np.zeros(issue.instances, np.int64)
    for name, view in operands.items():
        if view.space is Space.SRAM and name != "image":
            total += view.bytes
    return total


def _none(issue: Issue, operands: Operands, machine: Machine) -> dict[str, Column]:
    return {}


def _transfer(issue: Issue, operands: Operands, machine: Machine) -> dict[str, Column]:
    dram = operands["dram"]
    moved = _bus_bytes(dram, machine)
    bus = machine.bus_cycles(moved)
    direction = "dram_written" if dram.writes else "dram_read"
    return {
        "own": machine.transfer_cycles(moved, operands["sram"].bytes) - bus,
        "bus": bus,
        direction: moved,
    }


def _bus_bytes(dram: Operand, machine: Machine) -> Column:
    boxes, which = np.unique(dram.shape, axis=0, return_inverse=True)
    moved = [bus_bytes(machine, box, dram.strides) for box in boxes.tolist()]
    return np.array(moved, np.int64)[which.reshape(-1)]


def _convolution(
    issue: Issue, operands: Operands, machine: Machine
) -> dict[str, Column]:
    channels, window, depth = operands["weight"].shape.T
    pixels = _pixels(issue)
    dataflow = Dataflow(str(issue.instruction.fields["dataflow"]))
    cycles = gemm_cycles(machine.array, dataflow, pixels, window * depth, channels)
    return _array(cycles, pixels * window * depth * channels)


def _depthwise(issue: Issue, operands: Operands, machine: Machine) -> dict[str, Column]:
    channels, window = operands["weight"].shape.T
    pixels = _pixels(issue)
    cycles = depthwise_cycles(machine.array, pixels, window, channels)
    return _array(cycles, pixels * window * channels)


def _pixels(issue: Issue) -> Column:
    rows, columns = issue.extent("rows"), issue.extent("columns")
    return issue.evaluate(rows) * issue.evaluate(columns)


def _array(cycles: Cycles[Column], macs: Column) -> dict[str, Column]:
    return {
        "own": cycles.total,
        "compute": cycles.compute,
        "partial": cycles.partial,
        "fill_drain": cycles.fill_drain,
        "macs": macs,
    }


def _elements(issue: Issue, operands: Operands, machine: Machine) -> dict[str, Column]:
    return _vector(operands["ofm"].bytes, machine)


def _windows(issue: Issue, operands: Operands, machine: Machine) -> dict[str, Column]:
    return _vector(operands["ofm"].bytes * Window.of(issue).size, machine)


def _rows(issue: Issue, operands: Operands, machine: Machine) -> dict[str, Column]:
    """A pass for the maximum, one for the sum, one for the quotients."""
    return _vector(ROW_PASSES * operands["ofm"].bytes, machine)


def _vector(elements: Column, machine: Machine) -> dict[str, Column]:
    cycles = -(-elements // machine.vector.lanes)
    return {"own": cycles, "compute": cycles, "vector_elements": elements}


DEMANDS: Mapping[Timing, Callable[[Issue, Operands, Machine], dict[str, Column]]] = {
    Timing.NONE: _none,
    Timing.TRANSFER: _transfer,
    Timing.CONVOLUTION: _convolution,
    Timing.DEPTHWISE: _depthwise,
    Timing.ELEMENTS: _elements,
    Timing.WINDOWS: _windows,
    Timing.ROWS: _rows,
}
