"""How long the engines take for a group in stripes: their clocks, stripe by stripe.

Engines work in the order of the program, each as soon as what it reads is there and
where it writes is free. Only some stripes are gone through: the first, a few of those
between, whose length is that of all of them, and the last. For many schedules at once.
"""

from functools import cached_property
from typing import NamedTuple

import numpy as np

from ...machine_forms.stage import Kind
from .bundles import Bundle
from .engines import FIRST, LAST, MIDDLE, Engines
from .moves import Moved, both, times
from .needs import TILE_SLOTS
from .stripes import Ints

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

    def run(self) -> Lasting:
        """Go through the group."""
        self._first_loads()
        if self.form.single:
            self._single()
        else:
            self._stripes()
        moved = np.maximum(self.load, self.store - self.tail)
        return Lasting(np.maximum(self.array, self.vector), moved)

    def _single(self) -> None:
        """One stripe: the constants of a step come while the one before it runs."""
        steps = self.form.steps
        there = before = self.none
        for step, after in zip(steps, (*steps[1:], None), strict=True):
            coming = there
            self._fill(step, before)
            if after is not None:
                self.load = np.maximum(self.load, before)
                coming = self._transfer("load", self.moves.once[after], self.none)
            self._ready_at(step, there)
            if step is self._first_tiled:
                self._first_tiles(FIRST, self.none + 1)
            before = self._step(step, FIRST, self.none + 1)
            self._stored_also(step, FIRST, self.none + 1)
            there = coming

    def _ready_at(self, step: Bundle, there: Ints) -> None:
        """Let a step not begin before something is there."""
        if self._is_array(step):
            self.array = np.maximum(self.array, there)
        else:
            self.vector = np.maximum(self.vector, there)

    def _stripes(self) -> None:
        """Several stripes."""
        for step in self.form.steps:
            self._fill(step, self.none)
        self._first_tiles(FIRST, self.none + 1)
        ends = [self.none]
        for number in range(BETWEEN + 1):
            there = self.none + (self.stripes > number + 1)
            last = there * ((self.stripes == number + 2) | (number == BETWEEN))
            before = self.used
            self._stripe(MIDDLE if number else FIRST, there, (there - last, last))
            if not there.all():
                self._take_back(before, there == 0)
            ends.append(np.maximum(self.array, self.vector))
        others = np.maximum(self.stripes - 2 - BETWEEN, 0)
        self._skip(others * (ends[-1] - ends[-2]))
        self._stripe(LAST, self.none + 1, (self.none, self.none))

    def _stripe(self, stripe: int, there: Ints, coming: tuple[Ints, Ints]) -> None:
        """A stripe of some kind, where it is `there`, and what comes for the next, one
        between or the last.
        """
        self.used = [*self.used[1:], {}]
        ahead = self.differ.ahead
        for step in self.form.steps:
            if stripe == LAST:
                self._fill_below(step)
            self._step(step, stripe, there)
            if stripe != LAST:
                self._keep(step, there)
            self._stored_also(step, stripe, there * (1 - ahead))
        self._loads(coming, ahead)
        for step in self.form.steps:
            self._stored_also(step, stripe, there * ahead)
        self._loads(coming, 1 - ahead)
        self._first_tiles(MIDDLE, coming[0])
        self._first_tiles(LAST, coming[1])
        result = self.graph.result
        if stripe != LAST and self.moves.tiled(result) is None:
            self._store(result, times(self.rows[result][stripe], there))

    def _is_array(self, step: Bundle) -> bool:
        kind = self.graph.operators[step.first].stage.kind
        return kind in (Kind.CONVOLUTION, Kind.DEPTHWISE)

    def _step(self, step: Bundle, stripe: int, there: Ints) -> Ints:
        """What the operators of a step do with a stripe; when that is done."""
        owner = self.form.sharing.owner
        made = [self.graph.tensor_of(number) for number in step.operators]
        read = {t for n in step.operators for t in self.graph.operators[n].reads}
        begin = self.none
        for tensor in read - {*made}:
            begin = np.maximum(begin, self.ready.get(owner[tensor], self.none))
            if self._looks_back(step, tensor):
                begin = np.maximum(begin, self.moved.get(owner[tensor], self.none))
        for tensor in made:
            if self.form.tiled_in(owner[tensor]) is None:
                free = self._free(owner[tensor], *self.used[:2])
                begin = np.maximum(begin, free)
        array, vector = self._busy(step, stripe)
        array, vector = array * there, vector * there
        if step.first in self.tiles:
            end = self._turns(step, stripe, there, begin, array, vector)
        elif self._is_array(step):
            end = np.maximum(self.array, begin) + array
            self.array = np.where(array > 0, end, self.array)
        else:
            end = np.maximum(self.vector, begin) + vector
            self.vector = np.where(vector > 0, end, self.vector)
        for tensor in made:
            self._has(owner[tensor], end)
            self.made[tensor] = end
        for tensor in read:
            self._uses(owner[tensor], end)
        return end

    def _looks_back(self, step: Bundle, tensor: int) -> bool:
        """Whether a step reads rows that the stripe before this one had: for windows
        that overlap, or since others read further.
        """
        first, *_ = self.graph.readers[tensor]
        window = self.graph.operators[first].stage.window
        overlaps = self.graph.operators[first].is_windowed and (
            window.kernel[0] > window.stride[0]
        )
        return overlaps or first not in step.operators

    def _busy(self, step: Bundle, stripe: int) -> tuple[Ints, Ints]:
        """Cycles of the array and of the vector unit."""
        array = vector = self.none
        for number in step.operators:
            kind = self.graph.operators[number].stage.kind
            if kind in (Kind.CONVOLUTION, Kind.DEPTHWISE):
                array = array + self.busy[number][stripe]
            else:
                vector = vector + self.busy[number][stripe]
        return array, vector

    def _turns(
        self,
        step: Bundle,
        stripe: int,
        there: Ints,
        begin: Ints,
        array: Ints,
        vector: Ints,
    ) -> Ints:
        """Operators that take turns on tiles, while other tiles come and go."""
        count, slots, _ = self.tiles[step.first]
        loads = self._tiles_of(step, stripe, there)
        stores = times(self.moves.none, there)
        result = self.graph.result
        tiled = self.graph.tensor_of(step.last) == result and self.moves.tiled(result)
        if tiled:
            stores = times(self.rows[result][stripe], there)
        load, store = loads.cycles(self.machine), stores.cycles(self.machine)
        come_bus = self.machine.bus_cycles(loads.bytes) // count
        go_bus = self.machine.bus_cycles(stores.bytes) // count
        come = self._there(step, stripe, count)
        ring = np.minimum(slots, count)
        soon = np.maximum(ring - come, 0)
        first = self.first
        if step is not self._first_tiled:
            first = self._comes(step, come_bus * soon)
        engines = np.where(array > 0, self.array, self.vector)
        arrived = np.where((come > 0) | (load == 0), 0, first + load // count)
        begin = np.maximum(np.maximum(begin, engines), arrived)
        late = count - ring
        ready = np.maximum(begin, first + load * soon // count) + self.latency
        rest = come_bus * late + go_bus * (count - 1)
        then = np.where(rest > 0, self.bus.take(ready, rest), begin)
        arrived = np.where(late > 0, then + come_bus, 0)
        waits = np.where(slots > 1, 0, load - load // count)
        each = (array + vector) // count
        end = np.maximum.reduce(
            [
                begin + array + waits + vector // count,
                begin + vector + array // count,
                first + load * soon // count + each,
                arrived + np.maximum(array * late, load * (late - 1)) // count + each,
                then + rest + each,
            ]
        )
        if tiled:
            stored = np.maximum(self.store, begin + each) + store
            left = np.minimum(TILE_SLOTS, count) * store // count
            end = np.maximum(end, stored - left)
            self.store, self.tail = stored, store // count
        self.array = np.where(array > 0, end - vector // count, self.array)
        self.vector = np.where(vector > 0, end, self.vector)
        loaded = np.where(late > 0, end - each, first + load * soon // count)
        self.load = np.where(load > 0, np.maximum(self.load, loaded), self.load)
        self.rings[step.first] = end, array // count
        return end

    def _there(self, step: Bundle, stripe: int, count: Ints) -> Ints:
        """How many tiles of weights are there before a step begins."""
        if stripe != FIRST or step is not self.form.steps[0]:
            return self.none
        _, slots, _ = self.tiles[step.first]
        return np.where(self.maps.transfers > 0, np.minimum(slots, count), 1)

    def _tiles_of(self, step: Bundle, stripe: int, there: Ints) -> Moved:
        """All that comes in tiles for a step: weights, and what they are for."""
        *_, weights = self.tiles[step.first]
        array, _ = self._busy(step, stripe)
        found = times(weights, there * (array > 0))
        for tensor in self._tiled_inputs(step):
            found = both(found, times(self.rows[tensor][stripe], there))
        return found

    @cached_property
    def _first_tiled(self) -> Bundle | None:
        """The first step that has tiles."""
        return next((s for s in self.form.steps if s.first in self.tiles), None)

    def _first_tiles(self, stripe: int, there: Ints) -> None:
        """Let the first tiles of a stripe come, as many as the ring has slots: they ask
        for the bus before what the stripe before stores.
        """
        if (step := self._first_tiled) is None:
            return
        count, slots, _ = self.tiles[step.first]
        soon = np.minimum(slots, count) - self._there(step, stripe, count)
        loads = self._tiles_of(step, stripe, there)
        bus = self.machine.bus_cycles(loads.bytes) // count * np.maximum(soon, 0)
        self.first = np.where(there > 0, self._comes(step, bus), self.first)

    def _comes(self, step: Bundle, bus: Ints) -> Ints:
        """When the first tiles of a stripe begin to come, which take the bus for so
        many cycles.
        """
        _, slots, _ = self.tiles[step.first]
        end, turn = self._ring(step)
        free = np.maximum(self.load, np.maximum(end - (slots - 1) * turn, 0))
        return self.bus.take(free + self.latency, bus) - self.latency

    def _ring(self, step: Bundle) -> tuple[Ints, Ints]:
        """When the last tile of a step was done with, and how long it took."""
        return self.rings.get(step.first, (self.none, self.none))

    def _tiled_inputs(self, step: Bundle) -> list[int]:
        """What comes in for each tile."""
        return [
            tensor
            for tensor in range(len(self.graph.inputs))
            if self.moves.tiled(tensor) is step
        ]
