"""What crosses the bus for a group in stripes: bytes, and in how many transfers.

Of each piece of consecutive bytes in DRAM whole bursts move, as in the simulator. Of as
many images as a form's costs are.
"""

from functools import cached_property
from typing import NamedTuple

import numpy as np

from .....backend_aipu.machine import Machine
from ..alike.differences import Differences
from ..alike.forms import Form
from ..bundles import Bundle
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

    maps: of each input and each result, in all stripes, in the first, in one of those
        between and in the last: bytes, and transfers, int64 [2, 4, schedules]; nothing
        if it stays on chip.
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
        self.none = Moved(differ.none, differ.none)
        ends = (*range(len(self.graph.inputs)), *self.graph.results)
        self.maps = {tensor: self._map(tensor) for tensor in ends}
        self._begins = [step.first for step in form.steps]
        rings = differ.rings
        once, streamed = rings.moved(machine)
        most = np.where(rings.slots > 0, rings.slots, rings.slots.max(0))
        of_steps = (
            *np.add.reduceat(once, self._begins, axis=1),
            *np.add.reduceat(streamed, self._begins, axis=1),
            np.maximum.reduceat(rings.tiles * rings.parts, self._begins),
            np.maximum(np.minimum.reduceat(most, self._begins), 1),
        )
        found = differ.by_rings(np.array(of_steps))
        self.once, self.streamed = Moved(*found[:2]), Moved(*found[2:4])
        self.turns, self.slots = found[4:]

    def tiled(self, tensor: int) -> Bundle | None:
        """The step of which each tile moves its channels of a tensor, if one does."""
        return self.form.tiled_in(self.form.sharing.owner[tensor])

    def of_all(self, tensor: int) -> Moved:
        """What moves of a tensor in all stripes."""
        return Moved(*self.maps[tensor][:, 0])

    def in_stripes(self, tensor: int) -> Ints:
        """The same in stripes of each kind, int64 [2, kinds, schedules]."""
        return self.maps[tensor][:, 1:]

    def loads(self) -> Moved:
        """All that comes over the bus."""
        again = times(self.streamed, self._turns_of_steps)
        found = both(self.once, again)
        found = Moved(found.bytes.sum(0), found.transfers.sum(0))
        for tensor in range(len(self.graph.inputs)):
            found = both(found, self.of_all(tensor))
        return found

    def stores(self) -> Moved:
        """All that goes over the bus."""
        found = self.none
        for tensor in self.graph.results:
            found = both(found, self.of_all(tensor))
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
                moved = Moved(*self.maps[tensor][:, 1])
                found = both(found, moved)
                if min(self.graph.readers[tensor]) in first.operators:
                    own = both(own, moved)
        waits = own.transfers > 0
        return found, Moved(found.bytes * waits, found.transfers * waits)

    def _map(self, tensor: int) -> Ints:
        differ, heights, step = self.differ, self.differ.heights, self.tiled(tensor)
        comes_whole = self.form.single and tensor < len(self.graph.inputs)
        piece = PIECE if comes_whole and step is None else 0
        moved, stripes = (
            heights.moved(tensor, self.machine, piece),
            heights.counts.stripes,
        )
        if step:
            moved = self._as_tiles(tensor, step, differ.by_height(moved))
            found = self._between(moved, differ.stripes)
        else:
            found = differ.by_height(self._between(moved, stripes))
        return found * differ.crosses[tensor]

    def _between(self, moved: Ints, stripes: Ints) -> Ints:
        """What moves in all of so many stripes, in the first, in one of those between
        and in the last, int64 [2, 4, ...], if one image moves so much in all of them,
        in the first and in the last.
        """
        images, frames = self.form.images, self.form.frames
        whole, first, last = (
            moved[:, 0] * frames,
            *(moved[:, 1:] * images).swapaxes(0, 1),
        )
        others = np.maximum(self.form.turns(stripes) - 2, 1)
        between = -(-np.maximum(whole - first - last, 0) // others)
        return np.stack([whole, first, between, last], axis=1)

    def _as_tiles(self, tensor: int, step: Bundle, moved: Ints) -> Ints:
        """What rows move in tiles that would move so much if none had some channels
        only.
        """
        differ, rings = self.differ, self.differ.rings
        counts, columns = differ.heights.counts, differ.heights.sizes.columns[tensor]
        channels, tiles = rings.channels[step.first], rings.tiles[step.first]
        parts, rest = np.divmod(rings.made[step.first], channels)
        pieces = self.machine.strided_bytes(parts, channels)
        pieces = pieces + self.machine.strided_bytes(1, rest)
        rows = [
            each[tensor] * columns for each in (counts.made, counts.first, counts.last)
        ]
        pixels = differ.by_height(np.array(rows))
        tiles, pieces = differ.by_rings(np.array([tiles, pieces]))
        size, count = moved
        return np.array([np.where(tiles > 1, pixels * pieces, size), count * tiles])

    @property
    def _turns_of_steps(self) -> Ints:
        """How often each step makes anything: in stripes of some images at once."""
        inputs = len(self.graph.inputs)
        firsts = [inputs + first for first in self._begins]
        made = self.differ.heights.counts.turns[firsts]
        return self.differ.by_height(made * (self.form.frames // self.form.images))
