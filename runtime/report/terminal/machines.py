"""Machines as a table."""

from collections.abc import Sequence

from rich.console import RenderableType

from ....backend_aipu.machine import Machine
from ..quantities import quantity
from .tables import table


def machine_table(machines: Sequence[Machine]) -> RenderableType:
    """What decides how fast each one is."""
    result = table(
        "target", ">clock", ">array", ">peak", ">SRAM", ">DRAM", ">bus", "description"
    )
    for machine in machines:
        peak = machine.macs_per_cycle * machine.clock_hz
        result.add_row(
            machine.name,
            quantity(machine.clock_hz, "Hz"),
            f"{machine.array.rows} x {machine.array.columns}",
            quantity(peak, "MAC/s"),
            quantity(machine.sram.bytes, "B"),
            quantity(machine.dram.bytes, "B"),
            quantity(machine.dram.bandwidth, "B/s"),
            machine.description,
        )
    return result
