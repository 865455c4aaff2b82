"""How long the engines take for groups in stripes: their clocks, stripe by stripe.

Engines work in the order of the program, each as soon as what it reads is there and
where it writes is free. Only some stripes are gone through: the first, a few of those
between, whose length is that of all of them, and the last. For many schedules at once.
"""

from collections.abc import Sequence
from functools import reduce
from typing import NamedTuple

import numpy as np

from .....backend_aipu.machine import Machine
from ..stripes import Ints
from .course import FIRST, KINDS, LAST, MIDDLE, Courses
from .engines import Engines
from .masks import Cycles, Mask, mask, masks
from .moments import BEFORE, NOW, Spot
from .stints import Stints, StripeWork, work_of

BETWEEN = 3
"""So many of the stripes between the first and the last are gone through."""


class Lasting(NamedTuple):
    """Cycles from when the first constants and rows are there, [schedules].

    computed: until everything is computed.
    moved: until the bus is done, but for the last store.
    """

    computed: Cycles
    moved: Cycles


class Coming(NamedTuple):
    """For which stripe something comes: where for one between, where for the last."""

    between: Mask
    last: Mask

    def of(self, kinds: Cycles) -> Cycles:
        """What comes for it, of what comes for stripes of each kind, [..., kinds,
        schedules].
        """
        if self.between.always or self.last.always:
            return kinds[..., MIDDLE if self.between.always else LAST, :]
        between, last = kinds[..., MIDDLE, :], kinds[..., LAST, :]
        return between * self.between.holds + last * self.last.holds


class Clocks(Engines):
    """What the engines do, in the order of the program."""

    def __init__(self, courses: Courses, machine: Machine):
        super().__init__(courses, machine)
        amounts, places = self.amounts, courses.places
        self._steps = range(len(amounts.array))
        self._reads = _real(self.ready.spots(places.reads), places.reads)
        self._looks_back = _real(self.moved.spots(places.looks_back), places.looks_back)
        self._writes = _real(self.ready.spots(places.writes), places.writes)
        self._frees = _real(self._free(places.frees, BEFORE), places.frees)
        self._uses = _real(self.used.spots(places.uses, NOW), places.uses)
        self._also_moves = self._moves(amounts.also)
        self._result_moves = self._moves(amounts.result)
        self._input_moves = self._moves(amounts.inputs)
        self._with_also = np.flatnonzero(amounts.also[1].any((1, 2))).tolist()
        self._everywhere = mask(amounts.stripes > 0)
        self._is_array = masks(amounts.is_array > 0)
        tiled = amounts.count > 0
        self._tiled = masks(tiled)
        self._is_first = masks(tiled & (tiled.cumsum(0) == 1))
        turning = [step for step in self._steps if self._tiled[step].ever]
        self._turning = {step: row for row, step in enumerate(turning)}
        self._of_kinds = [work_of(amounts, kind, turning, machine) for kind in KINDS]
        self._late = masks(amounts.count > amounts.slots)
        self._sends = masks(amounts.stores_tiles > 0)
        self._others = (amounts.slots - 1).astype(np.float64)
        self._ring_free = np.zeros((len(turning), len(self.none)))
        self._first = self.none
        if turning:
            self._first_at = tiled[turning].argmax(0), np.arange(len(self.none))
            self._soon_bus = np.array(
                [each.stints.soon_bus[self._first_at] for each in self._of_kinds]
            )

    def single(self) -> Lasting:
        """Go through groups of one stripe: the constants of a step come while the one
        before it runs.
        """
        self._first_loads()
        amounts, work = self.amounts, self._of_kinds[FIRST]
        once = self._moves(amounts.once)
        there = before = self.none
        for step in self._steps:
            coming = there
            self._fill(step, before)
            if step + 1 in self._steps:
                self.load = np.maximum(self.load, before)
                coming = self._loads(once[:, step + 1], self.none)
            is_array = self._is_array[step]
            engine = np.maximum(is_array.pick(self.array, self.vector), there)
            self.array = is_array.pick(engine, self.array)
            self.vector = is_array.pick(self.vector, engine)
            if self._turning:
                self._first_tiles(self._soon_bus[FIRST], self._is_first[step])
            before = self._step(step, work)
            if step in self._with_also:
                self._store_also(step, FIRST, before, self._everywhere)
            there = coming
        return self._lasting

    def striped(self) -> Lasting:
        """Go through groups of several stripes."""
        self._first_loads()
        for step in self._steps:
            self._fill(step, self.none)
        if self._turning:
            self._first_tiles(self._soon_bus[FIRST], self._everywhere)
        ends, stripes = [self.none], self.amounts.stripes
        for number in range(BETWEEN + 1):
            there = mask(stripes > number + 1)
            is_last = (stripes == number + 2) | (number == BETWEEN)
            coming = Coming(mask(there.holds & ~is_last), mask(there.holds & is_last))
            before = None if there.always else self.used.table.copy()
            self._stripe(MIDDLE if number else FIRST, there, coming)
            if before is not None:
                self.used.take_back(before, ~there.holds)
            ends.append(np.maximum(self.array, self.vector))
        others = np.maximum(stripes - 2 - BETWEEN, 0)
        self._skip(others * (ends[-1] - ends[-2]))
        self._stripe(LAST, self._everywhere, None)
        return self._lasting

    @property
    def _lasting(self) -> Lasting:
        moved = np.maximum(self.load, self.store - self.tail)
        return Lasting(np.maximum(self.array, self.vector), moved)

    def _stripe(self, stripe: int, there: Mask, coming: Coming | None) -> None:
        """A stripe of some kind, where it is `there`, and what comes for the next."""
        self.used.next_stripe()
        work, ahead = self._of_kinds[stripe].where(there), self.amounts.ahead > 0
        ends: list[Cycles] = []
        for step in self._steps:
            if stripe == LAST:
                self._fill_below(step)
            ends.append(self._step(step, work))
            if stripe != LAST:
                self._keep(step, there)
            if step in self._with_also:
                at_once = mask(there.holds & ~ahead)
                self._store_also(step, stripe, ends[step], at_once)
        if coming:
            self._inputs_come(coming.of(self._input_moves))
        for step in self._with_also:
            self._store_also(step, stripe, ends[step], mask(there.holds & ahead))
        if coming:
            if self._turning:
                self._first_tiles(coming.of(self._soon_bus), there)
            result = self._result_moves[:, stripe]
            self._stores(there.only(result), ends[-1], self._result)

    def _store_also(self, step: int, stripe: int, made: Cycles, there: Mask) -> None:
        """What a step makes that others read, too."""
        moved = there.only(self._also_moves[:, step, stripe])
        self._stores(moved, made, self._also[step])

    def _step(self, step: int, work: StripeWork) -> Cycles:
        """What the operators of a step do with a stripe; when that is done."""
        waits = (
            *map(self.ready.get, self._reads[step]),
            *map(self.moved.get, self._looks_back[step]),
            *map(self.used.get, self._frees[step]),
        )
        end = begin = reduce(np.maximum, waits) if waits else self.none
        tiled = self._tiled[step]
        if not tiled.always:
            engine = self._is_array[step].pick(self.array, self.vector)
            end = np.maximum(engine, begin) + work.busy[step]
        array_end = end
        if tiled.ever:
            row = self._turning[step]
            now = Stints(*(each[row] for each in work.stints))
            end = tiled.pick(self._turns(step, work, now, begin), end)
            array_end = end - now.vector_tile
            self._ring_free[row] = end - self._others[step] * now.array_tile
        self.array = work.runs[step].pick(array_end, self.array)
        self.vector = work.changes[step].pick(end, self.vector)
        for spot in self._writes[step]:
            self.ready.later(spot, end)
        for spot in self._uses[step]:
            self.used.later(spot, end)
        return end

    def _turns(self, step: int, work: StripeWork, now: Stints, begin: Cycles) -> Cycles:
        """When operators are done that take turns on tiles, while other tiles come and
        go.
        """
        late, sends, row = self._late[step], self._sends[step], self._turning[step]
        loads, waits, rests = work.loads[row], work.waits[row], work.rests[row]
        first = self._first
        if not self._is_first[step].always:
            first = self._is_first[step].pick(first, self._others_come(step, now))
        begin = np.maximum(begin, work.runs[step].pick(self.array, self.vector))
        if waits.ever:
            begin = np.maximum(begin, waits.only(first + now.load_tile))
        then, soon = begin, first + now.soon
        if rests.ever:
            ready = np.maximum(begin, soon) + self.latency
            then = rests.pick(self.bus.take(ready, now.rest), begin)
        end = np.maximum(soon, then + now.behind) + now.each
        end = np.maximum(end, begin + now.least)
        if sends.ever:
            stored = np.maximum(self.store, begin + now.each) + now.store
            end = np.maximum(end, sends.only(stored - now.last_tiles))
            self.store = sends.pick(stored, self.store)
            self.tail = sends.pick(now.store_tile, self.tail)
        loaded = np.maximum(self.load, late.pick(end - now.each, soon))
        self.load = loads.pick(loaded, self.load)
        return end

    def _others_come(self, step: int, now: Stints) -> Cycles:
        """When the first tiles of a step begin to come that is not the first to have
        some.
        """
        bus = now.soon_bus * ~self._is_first[step].holds
        return self._comes(self._ring_free[self._turning[step]], bus)

    def _first_tiles(self, bus: Cycles, there: Mask) -> None:
        """Let the first tiles of a stripe come, as many as the ring has slots: they ask
        for the bus before what the stripe before stores.
        """
        if there.ever:
            free = self._ring_free[self._first_at]
            self._first = there.pick(self._comes(free, there.only(bus)), self._first)

    def _comes(self, free: Cycles, bus: Cycles) -> Cycles:
        """When the first tiles of a stripe begin to come, which take the bus for so
        many cycles, if there is a place in the ring from then on.
        """
        ready = np.maximum(self.load, free) + self.latency
        return self.bus.take(ready, bus) - self.latency

    def _skip(self, cycles: Cycles) -> None:
        """Let all clocks go on by so many cycles."""
        super()._skip(cycles)
        self._first = self._first + cycles
        self._ring_free += cycles


def _real(spots: Sequence[Sequence[Spot]], places: Ints) -> list[list[Spot]]:
    """Those of steps that are places of any form at all."""
    return [
        [spot for spot, place in zip(*step, strict=True) if (place >= 0).any()]
        for step in zip(spots, places, strict=True)
    ]
