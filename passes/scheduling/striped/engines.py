"""The engines of the machine while a group runs in stripes: when each is done.

An engine begins as soon as what it reads is there and where it writes is free. For many
schedules at once: cycles are int64 [schedules].
"""

from collections.abc import Callable, Sequence

import numpy as np

from ....backend_aipu.machine import Machine
from .bundles import Bundle
from .differences import Differences
from .forms import Form
from .moves import Moved, Moves, both, times
from .needs import Needs, window_name
from .stripes import Ints

FIRST, MIDDLE, LAST = range(3)
"""Kinds of stripes."""

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


class Engines:
    """The clocks of the engines, and when places on chip are free."""

    def __init__(
        self,
        form: Form,
        differ: Differences,
        needs: Sequence[Needs],
        moves: Moves,
        cycles: Callable[[int], Ints],
        machine: Machine,
    ):
        """
        Args:
            form: of some schedules.
            differ: in what these differ.
            needs: their buffers.
            moves: what crosses the bus.
            cycles: of each operator in the first stripe, in one between, and in the
                last, int64 [3, schedules].
            machine: that it runs on.
        """
        self.graph, self.form, self.differ = form.graph, form, differ
        self.moves, self.machine = moves, machine
        self.slots = {need.name: need.slots for need in needs}
        self.sizes = {need.name: need.bytes * need.slots for need in needs}
        self.stripes = form.turns(differ)
        self.none = np.zeros_like(differ.stripes)
        self.latency = machine.cycles_of_ns(machine.dram.latency)
        self.maps, self.waited = moves.first_maps
        self.tiles = {
            step.first: (moves.turns(step), moves.slots(step), moves.streamed[step])
            for step in form.steps
            if form.streamed[step.first]
        }
        self.busy = [cycles(number) for number in range(len(self.graph.operators))]
        self.rows = {t: self._of_stripes(t) for t in range(len(self.graph.maps))}
        self.load = self.store = self.array = self.vector = self.none
        self.tail = self.none
        self.bus = Bus(self.none)
        self.ready: dict[int, Ints] = {}
        self.made: dict[int, Ints] = {}
        self.moved: dict[int, Ints] = {}
        self.used: list[dict[int, Ints]] = [{}, {}, {}]
        self.rings: dict[int, tuple[Ints, Ints]] = {}
        self.first = self.none

    def _transfer(self, engine: str, moved: Moved, ready: Ints) -> Ints:
        """Transfers of an engine one after another; when they are done."""
        free = self.load if engine == "load" else self.store
        latency = self.latency * (moved.transfers > 0)
        bus = self.machine.bus_cycles(moved.bytes)
        on_bus = self.bus.take(np.maximum(free, ready) + latency, bus)
        more = self.latency * np.maximum(moved.transfers - 1, 0)
        end = np.where(moved.transfers > 0, on_bus + bus + more, free)
        if engine == "load":
            self.load = end
        else:
            self.store = end
        return end

    def _fill(self, step: Bundle, free: Ints) -> None:
        """The padding of what a step is the first to write to."""
        burst, inputs = self.machine.dram.burst, len(self.graph.inputs)
        for number in step.operators:
            owner = self.form.sharing.owner[self.graph.tensor_of(number)]
            if min(self.form.sharing.users(owner)) != inputs + number:
                continue
            size = self._padded(owner)
            filled = -(-size // burst)
            self.load = np.where(
                size > 0, np.maximum(self.load, free) + filled, self.load
            )
            self._uses(owner, self.load * (size > 0), BEFORE)
            self._uses(owner, self.load * (size > 0), NOW)

    def _fill_below(self, step: Bundle) -> None:
        """The padding below what a step makes in the last stripe: what loads waits with
        all that comes after it until the rows before have moved.
        """
        graph, tensor = self.graph, self.graph.tensor_of(step.last)
        owner, (_, below) = self.form.sharing.owner[tensor], graph.caps[tensor]
        if not below or self.form.tiled_in(owner) is not None:
            return
        row = self._row(owner)
        filled = -(-below * row * self.form.images // self.machine.dram.burst)
        ends = self.differ.counts.last[tensor][self.differ.heights] > 0
        free = np.maximum(self.load, self._free(owner, *self.used[:2]))
        self.load = np.where(ends, free + filled, self.load)

    def _padded(self, owner: int) -> Ints:
        """Bytes of the window of a result that has padding; 0 if it has none."""
        size, differ = self.none, self.differ
        if self.form.tiled_in(owner) is None and self.graph.is_filled(owner):
            size = self.sizes[window_name(owner)]
        return np.where(differ.crosses[owner] > 0, size, differ.padded[owner])

    def _row(self, owner: int) -> Ints:
        """Bytes of a row of a window."""
        return self.differ.sizes.widths[owner] * self.differ.sizes.channels[owner]

    def _loads(self, coming: tuple[Ints, Ints], there: Ints) -> None:
        """The new rows of what is read: of a stripe between, or of the last."""
        inputs = range(len(self.graph.inputs))
        for tensor in sorted(inputs, key=lambda each: -min(self.graph.readers[each])):
            if self.moves.tiled(tensor) is None:
                _, *rows = self.rows[tensor]
                some = map(times, rows, coming)
                moved = times(both(*some), there)
                owner = self.form.sharing.owner[tensor]
                end = self._transfer("load", moved, self._free(owner, *self.used[1:]))
                self._has(owner, np.where(moved.transfers > 0, end, 0))

    def _stored_also(self, step: Bundle, stripe: int, there: Ints) -> None:
        """What a step makes that others read, too."""
        for number in step.operators:
            tensor = self.graph.tensor_of(number)
            if tensor in self.graph.also:
                moved = self.rows[tensor][stripe]
                self._store(tensor, times(moved, there))

    def _store(self, tensor: int, moved: Moved) -> None:
        end = self._transfer("store", moved, self.made[tensor])
        owner = self.form.sharing.owner[tensor]
        self._uses(owner, np.where(moved.transfers > 0, end, 0))

    def _keep(self, step: Bundle, there: Ints) -> None:
        """Rows move to where the next stripe looks for them."""
        graph, differ = self.graph, self.differ
        counts, at, after = differ.counts, differ.heights, differ.stripes - 1
        reads = {t for n in step.operators for t in graph.operators[n].reads}
        for tensor in sorted(reads):
            owner = self.form.sharing.owner[tensor]
            if (
                max(graph.readers[tensor]) not in step.operators
                or owner != tensor
                or self.form.tiled_in(owner) is not None
            ):
                continue
            twice = self.slots[window_name(owner)] > 1
            rows = np.where(twice, counts.again[tensor][at], counts.moved[tensor][at])
            row = self._row(owner)
            size = rows * row * self.form.images // np.maximum(after, 1) * there
            size = size * differ.crosses[owner]
            cycles = -(-size // self.machine.vector.lanes)
            free = np.where(twice, self.used[BEFORE].get(owner, self.none), 0)
            begin = np.maximum(self.used[NOW].get(owner, self.none), free)
            end = np.maximum(self.vector, begin) + cycles
            self.vector = np.where(size > 0, end, self.vector)
            self._uses(owner, np.where(size > 0, end, 0))
            self.moved[owner] = np.where(size > 0, end, 0)

    def _free(
        self, owner: int, earlier: dict[int, Ints], before: dict[int, Ints]
    ) -> Ints:
        """When the place of a map can be written to, as two stripes used it."""
        twice = self.slots.get(window_name(owner), self.none) > 1
        return np.where(
            twice, earlier.get(owner, self.none), before.get(owner, self.none)
        )

    def _uses(self, owner: int, end: Ints, when: int = NOW) -> None:
        used = self.used[when]
        used[owner] = np.maximum(used.get(owner, self.none), end)

    def _has(self, owner: int, end: Ints) -> None:
        self.ready[owner] = np.maximum(self.ready.get(owner, self.none), end)

    def _of_stripes(self, tensor: int) -> tuple[Moved, Moved, Moved]:
        """What moves of a tensor in the first stripe, in one between, in the last."""
        if tensor >= len(self.graph.inputs) and tensor not in self.graph.results:
            return self.moves.none, self.moves.none, self.moves.none
        first, last = self.moves.first_rows[tensor], self.moves.last_rows[tensor]
        total = self.moves.maps[tensor]
        others = np.maximum(self.stripes - 2, 1)

        def between(whole: Ints, one: Ints, other: Ints) -> Ints:
            return -(-np.maximum(whole - one - other, 0) // others)

        middle = Moved(
            between(total.bytes, first.bytes, last.bytes),
            between(total.transfers, first.transfers, last.transfers),
        )
        return first, middle, last

    def _skip(self, cycles: Ints) -> None:
        """Let all clocks go on by so many cycles."""
        self.load = self.load + cycles
        self.store = self.store + cycles
        self.bus.skip(cycles)
        self.array, self.vector = self.array + cycles, self.vector + cycles
        self.first = self.first + cycles
        self.ready = {key: each + cycles for key, each in self.ready.items()}
        self.made = {key: each + cycles for key, each in self.made.items()}
        self.moved = {key: each + cycles for key, each in self.moved.items()}
        self.used = [
            {key: each + cycles for key, each in used.items()} for used in self.used
        ]
        self.rings = {
            key: (end + cycles, turn) for key, (end, turn) in self.rings.items()
        }

    def _take_back(self, before: Sequence[dict[int, Ints]], which: Ints) -> None:
        """Let places be used as they were before a stripe that some do not have."""
        self.used = [
            {
                owner: np.where(which, old.get(owner, self.none), end)
                for owner, end in used.items()
            }
            for old, used in zip(before, self.used, strict=True)
        ]

    def _first_loads(self) -> None:
        """Rows that come before anything is computed, but that nothing waits for."""
        late = self.waited.transfers == 0
        end = self._transfer("load", times(self.maps, late), self.none)
        for tensor in range(len(self.graph.inputs)):
            if self.moves.tiled(tensor) is None:
                self._has(self.form.sharing.owner[tensor], end * late)
