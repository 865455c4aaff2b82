"""The engines of the machine while groups run in stripes: when each is done.

An engine begins as soon as what it reads is there and where it writes is free. For many
schedules at once: cycles are int64 [schedules].
"""

from collections.abc import Sequence

import numpy as np

from .....backend_aipu.machine import Machine
from ..stripes import Ints
from .course import Courses

EARLIER, BEFORE, NOW = range(3)
"""The stripe before the last one, the last one, and the one that runs."""


class Bus:
    """When the bus is busy: until when, and when it was idle the last time."""

    def __init__(self, none: Ints):
        self.end = self.idle_from = self.idle_to = none

    def take(self, ready: Ints, cycles: Ints) -> Ints:
        """Give the bus to a transfer that is ready; when it has it. What is asked for
        later may have it earlier, where it was idle.
        """
        gap = np.maximum(ready, self.idle_from)
        fits = gap + cycles <= self.idle_to
        begin = np.where(fits, gap, np.maximum(ready, self.end))
        takes = cycles > 0
        behind = takes & ~fits
        self.idle_from = np.where(
            takes & fits, begin + cycles, np.where(behind, self.end, self.idle_from)
        )
        self.idle_to = np.where(behind, begin, self.idle_to)
        self.end = np.where(behind, begin + cycles, self.end)
        return begin

    def skip(self, cycles: Ints) -> None:
        """Go on by so many cycles."""
        self.end = self.end + cycles
        self.idle_from, self.idle_to = self.idle_from + cycles, self.idle_to + cycles


class Moments:
    """When something is about places on chip, a number for each of a few reasons: the
    last place is that where there never is anything.
    """

    def __init__(self, reasons: int, places: int, widths: Sequence[int]):
        self.table = np.zeros((reasons, places + 2, sum(widths)), np.int64)
        self._flat, self._widths = self.table.reshape(-1), widths

    def at(self, places: Ints, reasons: Ints | int = 0) -> Ints:
        """Where the numbers of places of forms are, int64 [..., schedules]."""
        _, count, schedules = self.table.shape
        first = (places % count * schedules).repeat(self._widths, axis=-1)
        return first + reasons * (count * schedules) + np.arange(schedules)

    def get(self, at: Ints) -> Ints:
        """What is there, of the shape of `at`."""
        return self._flat.take(at)

    def put(self, at: Ints, when: Ints) -> None:
        """Let it be so."""
        self._flat[at] = when

    def later(self, at: Ints, when: Ints) -> None:
        """Let it be so late at least."""
        self._flat[at] = np.maximum(self._flat.take(at), when)

    def skip(self, cycles: Ints) -> None:
        """Go on by so many cycles."""
        self.table[:, :-2] += cycles

    def next_stripe(self) -> None:
        """Let what each reason says be that of the one before it."""
        self.table[:-1] = self.table[1:]
        self.table[-1] = 0

    def take_back(self, before: Ints, which: Ints) -> None:
        """Let some schedules have the table that was there before."""
        np.copyto(self.table, before, where=which > 0)


class Engines:
    """The clocks of the engines, and when places on chip are there, and free."""

    def __init__(self, courses: Courses, machine: Machine):
        """
        Args:
            courses: what schedules do, and with which places.
            machine: that it runs on.
        """
        self.places, self.amounts = courses.places, courses.amounts
        self.machine = machine
        self.none = np.zeros_like(self.amounts.steps)
        self.latency = machine.cycles_of_ns(machine.dram.latency)
        self.load = self.store = self.array = self.vector = self.tail = self.none
        self.bus = Bus(self.none)
        size = len(self.amounts.twice), courses.widths
        self.ready, self.moved = Moments(1, *size), Moments(1, *size)
        self.used = Moments(3, *size)
        self._twice = Moments(1, *size)
        self._twice.table[0, :-2] = self.amounts.twice
        places = self.places
        self._fills = [self.used.at(places.fills, when) for when in (BEFORE, NOW)]
        self._fills_below = self._free(places.below[:, 0], BEFORE)
        self._keeps = [self.used.at(places.keeps, when) for when in (BEFORE, NOW)]
        self._keeps_moved = self.moved.at(places.keeps)
        self._keeps_twice = self.twice(places.keeps)
        self._inputs = self.ready.at(places.inputs[0])
        self._inputs_free = self._free(places.inputs[0], NOW)
        self._also = self.used.at(places.also[:, 0], NOW)
        self._result = self.used.at(places.result[0, 0], NOW)

    def twice(self, places: Ints) -> Ints:
        """1 where places have more than one slot."""
        return self._twice.get(self._twice.at(places))

    def _free(self, places: Ints, before: int) -> Ints:
        """Where it says when places can be written to, of which two stripes used the
        slots: that before a stripe, and the one before that.
        """
        return self.used.at(places, before - self.twice(places))

    def _moves(self, moved: Ints) -> Ints:
        """Cycles of the bus, and transfers, of bytes and transfers."""
        size, transfers = moved
        return np.array([self.machine.bus_cycles(size), transfers])

    def _transfer(self, free: Ints, moved: Ints, ready: Ints) -> Ints:
        """Transfers one after another of an engine that is free then, cycles and how
        many; when they are done.
        """
        bus, transfers = moved
        some = transfers > 0
        on_bus = self.bus.take(np.maximum(free, ready) + self.latency * some, bus)
        more = self.latency * np.maximum(transfers - 1, 0)
        return np.where(some, on_bus + bus + more, free)

    def _loads(self, moved: Ints, ready: Ints) -> Ints:
        """Let something come; when it is there."""
        self.load = self._transfer(self.load, moved, ready)
        return self.load

    def _stores(self, moved: Ints, made: Ints, used: Ints) -> None:
        """Let something go that is made by then; whose place is used meanwhile."""
        self.store = self._transfer(self.store, moved, made)
        self.used.later(used, self.store * (moved[1] > 0))

    def _first_loads(self) -> None:
        """Rows that come before anything is computed, but that nothing waits for."""
        late = self.amounts.late
        end = self._loads(self._moves(self.amounts.maps * late), self.none)
        self.ready.later(self._inputs, end * late)

    def _inputs_come(self, moved: Ints) -> None:
        """The new rows of what is read."""
        for number in range(moved.shape[1]):
            each = moved[:, number]
            end = self._loads(each, self.used.get(self._inputs_free[number]))
            self.ready.later(self._inputs[number], end * (each[1] > 0))

    def _fill(self, step: int, free: Ints) -> None:
        """The padding of what a step is the first to write to."""
        for number, filled in enumerate(self.amounts.fills[step]):
            some = filled > 0
            self.load = np.where(some, np.maximum(self.load, free) + filled, self.load)
            for used in self._fills:
                self.used.later(used[step, number], self.load * some)

    def _fill_below(self, step: int) -> None:
        """The padding below what a step makes in the last stripe: what loads waits with
        all that comes after it until the rows before have moved.
        """
        filled = self.amounts.below[step]
        free = np.maximum(self.load, self.used.get(self._fills_below[step]))
        self.load = np.where(filled > 0, free + filled, self.load)

    def _keep(self, step: int, there: Ints) -> None:
        """Rows move to where the next stripe looks for them."""
        before, now = (each[step] for each in self._keeps)
        for number, cycles in enumerate(self.amounts.keeps[step] * there):
            free = self.used.get(before[number]) * self._keeps_twice[step, number]
            begin = np.maximum(self.used.get(now[number]), free)
            end = np.maximum(self.vector, begin) + cycles
            some = cycles > 0
            self.vector = np.where(some, end, self.vector)
            self.used.later(now[number], end * some)
            self.moved.put(self._keeps_moved[step, number], end * some)

    def _skip(self, cycles: Ints) -> None:
        """Let all clocks go on by so many cycles."""
        self.load, self.store = self.load + cycles, self.store + cycles
        self.array, self.vector = self.array + cycles, self.vector + cycles
        self.bus.skip(cycles)
        for each in (self.ready, self.moved, self.used):
            each.skip(cycles)
