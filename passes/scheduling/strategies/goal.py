"""What a strategy is asked for: what to make small, in which time, from which seed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import isfinite

from ....backend_aipu.machine import Machine
from ....errors import AipuError, nearest
from ..network.switches import check_switches
from ..tiled.cost import Cost

Rank = tuple[float, ...]
"""Compared in order: what is wanted first, and what decides among equals."""


def _cycles(cost: Cost, machine: Machine) -> Rank:
    return cost.cycles, cost.dram_bytes, cost.sram_bytes


def _dram(cost: Cost, machine: Machine) -> Rank:
    return cost.dram_bytes, cost.cycles, cost.sram_bytes


def _energy(cost: Cost, machine: Machine) -> Rank:
    """Picojoules of the DRAM and of waiting; what is computed takes what it takes."""
    table = machine.energy
    idle = table.idle_milliwatts * 1e9 / machine.clock_hz
    return (
        cost.dram_bytes * table.dram_byte + cost.cycles * idle,
        *_cycles(cost, machine),
    )


def _sram(cost: Cost, machine: Machine) -> Rank:
    return cost.sram_bytes, cost.cycles, cost.dram_bytes


RANKS: Mapping[str, Callable[[Cost, Machine], Rank]] = {
    "latency": _cycles,
    "throughput": _cycles,
    "dram": _dram,
    "energy": _energy,
    "sram": _sram,
}
"""By what is made small, how costs compare. The machine runs one batch at a time, so
that as many frames a second are done as each takes less: `--batch` is what tells
throughput from latency.
"""


@dataclass(frozen=True)
class Goal:
    """What a strategy is asked for.

    minimise: a key of `RANKS`.
    budget: the seconds that it may take for a network; None for as long as it likes.
    seed: where what is drawn at random begins.
    without: ideas that it is to leave out, keys of `SWITCHES`.

    Raises:
        AipuError: there is no such goal or switch, or a budget of no time.
    """

    minimise: str = "latency"
    budget: float | None = None
    seed: int = 0
    without: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.minimise not in RANKS:
            raise AipuError(
                f"no goal '{self.minimise}'", remedy=nearest(self.minimise, RANKS)
            )
        check_switches(self.without)
        if self.budget is not None and not (self.budget > 0 and isfinite(self.budget)):
            raise AipuError(
                f"a budget of {self.budget} seconds", remedy="give it more than none"
            )

    def rank(self, cost: Cost, machine: Machine) -> Rank:
        """How well a group does by a schedule that costs so much; the least is best. Of
        many costs at once, arrays.
        """
        return RANKS[self.minimise](cost, machine)

    def options(self) -> Mapping[str, str]:
        """What differs from what is asked for by default, as options of `schedule`."""
        usual, found = Goal(), dict[str, str]()
        if self.minimise != usual.minimise:
            found["goal"] = self.minimise
        if self.budget is not None:
            found["budget"] = f"{self.budget:g}"
        if self.seed != usual.seed:
            found["seed"] = str(self.seed)
        if self.without:
            found["without"] = ",".join(self.without)
        return found


LATENCY = Goal()
"""What is asked for by default."""
