"""The numbers in which schedules of the same form differ."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from .....backend_aipu.machine import Machine
from ..stripes import Ints
from .efforts import Efforts, How
from .heights import Heights
from .rings import Rings


@dataclass(frozen=True)
class Differences:
    """In what schedules differ that have the same form, int64 [schedules].

    heights, height: of stripes, and which of these each has.
    rings, ring: how weights come, and in which of these ways.
    crosses: of each tensor, 0 where it stays on chip, int64 [tensors, schedules].
    padded: the bytes of the place of each tensor that stays and has padding, else 0,
        int64 [tensors, schedules].
    copied: channels that each concat or slice has to copy, int64 [operators,
        schedules].
    ahead: 1 where what the group reads comes in behind the running stripe.
    efforts: what operators take, by more schedules; these are which of them.
    """

    heights: Heights
    height: Ints
    rings: Rings
    ring: Ints
    crosses: Ints
    padded: Ints
    copied: Ints
    ahead: Ints
    efforts: Efforts
    schedules: Ints

    def __len__(self) -> int:
        return len(self.schedules)

    @property
    def none(self) -> Ints:
        """Nothing of any of them."""
        return np.zeros_like(self.schedules)

    @cached_property
    def stripes(self) -> Ints:
        """How many stripes there are."""
        return self.by_height(self.heights.counts.stripes)

    def by_height(self, of_heights: Ints) -> Ints:
        """What depends on the height of stripes, int64 [..., heights], of each."""
        return of_heights.take(self.height, axis=-1)

    def by_rings(self, of_rings: Ints) -> Ints:
        """What depends on how weights come, int64 [..., rings], of each."""
        return of_rings.take(self.ring, axis=-1)

    def of(self, schedules: Ints | slice) -> "Differences":
        """Those of some of the schedules."""
        return Differences(
            self.heights,
            self.height[schedules],
            self.rings,
            self.ring[schedules],
            self.crosses[:, schedules],
            self.padded[:, schedules],
            self.copied[:, schedules],
            self.ahead[schedules],
            self.efforts,
            self.schedules[schedules],
        )

    def cycles(self, number: int, how: How, machine: Machine) -> Ints:
        """Cycles of an operator in the first stripe, in one between and in the last,
        int64 [3, schedules].
        """
        return self.efforts.cycles(number, how, machine, self.schedules)
