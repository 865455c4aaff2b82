"""How long the engines take for groups in stripes: their clocks, stripe by stripe.

Engines work in the order of the program, each as soon as what it reads is there and
where it writes is free. Only some stripes are gone through: the first, a few of those
between, whose length is that of all of them, and the last. For many schedules at once.
"""

from typing import NamedTuple

import numpy as np

from .....backend_aipu.machine import Machine
from ..stripes import Ints
from .course import FIRST, KINDS, LAST, MIDDLE, Courses
from .engines import BEFORE, NOW, Engines
from .stints import Stints, stints_of, there_before

BETWEEN = 3
"""So many of the stripes between the first and the last are gone through."""


class Lasting(NamedTuple):
    """Cycles from when the first constants and rows are there, int64 [schedules].

    computed: until everything is computed.
    moved: until the bus is done, but for the last store.
    """

    computed: Ints
    moved: Ints


class Clocks(Engines):
    """What the engines do, in the order of the program."""

    def __init__(self, courses: Courses, machine: Machine):
        super().__init__(courses, machine)
        amounts, places = self.amounts, self.places
        self._steps = range(len(amounts.array))
        self._reads = self.ready.at(places.reads)
        self._looks_back = self.moved.at(places.looks_back)
        self._writes = self.ready.at(places.writes)
        self._frees = self._free(places.frees, BEFORE)
        self._uses = self.used.at(places.uses, NOW)
        self._of_kinds = [stints_of(amounts, kind, machine) for kind in KINDS]
        self._there = [there_before(amounts, kind) for kind in KINDS]
        self._also_moves = self._moves(amounts.also)
        self._result_moves = self._moves(amounts.result)
        self._input_moves = self._moves(amounts.inputs)
        self._has_also = amounts.also[1].any((1, 2))
        tiled = amounts.count > 0
        self._has_tiles = [bool(each.any()) for each in tiled]
        self._late = amounts.count - np.minimum(amounts.slots, amounts.count)
        self._first_tiled = np.where(tiled.any(0), tiled.argmax(0), -1)
        self._schedules = np.arange(len(self.none))
        self._first_place = np.maximum(self._first_tiled, 0), self._schedules
        self._soon_bus = np.array(
            [each.soon_bus[self._first_place] for each in self._of_kinds]
        )
        self._ring_end = np.zeros(tiled.shape, np.int64)
        self._ring_turn = np.zeros(tiled.shape, np.int64)
        self._first = self.none

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
                goes_on = amounts.steps > step + 1
                self.load = np.maximum(self.load, before * goes_on)
                coming = self._loads(once[:, step + 1], self.none)
            is_array, is_there = amounts.is_array[step] > 0, amounts.steps > step
            engine = np.maximum(np.where(is_array, self.array, self.vector), there)
            self.array = np.where(is_array, engine, self.array)
            self.vector = np.where(is_there & ~is_array, engine, self.vector)
            self._first_tiles(self._soon_bus[FIRST], self._first_tiled == step)
            before = self._step(step, FIRST, work)
            if self._has_also[step]:
                self._store_also(step, FIRST, before, self.none + 1)
            there = coming
        return self._lasting

    def striped(self) -> Lasting:
        """Go through groups of several stripes."""
        self._first_loads()
        for step in self._steps:
            self._fill(step, self.none)
        self._first_tiles(self._soon_bus[FIRST], self.none == 0)
        ends, stripes = [self.none], self.amounts.stripes
        for number in range(BETWEEN + 1):
            there = self.none + (stripes > number + 1)
            last = there * ((stripes == number + 2) | (number == BETWEEN))
            before = self.used.table.copy()
            self._stripe(MIDDLE if number else FIRST, there, (there - last, last))
            if not there.all():
                self.used.take_back(before, there == 0)
            ends.append(np.maximum(self.array, self.vector))
        others = np.maximum(stripes - 2 - BETWEEN, 0)
        self._skip(others * (ends[-1] - ends[-2]))
        self._stripe(LAST, self.none + 1, (self.none, self.none))
        return self._lasting

    @property
    def _lasting(self) -> Lasting:
        moved = np.maximum(self.load, self.store - self.tail)
        return Lasting(np.maximum(self.array, self.vector), moved)

    def _stripe(self, stripe: int, there: Ints, coming: tuple[Ints, Ints]) -> None:
        """A stripe of some kind, where it is `there`, and what comes for the next, one
        between or the last.
        """
        self.used.next_stripe()
        amounts, work = self.amounts, self._of_kinds[stripe]
        if not there.all():
            work = work.where(there)
        ends: list[Ints] = []
        for step in self._steps:
            if stripe == LAST:
                self._fill_below(step)
            ends.append(self._step(step, stripe, work))
            if stripe != LAST:
                self._keep(step, there)
            if self._has_also[step]:
                self._store_also(step, stripe, ends[step], there * (1 - amounts.ahead))
        also = self._has_also.nonzero()[0].tolist()
        if stripe != LAST:
            self._inputs_come(_of_next(self._input_moves, coming))
        for step in also:
            self._store_also(step, stripe, ends[step], there * amounts.ahead)
        if stripe != LAST:
            self._first_tiles(
                _of_next(self._soon_bus, coming), coming[0] + coming[1] > 0
            )
            made = np.array(ends)[amounts.steps - 1, self._schedules]
            self._stores(self._result_moves[:, stripe] * there, made, self._result)

    def _store_also(self, step: int, stripe: int, made: Ints, there: Ints) -> None:
        """What a step makes that others read, too."""
        moved = self._also_moves[:, step, stripe] * there
        self._stores(moved, made, self._also[step])

    def _step(self, step: int, stripe: int, work: Stints) -> Ints:
        """What the operators of a step do with a stripe; when that is done."""
        begin = self.ready.get(self._reads[step]).max(0, initial=0)
        moved = self.moved.get(self._looks_back[step]).max(0, initial=0)
        free = self.used.get(self._frees[step]).max(0, initial=0)
        begin = np.maximum(np.maximum(begin, moved), free)
        array, vector = work.array[step], work.vector[step]
        is_array = self.amounts.is_array[step] > 0
        end = np.maximum(np.where(is_array, self.array, self.vector), begin)
        end = end + array + vector
        if self._has_tiles[step]:
            tiled = self.amounts.count[step] > 0
            end = np.where(tiled, self._turns(step, stripe, work, begin), end)
            self._ring_end[step], self._ring_turn[step] = end, work.array_tile[step]
        self.array = np.where(array > 0, end - work.vector_tile[step], self.array)
        self.vector = np.where(vector > 0, end, self.vector)
        self.ready.later(self._writes[step], end)
        self.used.later(self._uses[step], end)
        return end

    def _turns(self, step: int, stripe: int, work: Stints, begin: Ints) -> Ints:
        """When operators are done that take turns on tiles, while other tiles come and
        go.
        """
        now = Stints(*(each[step] for each in work))
        first = self._first
        others = self._first_tiled != step
        if others.any():
            first = np.where(others, self._comes(step, now.soon_bus * others), first)
        engines = np.where(now.array > 0, self.array, self.vector)
        there = (self._there[stripe][step] > 0) | (now.load == 0)
        arrived = np.where(there, 0, first + now.load_tile)
        begin = np.maximum(np.maximum(begin, engines), arrived)
        soon = first + now.soon
        ready = np.maximum(begin, soon) + self.latency
        on_bus = self.bus.take(ready, now.rest)
        then = np.where(now.rest > 0, on_bus, begin)
        some_late = self._late[step] > 0
        arrived = np.where(some_late, then + now.tile_bus, 0)
        stored = np.maximum(self.store, begin + now.each) + now.store
        stores = self.amounts.stores_tiles[step] > 0
        end = np.maximum.reduce(
            [
                begin + now.array + now.waits + now.vector_tile,
                begin + now.vector + now.array_tile,
                soon + now.each,
                arrived + now.late_tiles + now.each,
                then + now.rest + now.each,
                np.where(stores, stored - now.last_tiles, 0),
            ]
        )
        loaded = np.maximum(self.load, np.where(some_late, end - now.each, soon))
        self.load = np.where(now.load > 0, loaded, self.load)
        self.store = np.where(stores, stored, self.store)
        self.tail = np.where(stores, now.store_tile, self.tail)
        return end

    def _first_tiles(self, bus: Ints, there: np.ndarray) -> None:
        """Let the first tiles of a stripe come, as many as the ring has slots: they ask
        for the bus before what the stripe before stores.
        """
        if any(self._has_tiles):
            comes = self._comes(self._first_place, bus * there)
            self._first = np.where(there, comes, self._first)

    def _comes(self, step: int | tuple[Ints, Ints], bus: Ints) -> Ints:
        """When the first tiles of a stripe begin to come, which take the bus for so
        many cycles.
        """
        others = self.amounts.slots[step] - 1
        done = self._ring_end[step] - others * self._ring_turn[step]
        free = np.maximum(self.load, np.maximum(done, 0))
        return self.bus.take(free + self.latency, bus) - self.latency

    def _skip(self, cycles: Ints) -> None:
        """Let all clocks go on by so many cycles."""
        super()._skip(cycles)
        self._first = self._first + cycles
        self._ring_end += cycles


def _of_next(kinds: Ints, coming: tuple[Ints, Ints]) -> Ints:
    """What comes for the next stripe, if that is one between, or the last; of what
    comes for stripes of each kind, int64 [..., kinds, schedules].
    """
    between, last = coming
    return kinds[..., MIDDLE, :] * between + kinds[..., LAST, :] * last
