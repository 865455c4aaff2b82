"""What each instruction asks of the machine: cycles by cause, MACs, bytes, energy."""

from dataclasses import dataclass

import numpy as np

from ...backend_aipu.machine import Machine
from ...backend_aipu.timing import Effort, Timing
from ...backend_aipu.traffic import bus_bytes
from ...dialects.aipu import Space
from .operands import Operands
from .stream import Issue

Column = np.ndarray


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
    if issue.spec.timing is Timing.TRANSFER:
        found.update(_transfer(operands, machine))
    elif effort := issue.spec.effort(issue, machine):
        found.update(_computed(effort))
    return Demands(**found)


def _sram_bytes(issue: Issue, operands: Operands) -> Column:
    """Bytes of all operands on chip, each counted once."""
    total = np.zeros(issue.instances, np.int64)
    for name, view in operands.items():
        if view.space is Space.SRAM and name != "image":
            total += view.bytes
    return total


def _transfer(operands: Operands, machine: Machine) -> dict[str, Column]:
    dram = operands["dram"]
    moved = np.asarray(bus_bytes(machine, [*dram.shape.T], dram.strides))
    bus = machine.bus_cycles(moved)
    direction = "dram_written" if dram.writes else "dram_read"
    return {
        "own": machine.transfer_cycles(moved, operands["sram"].bytes) - bus,
        "bus": bus,
        direction: moved,
    }


def _computed(effort: Effort[Column]) -> dict[str, Column]:
    cycles = effort.cycles
    return {
        "own": cycles.total,
        "compute": cycles.compute,
        "partial": cycles.partial,
        "fill_drain": cycles.fill_drain,
        "macs": effort.macs,
        "vector_elements": effort.vector_elements,
    }
