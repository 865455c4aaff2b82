"""What crosses the bus for a group in stripes: bytes, and in how many transfers.

Of each piece of consecutive bytes in DRAM whole bursts move, as in the simulator. Of as
many images as a form's costs are.
"""

from functools import cached_property
from typing import NamedTuple

import numpy as np

from .....backend_aipu.counts import Count, ceil_divide
from .....backend_aipu.machine import Machine
from ..alike.differences import Differences
from ..alike.forms import Form
from ..alike.sizes import Sizes
from ..buffers.needs import tile_bytes
from ..bundles import Bundle
from ..held import WHAT
from ..program.transfers import PIECE
from ..stripes import Ints


class Moved(NamedTuple):
    """What transfers move: bytes, and how many there are, int64 [schedules] each."""

    bytes: Ints
    transfers: Ints

    def of(self, step: int) -> "Moved":
        """What those of one step do, of all steps."""
        return Moved(self.bytes[step], self.transfers[step])

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
    once: of each step the constants that come once, int64 [steps, schedules].
    streamed: the weights of each that come again in each stripe, for one of them.
    turns: how many tiles of weights the operators of each have one after another.
    slots: so many of these are there at once, at least.
    """

    def __init__(self, form: Form, differ: Differences, machine: Machine):
        self.graph = form.graph
        self.form = form
        self.differ = differ
        self.machine = machine
        self.none = Moved(*[np.zeros_like(differ.stripes)] * 2)
        ends = (*range(len(self.graph.inputs)), *self.graph.results)
        self.maps = {tensor: self._map(tensor) for tensor in ends}
        self.first_rows: dict[int, Moved] = {}
        self.last_rows: dict[int, Moved] = {}
        for tensor in ends:
            size, count = self._at_the_ends(tensor)
            self.first_rows[tensor] = Moved(size[0], count[0])
            self.last_rows[tensor] = Moved(size[1], count[1])
        self._begins = [step.first for step in form.steps]
        self.once = self._in_steps(self._constants)
        self.streamed = self._in_steps(self._rings)
        self.turns = np.maximum.reduceat(differ.tiles * differ.parts, self._begins)
        most = np.where(differ.slots > 0, differ.slots, differ.slots.max(0))
        self.slots = np.maximum(np.minimum.reduceat(most, self._begins), 1)

    def tiled(self, tensor: int) -> Bundle | None:
        """The step of which each tile moves its channels of a tensor, if one does."""
        return self.form.tiled_in(self.form.sharing.owner[tensor])

    def loads(self) -> Moved:
        """All that comes over the bus."""
        again = times(self.streamed, self._turns_of_steps)
        found = both(self.once, again)
        found = Moved(found.bytes.sum(0), found.transfers.sum(0))
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

    def _in_steps(self, moved: Moved) -> Moved:
        """What the operators of each step move together."""
        return Moved(*(np.add.reduceat(each, self._begins) for each in moved))

    @property
    def _constants(self) -> Moved:
        """What comes once for each operator, int64 [operators, schedules]."""
        sizes, numbers = self.differ.sizes, range(len(self.graph.operators))
        with_weights, with_parameters = (
            np.array([[self.graph.comes_with(number, what)] for number in numbers])
            for what in WHAT
        )
        weights = sizes.weights * with_weights * (1 - self.differ.streams)
        parameters = sizes.parameters * with_parameters
        size = self._whole(parameters) + self._whole(weights)
        return Moved(size, (parameters > 0) + (weights > 0).astype(np.int64))

    @property
    def _rings(self) -> Moved:
        """All weights of each operator, tile by tile, where they come in tiles."""
        differ = self.differ
        channels, depth, read = differ.channels, differ.depth, differ.sizes.depths
        whole, rest = np.divmod(differ.made, channels)
        size = whole * self._whole(tile_bytes(differ, channels, 0 * depth))
        size = size + self._whole(tile_bytes(differ, rest, 0 * depth))
        deep, left = np.divmod(read, np.maximum(depth, 1))
        pieces = deep * self._whole(depth) + self._whole(left)
        windows = [[each.stage.window.size] for each in self.graph.operators]
        cut = (depth > 0) & (depth < read)
        size = np.where(cut, differ.made * np.array(windows) * pieces, size)
        return times(Moved(size, differ.tiles * differ.parts), differ.streams)

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

    def _at_the_ends(self, tensor: int) -> Moved:
        """The same in the first stripe, and in the last, int64 [2, schedules]."""
        counts, at = self.differ.counts, self.differ.heights
        rows = np.array([counts.first[tensor][at], counts.last[tensor][at]])
        size = self._rows(tensor, rows, self.differ.sizes)
        moved = self._as_tiles(tensor, size, (rows > 0).astype(np.int64), rows)
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
        channels = self.differ.channels[step.first]
        tiles, made = self.differ.tiles[step.first], self.differ.made[step.first]
        whole, rest = np.divmod(made, channels)
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

    @property
    def _turns_of_steps(self) -> Ints:
        """How often each step makes anything: in stripes of some images at once."""
        runs, inputs = self.differ.runs, len(self.graph.inputs)
        firsts = [inputs + first for first in self._begins]
        made = runs.total((runs.inside[firsts] > 0).astype(np.int64))
        return made * (self.form.frames // self.form.images)
