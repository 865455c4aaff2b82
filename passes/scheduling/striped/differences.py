"""The numbers in which schedules of the same form differ."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from .bundles import Bundle
from .row_counts import RowCounts
from .sizes import Sizes
from .stripes import Ints


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

    @property
    def stripes(self) -> Ints:
        """How many stripes there are."""
        return self.counts.stripes[self.heights]

    def tiles(self, step: Bundle) -> Ints:
        """How many tiles the operators of a step take turns on."""
        return -(-self.made(step.first) // self.channels[step.first])

    def made(self, number: int) -> Ints:
        """How many channels an operator makes."""
        return self.sizes.channels[number - len(self.channels)]

    def parts(self, number: int) -> Ints:
        """In how many parts the depth of an operator's weights comes."""
        depth, whole = self.depth[number], self.sizes.depths[number]
        return np.where(depth > 0, -(-whole // np.maximum(depth, 1)), 1)

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
        )

    @cached_property
    def runs(self) -> "Runs":
        """The stripes of each schedule, those alike once."""
        counts, at = self.counts, self.heights
        runs = counts.runs[at]
        begins = np.cumsum(runs) - runs
        of = np.repeat(np.arange(len(at)), runs)
        places = (counts.begins[at] - begins)[of] + np.arange(len(of))
        return Runs(of, begins, counts.inside[:, places], counts.repeats[places])


@dataclass(frozen=True)
class Runs:
    """The stripes of schedules, once for those alike that follow each other.

    of: the schedule of each, int64 [runs].
    begins: where those of each schedule begin, int64 [schedules].
    inside: the rows of each tensor that are made, int64 [tensors, runs].
    repeats: how many stripes each is, int64 [runs].
    """

    of: Ints
    begins: Ints
    inside: Ints
    repeats: Ints

    def total(self, each: Ints) -> Ints:
        """Of every schedule the sum over its stripes, int64 [schedules]."""
        return np.add.reduceat(each * self.repeats, self.begins)

    def first(self, each: Ints) -> Ints:
        """That of its first stripe."""
        return each[self.begins]

    def last(self, each: Ints) -> Ints:
        """That of its last one."""
        return each[np.append(self.begins[1:], len(each)) - 1]
