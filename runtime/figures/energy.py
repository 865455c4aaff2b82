"""The energy of a run by what takes it: counts times the machine's picojoules."""

from collections.abc import Sequence

from ...backend_aipu.machine import Machine
from ..simulator.profile import LayerProfile
from .figures import Energy


def energy(layers: Sequence[LayerProfile], machine: Machine) -> Energy:
    """Microjoules of all layers; the components add up to the energy of the profile."""
    table = machine.energy
    seconds = machine.seconds(sum(layer.cycles for layer in layers))
    return Energy(
        mac=sum(layer.macs for layer in layers) * table.mac / 1e6,
        sram=sum(layer.sram_bytes for layer in layers) * table.sram_byte / 1e6,
        dram=sum(layer.dram_bytes for layer in layers) * table.dram_byte / 1e6,
        vector=sum(layer.vector_elements for layer in layers)
        * table.vector_element
        / 1e6,
        idle=table.idle_milliwatts * seconds * 1e3,
    )
