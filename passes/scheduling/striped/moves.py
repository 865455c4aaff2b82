"""What crosses the bus for a group in stripes: bytes, and in how many transfers.

Of each piece of consecutive bytes in DRAM whole bursts move, as in the simulator. Of as
many images as a form's costs are.
"""

from functools import cached_property
from typing import NamedTuple

import numpy as np

from ....backend_aipu.counts import Count, ceil_divide
from ....backend_aipu.machine import Machine
from .bundles import Bundle
from .differences import Differences
from .forms import Form
from .needs import tile_bytes
from .sizes import Sizes
from .stripes import Ints
from .transfers import PIECE


class Moved(NamedTuple):
    """What transfers move: bytes, and how many there are, int64 [schedules] each."""

    bytes: Ints
    transfers: Ints

    def cycles(self, machine: Machine) -> Ints:
        """What they take one after another, if nothing else is on the bus."""
        latency = machine.cycles_of_ns(machine.dram.latency)
        return machine.bus_cycles(self.bytes) + latency * self.transfers


def both(one: Moved, other: Moved) -> Moved:
    """What two kinds of transfers move together."""
    return Moved(one.bytes + other.bytes, one.transfers + other.transfers)


def times(moved: Moved, factor: Ints | int) -> Moved:
    """What as many transfers move that are alike."""
    return Moved(moved.bytes * factor, moved.transfers * factor)


class Moves:
    """What the schedules of a form move.

    maps: of each input and each result, in all stripes; nothing if it stays on chip.
    first_rows, last_rows: the same in the first stripe, and in the last.
    once: of each step the constants that come once.
    streamed: of each step the weights that come again in each stripe, for one of them.
    """

    def __init__(self, form: Form, differ: Differences, machine: Machine):
        self.graph = form.graph
        self.form = form
        self.differ = differ
        self.machine = machine
        self.none = Moved(*[np.zeros_like(differ.stripes)] * 2)
        ends = (*range(len(self.graph.inputs)), *self.graph.results)
        self.maps = {tensor: self._map(tensor) for tensor in ends}
        counts = differ.counts
        self.first_rows = {t: self._in_stripe(t, counts.first[t]) for t in ends}
        self.last_rows = {t: self._in_stripe(t, counts.last[t]) for t in ends}
        self.once = {step: self._once(step) for step in form.steps}
        self.streamed = {step: self._streamed(step) for step in form.steps}

    def tiled(self, tensor: int) -> Bundle | None:
        """The step of which each tile moves its channels of a tensor, if one does."""
        return self.form.tiled_in(self.form.sharing.owner[tensor])

    def loads(self) -> Moved:
        """All that comes over the bus."""
        found = self.none
        for step in self.form.steps:
            found = both(found, self.once[step])
            some = self.streamed[step]
            found = both(found, times(some, self._turns_of(step.first)))
        for tensor in range(len(self.graph.inputs)):
            found = both(found, self.maps[tensor])
        return found

    def stores(self) -> Moved:
        """All that goes over the bus."""
        found = self.none
        for tensor in self.graph.results:
            found = both(found, self.maps[tensor])
        return found

    @cached_property
    def first_maps(self) -> tuple[Moved, Moved]:
        """The rows of all inputs that come before anything is computed; and what of
        these the first step waits for: all, if it reads any, since those come last.
        """
        found, own = self.none, self.none
        first = self.form.steps[0]
        for tensor in range(len(self.graph.inputs)):
            if self.tiled(tensor) is None:
                moved = self.first_rows[tensor]
                found = both(found, moved)
                if min(self.graph.readers[tensor]) in first.operators:
                    own = both(own, moved)
        waits = own.transfers > 0
        return found, Moved(found.bytes * waits, found.transfers * waits)

    def _once(self, step: Bundle) -> Moved:
        found, sizes = self.none, self.differ.sizes
        for number in step.operators:
            stage = self.graph.operators[number].stage
            if stage.parameter_bytes:
                found = both(found, self._constant(sizes.parameters[number]))
            comes = self.graph.comes_with(number) and not self.form.streamed[number]
            if stage.weight_bytes and comes:
                found = both(found, self._constant(sizes.weights[number]))
        return found

    def _constant(self, size: Ints) -> Moved:
        return Moved(self._whole(size), np.ones_like(size))

    def _streamed(self, step: Bundle) -> Moved:
        found = self.none
        for number in step.operators:
            if self.form.streamed[number]:
                found = both(found, self._ring(number, step))
        return found

    def turns(self, step: Bundle) -> Ints:
        """How many tiles of weights the operators of a step have one after another."""
        most = np.ones_like(self.differ.stripes)
        for number in step.operators:
            if self.form.streamed[number]:
                most = np.maximum(most, self._tiles(number, step))
        return most

    def slots(self, step: Bundle) -> Ints:
        """So many tiles of the weights of a step are there at once, at least."""
        found = [
            self.differ.slots[number]
            for number in step.operators
            if self.form.streamed[number]
        ]
        return np.minimum.reduce(found) if found else np.ones_like(self.differ.stripes)

    def _map(self, tensor: int) -> Moved:
        runs = self.differ.runs
        rows = runs.inside[tensor]
        size = runs.total(self._rows(tensor, rows, self._sizes_of_runs))
        count = runs.total(rows > 0)
        made = self.differ.counts.made[tensor][self.differ.heights]
        moved = self._as_tiles(tensor, size, count, made)
        return times(self._crossing(tensor, moved), self.form.frames)

    @cached_property
    def _sizes_of_runs(self) -> Sizes:
        return self.differ.sizes.of(self.differ.runs.of)

    def _in_stripe(self, tensor: int, rows: Ints) -> Moved:
        rows = rows[self.differ.heights]
        count = (rows > 0).astype(np.int64)
        size = self._rows(tensor, rows, self.differ.sizes)
        moved = self._as_tiles(tensor, size, count, rows)
        return times(self._crossing(tensor, moved), self.form.images)

    def _crossing(self, tensor: int, moved: Moved) -> Moved:
        return times(moved, self.differ.crosses[tensor])

    def _as_tiles(self, tensor: int, size: Ints, count: Ints, rows: Ints) -> Moved:
        """What rows move that would move so much if no tile had some channels only."""
        step = self.tiled(tensor)
        if step is None:
            if self.form.single and tensor < len(self.graph.inputs):
                return self._in_pieces(tensor, rows)
            return Moved(size, count)
        channels, tiles = self.differ.channels[step.first], self.differ.tiles(step)
        whole, rest = np.divmod(self.differ.made(step.first), channels)
        pixels = rows * self.differ.sizes.columns[tensor]
        pieces = whole * self._whole(channels) + self._whole(rest)
        return Moved(np.where(tiles > 1, pixels * pieces, size), count * tiles)

    def _in_pieces(self, tensor: int, rows: Ints) -> Moved:
        """A whole map, some rows at once."""
        sizes = self.differ.sizes
        line = sizes.widths[tensor] * sizes.channels[tensor]
        step = np.maximum(1, PIECE // line)
        whole, rest = np.divmod(rows, step)
        size = whole * self._rows(tensor, step, sizes)
        size = size + self._rows(tensor, rest, sizes)
        return Moved(size, whole + (rest > 0))

    def _rows(self, tensor: int, rows: Ints, sizes: Sizes) -> Ints:
        """The bytes of so many rows in one transfer, where they lie in DRAM."""
        columns, channels = sizes.columns[tensor], sizes.channels[tensor]
        match self.graph.pieces(tensor):
            case "pixels":
                return rows * columns * self._whole(channels)
            case "rows":
                return rows * self._whole(columns * channels)
            case "maps":
                return self._whole(rows * columns * channels)

    def _whole(self, size: Count) -> Count:
        """Consecutive bytes in whole bursts."""
        burst = self.machine.dram.burst
        return ceil_divide(size, burst) * burst

    def _ring(self, number: int, step: Bundle) -> Moved:
        """All weights of an operator, tile by tile."""
        stage, differ = self.graph.operators[number].stage, self.differ
        channels, depth = differ.channels[number], differ.depth[number]
        made, read = differ.made(number), differ.sizes.depths[number]
        whole, rest = np.divmod(made, channels)
        size = whole * self._whole(tile_bytes(differ, number, channels, 0 * depth))
        size = size + self._whole(tile_bytes(differ, number, rest, 0 * depth))
        deep, left = np.divmod(read, np.maximum(depth, 1))
        pieces = deep * self._whole(depth) + self._whole(left)
        cut = (depth > 0) & (depth < read)
        size = np.where(cut, made * stage.window.size * pieces, size)
        return Moved(size, self._tiles(number, step))

    def _tiles(self, number: int, step: Bundle) -> Ints:
        """How many tiles the weights of an operator have in a stripe."""
        return self.differ.tiles(step) * self.differ.parts(number)

    def _turns_of(self, number: int) -> Ints:
        """How often an operator makes anything: in stripes of some images at once."""
        runs = self.differ.runs
        made = runs.total(runs.inside[self.graph.tensor_of(number)] > 0)
        return made * (self.form.frames // self.form.images)
