"""The engines of the machine while groups run in stripes: when each is done.

An engine begins as soon as what it reads is there and where it writes is free. For many
schedules at once: cycles are float64 [schedules].
"""

from collections.abc import Sequence

import numpy as np

from .....backend_aipu.machine import Machine
from ..stripes import Ints
from .course import Courses
from .masks import Cycles, Mask, mask
from .moments import BEFORE, NOW, Moments, Spot


class Bus:
    """When the bus is busy: until when, and when it was idle the last time."""

    def __init__(self, none: Cycles):
        self.end = self.idle_from = self.idle_to = none

    def take(self, ready: Cycles, cycles: Cycles) -> Cycles:
        """Give the bus to a transfer that is ready; when it has it. What is asked for
        later may have it earlier, where it was idle.
        """
        gap = np.maximum(ready, self.idle_from)
        end = gap + cycles
        fits = end <= self.idle_to
        begin = np.where(fits, gap, np.maximum(ready, self.end))
        takes = cycles > 0
        if np.count_nonzero(takes):
            end = begin + cycles
            behind = takes > fits
            idle_from = np.where(fits, end, self.end)
            self.idle_from = np.where(takes, idle_from, self.idle_from)
            self.idle_to = np.where(behind, begin, self.idle_to)
            self.end = np.where(behind, end, self.end)
        return begin

    def skip(self, cycles: Cycles) -> None:
        """Go on by so many cycles."""
        self.end = self.end + cycles
        self.idle_from, self.idle_to = self.idle_from + cycles, self.idle_to + cycles


class Engines:
    """The clocks of the engines, and when places on chip are there, and free."""

    def __init__(self, courses: Courses, machine: Machine):
        """
        Args:
            courses: what schedules do, and with which places.
            machine: that it runs on.
        """
        places, amounts = courses.places, courses.amounts
        self.amounts, self.machine = amounts, machine
        self.none = np.zeros(len(amounts.stripes))
        self.latency = float(machine.cycles_of_ns(machine.dram.latency))
        self._wait = self.none + self.latency
        self.load = self.store = self.array = self.vector = self.tail = self.none
        self.bus = Bus(self.none)
        size = len(amounts.twice), courses.widths
        self.ready, self.moved = Moments(1, *size), Moments(1, *size)
        self.used = Moments(3, *size)
        self._twice = np.concatenate([amounts.twice, np.zeros_like(amounts.twice[:2])])
        self._fills = [self.used.spots(places.fills, when) for when in (BEFORE, NOW)]
        self._filled = [_some(each) for each in amounts.fills]
        self._fills_below = self._free(places.below, BEFORE)
        self._below = _some(amounts.below)
        self._keeps = [self.used.spots(places.keeps, when) for when in (BEFORE, NOW)]
        self._kept = [_some(each) for each in amounts.keeps]
        self._keeps_moved = self.moved.spots(places.keeps)
        self._keeps_twice = self._twice_of(places.keeps, courses.widths)
        (self._inputs,) = self.ready.spots(places.inputs)
        (self._inputs_free,) = self._free(places.inputs, NOW)
        self._also = [also for (also,) in self.used.spots(places.also, NOW)]
        ((self._result,),) = self.used.spots(places.result, NOW)

    def _twice_of(self, places: Ints, widths: Sequence[int]) -> Ints:
        """1 where places have more than one slot, int64 [..., schedules]."""
        each = np.arange(len(self.none))
        return self._twice[places.repeat(widths, axis=-1), each]

    def _free(self, places: Ints, before: int) -> list[list[Spot]]:
        """Where it says when places can be written to, of which two stripes used the
        slots: that before a stripe, and the one before that.
        """
        return self.used.spots(places, before, self._twice)

    def _moves(self, moved: Ints) -> Cycles:
        """Cycles of the bus, and transfers, of bytes and transfers."""
        size, transfers = moved
        return np.array([self.machine.bus_cycles(size), transfers], np.float64)

    def _transfer(self, free: Cycles, moved: Cycles, ready: Cycles) -> Cycles:
        """Transfers one after another of an engine that is free then, cycles and how
        many; when they are done.
        """
        bus, transfers = moved
        some = mask(transfers > 0)
        if not some.ever:
            return free
        on_bus = self.bus.take(np.maximum(free, ready) + some.only(self._wait), bus)
        more = self.latency * np.maximum(transfers - 1, 0)
        return some.pick(on_bus + bus + more, free)

    def _loads(self, moved: Cycles, ready: Cycles) -> Cycles:
        """Let something come; when it is there."""
        self.load = self._transfer(self.load, moved, ready)
        return self.load

    def _stores(self, moved: Cycles, made: Cycles, used: Spot) -> None:
        """Let something go that is made by then; whose place is used meanwhile."""
        self.store = self._transfer(self.store, moved, made)
        self.used.later(used, self.store * (moved[1] > 0))

    def _first_loads(self) -> None:
        """Rows that come before anything is computed, but that nothing waits for."""
        late = self.amounts.late
        end = self._loads(self._moves(self.amounts.maps * late), self.none)
        for spot in self._inputs:
            self.ready.later(spot, end * late)

    def _inputs_come(self, moved: Cycles) -> None:
        """The new rows of what is read."""
        for number, (spot, free) in enumerate(
            zip(self._inputs, self._inputs_free, strict=True)
        ):
            each = moved[:, number]
            end = self._loads(each, self.used.get(free))
            self.ready.later(spot, end * (each[1] > 0))

    def _fill(self, step: int, free: Cycles) -> None:
        """The padding of what a step is the first to write to."""
        for number, filled in self._filled[step].items():
            some = mask(filled > 0)
            self.load = some.pick(np.maximum(self.load, free) + filled, self.load)
            for spots in self._fills:
                self.used.later(spots[step][number], some.only(self.load))

    def _fill_below(self, step: int) -> None:
        """The padding below what steps make in the last stripe: what loads waits with
        all that comes after it until the rows before have moved.
        """
        if step in self._below:
            filled = self._below[step]
            free = np.maximum(self.load, self.used.get(self._fills_below[step][0]))
            self.load = np.where(filled > 0, free + filled, self.load)

    def _keep(self, step: int, there: Mask) -> None:
        """Rows move to where the next stripe looks for them."""
        before, now = (each[step] for each in self._keeps)
        for number, kept in self._kept[step].items():
            cycles = there.only(kept)
            free = self.used.get(before[number]) * self._keeps_twice[step, number]
            begin = np.maximum(self.used.get(now[number]), free)
            end = np.maximum(self.vector, begin) + cycles
            some = mask(cycles > 0)
            self.vector = some.pick(end, self.vector)
            end = some.only(end)
            self.used.later(now[number], end)
            self.moved.put(self._keeps_moved[step][number], end)

    def _skip(self, cycles: Cycles) -> None:
        """Let all clocks go on by so many cycles."""
        self.load, self.store = self.load + cycles, self.store + cycles
        self.array, self.vector = self.array + cycles, self.vector + cycles
        self.bus.skip(cycles)
        for each in (self.ready, self.moved, self.used):
            each.skip(cycles)


def _some(several: Ints) -> dict[int, Cycles]:
    """Those of several amounts that are not nothing, by their numbers."""
    return {
        number: several[number].astype(np.float64)
        for number in np.flatnonzero(several.any(-1)).tolist()
    }
