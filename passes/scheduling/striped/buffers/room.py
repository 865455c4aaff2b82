"""What schedules of a form need of the chip: bytes of buffers, and of waiting sums."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter

import numpy as np

from .....backend_aipu.machine import ACCUMULATOR_BYTES, Machine
from ...allocation import aligned, reach
from ..alike.differences import Differences
from ..alike.forms import Form
from ..stripes import Ints
from .needs import Needs


@dataclass(frozen=True)
class Room:
    """Of schedules of a form, by what differs, with the buffers that they need."""

    form: Form
    differ: Differences
    needs: Sequence[Needs]
    machine: Machine

    @cached_property
    def none(self) -> Ints:
        """Nothing of any of them."""
        return self.differ.none

    @property
    def all(self) -> np.ndarray:
        """All of them, bool [schedules]."""
        return self.none == 0

    @cached_property
    def fits(self) -> np.ndarray:
        """Where the machine has room, bool [schedules]."""
        on_chip = self.sram_bytes <= self.machine.sram.bytes
        sums = self.sums_bytes <= self.machine.array.accumulator_bytes
        return on_chip & sums & self._summing

    @property
    def _summing(self) -> np.ndarray:
        """Where sums that wait for more depth are of one image, or of all as of one."""
        found = self.all
        if self.form.images == 1:
            return found
        rings = self.differ.rings
        for number in np.flatnonzero(rings.depth.any(1)).tolist():
            deep = self.differ.by_rings(rings.depth[number])
            lies = self.form.lies_over_all(self.differ, number)
            found = found & ((deep == 0) | lies)
        return found

    @cached_property
    def sram_bytes(self) -> Ints:
        """Of all buffers. At different times of a single stripe these share places; if
        what is there at once has no room by itself, only that is counted.
        """
        if self.form.single:
            return self._at_different_times()
        end = self.none
        for need in self.needs:
            size = need.bytes * need.slots
            start = aligned(end, self.machine.sram.alignment)
            end = np.where(size > 0, start + size, end)
        return end

    def _at_different_times(self) -> Ints:
        most, room = self._most_at_once(), self.machine.sram.bytes
        (some,) = (most <= room).nonzero()
        if not len(some):
            return most
        needs = sorted(self.needs, key=lambda need: (need.first, need.name))
        sizes = np.array([need.bytes[some] * need.slots[some] for need in needs])
        steps = [(need.first, need.last) for need in needs]
        found: dict[tuple[int, ...], int] = {}
        for at, each in zip(
            some.tolist(), zip(*sizes.tolist(), strict=True), strict=True
        ):
            if each not in found:
                found[each] = self._placed(each, steps)
            most[at] = found[each]
        return most

    def _most_at_once(self) -> Ints:
        """The most bytes that are needed in a step."""
        most = self.none
        for step in range(len(self.form.steps)):
            there = (
                need.bytes * need.slots
                for need in self.needs
                if need.first <= step <= need.last
            )
            most = np.maximum(most, sum(there, start=self.none))
        return most

    def _placed(self, sizes: Sequence[int], steps: Sequence[tuple[int, int]]) -> int:
        """Where the last of buffers of so many bytes ends, which are there from one
        step to another: the largest are placed first.
        """
        each = zip(sizes, steps, strict=True)
        buffers = [(size, first, last) for size, (first, last) in each if size]
        buffers.sort(key=itemgetter(0), reverse=True)
        return reach(buffers, self.machine.sram.alignment)

    @cached_property
    def sums_bytes(self) -> Ints:
        """Of the largest tile whose weights come in parts of their depth."""
        graph, differ, most = self.form.graph, self.differ, self.none
        heights, rings = differ.heights, differ.rings
        for number in np.flatnonzero(rings.depth.any(1)).tolist():
            tensor = graph.tensor_of(number)
            rows = self.form.lots(heights, heights.counts.most[tensor])
            pixels = differ.by_height(rows * heights.sizes.columns[tensor])
            deep = rings.depth[number] > 0
            sums = rings.channels[number] * deep * ACCUMULATOR_BYTES
            most = np.maximum(most, pixels * differ.by_rings(sums))
        return most
