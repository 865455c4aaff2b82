"""How far a result is from what no schedule can beat."""

from collections.abc import Iterator
from typing import NamedTuple

from ..figures.figures import Figures
from .quantities import count, quantity

CYCLES = "cycles"


class Distance(NamedTuple):
    """A result beside its lower bound, both in the same unit."""

    name: str
    meaning: str
    bound: float
    found: float
    unit: str

    @property
    def ratio(self) -> float:
        """How many times its bound the result is; 0 where nothing is needed."""
        return self.found / self.bound if self.bound else 0.0

    def text(self, number: float) -> str:
        """The bound or the result as people read it."""
        if self.unit == CYCLES:
            return count(int(number))
        return quantity(number, self.unit)


def distances(figures: Figures) -> Iterator[Distance]:
    """All bounds of a report."""
    bounds, seconds = figures.bounds, figures.machine_ms / 1e3
    dram = figures.dram_bytes
    yield Distance(
        "cycles, compute",
        "every PE works in every cycle",
        bounds.compute_cycles,
        figures.cycles,
        CYCLES,
    )
    yield Distance(
        "DRAM, layer by layer",
        "each group moves inputs and result once, all weights once",
        bounds.dram_bytes_layerwise,
        dram,
        "B",
    )
    yield Distance(
        "DRAM, all fused",
        "only weights and the network's input and output move",
        bounds.dram_bytes_fused,
        dram,
        "B",
    )
    yield Distance(
        "time, all fused",
        "the larger of compute and fused traffic",
        bounds.latency_ms / 1e3,
        seconds,
        "s",
    )
    yield Distance(
        "time, SRAM-aware",
        "what layers fill of the array; weights one SRAM ahead; a launch",
        bounds.latency_ms_sram / 1e3,
        seconds,
        "s",
    )
