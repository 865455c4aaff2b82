"""The numbers in which schedules of the same form differ."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from .....backend_aipu.machine import Machine
from ..stripes import Ints
from .efforts import Efforts, How
from .row_counts import RowCounts
from .runs import Runs, runs_of
from .sizes import Sizes


@dataclass(frozen=True)
class Differences:
    """In what schedules differ that have the same form, int64 [schedules].

    sizes: of the graph of each, or once if it is the same for all.
    crosses: of each tensor, 0 where it stays on chip, int64 [tensors, schedules].
    padded: the bytes of the place of each tensor that stays and has padding, else 0,
        int64 [tensors, schedules].
    copied: channels that each concat or slice has to copy, int64 [operators,
        schedules].
    ahead: 1 where what the group reads comes in behind the running stripe.
    heights: which of the heights of `counts` is theirs.
    slots, channels, depth: of the weights of each operator, int64 [operators,
        schedules]; of those that come once, no slots and all channels.
    efforts: what operators take, by more schedules; these are which of them.
    """

    sizes: Sizes
    crosses: Ints
    padded: Ints
    copied: Ints
    ahead: Ints
    heights: Ints
    slots: Ints
    channels: Ints
    depth: Ints
    counts: RowCounts
    efforts: Efforts
    schedules: Ints

    @property
    def stripes(self) -> Ints:
        """How many stripes there are."""
        return self.counts.stripes[self.heights]

    @cached_property
    def streams(self) -> Ints:
        """1 where the weights of an operator come in tiles, int64 [operators,
        schedules].
        """
        return (self.slots > 0).astype(np.int64)

    @cached_property
    def tiles(self) -> Ints:
        """In how many tiles of its channels each operator makes its result."""
        return -(-self.made // self.channels)

    @property
    def made(self) -> Ints:
        """How many channels each makes, int64 [operators, schedules], or once for all
        of these.
        """
        return self.sizes.channels[-len(self.channels) :]

    @cached_property
    def parts(self) -> Ints:
        """In how many parts the depth of the weights of each comes."""
        deep = -(-self.sizes.depths // np.maximum(self.depth, 1))
        return np.where(self.depth > 0, deep, 1)

    def of(self, schedules: Ints) -> "Differences":
        """Those of some of the schedules."""
        return Differences(
            self.sizes.of(schedules),
            self.crosses[:, schedules],
            self.padded[:, schedules],
            self.copied[:, schedules],
            self.ahead[schedules],
            self.heights[schedules],
            self.slots[:, schedules],
            self.channels[:, schedules],
            self.depth[:, schedules],
            self.counts,
            self.efforts,
            self.schedules[schedules],
        )

    @cached_property
    def runs(self) -> Runs:
        """The stripes of each schedule, those alike once."""
        return runs_of(self.counts, self.heights)

    def cycles(self, number: int, how: How, machine: Machine) -> Ints:
        """Cycles of an operator in the first stripe, in one between and in the last,
        int64 [3, schedules].
        """
        return self.efforts.cycles(number, how, machine)[:, self.schedules]
