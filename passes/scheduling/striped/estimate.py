"""What a group in stripes costs, in closed form: cycles of each engine, traffic, bytes.

Every engine is busy for what its instructions take. How groups that follow each other
overlap is for `following` to say. The simulator counts what really happens; this only
has to rank. Schedules of the same form are worked out all at once.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import NamedTuple

import numpy as np

from ....backend_aipu.machine import ACCUMULATOR_BYTES, Machine
from ....dialects.tile import StripedSchedule
from ...machine_forms.stage import Kind
from ..allocation import aligned, allocate
from .bundles import Bundle
from .busy import busy_cycles
from .forms import Differences, Form, crossing, differences_of, forms
from .graph import Graph, Stays
from .instructions import instructions_of
from .moves import Moved, Moves, most_turns, moves_of
from .needs import needs_of, width, window_name
from .spacing import lot_rows, over_all
from .stripes import Ints


class Phase(NamedTuple):
    """What a part of a group asks for: all of its stripes, or a step of a single one.

    computing: cycles of the busier of the engines that compute.
    bus: cycles of all transfers, with their latencies.
    constants: those of `bus` for which there is room before anything is computed.
    needed: those of constants without which nothing can be.
    maps: those that bring feature maps before anything is computed.
    last: cycles of what is computed after the last load.
    """

    computing: int
    bus: int
    constants: int
    needed: int
    maps: int
    last: int


class Spent(NamedTuple):
    """What a group asks for.

    phases: one after another.
    tail: cycles of the last store.
    by_rows: whether it reads the first rows of its inputs first.
    dram_bytes: over the bus.
    sram_bytes: of its buffers.
    sums_bytes: of sums that wait in the accumulators for more depth.
    instructions: about as many as its program has.
    """

    phases: tuple[Phase, ...]
    tail: int
    by_rows: bool
    dram_bytes: int
    sram_bytes: int
    sums_bytes: int
    instructions: int

    @property
    def bus(self) -> int:
        """Cycles of all transfers."""
        return sum(phase.bus for phase in self.phases)


class Answer(NamedTuple):
    """What a schedule asks for, while the tensors of place `stays` stay on chip."""

    stays: int
    schedule: StripedSchedule
    spent: Spent


def asked_of(graph: Graph, schedule: StripedSchedule, machine: Machine) -> Spent:
    """The cost of a group; there may be no room for what it keeps on chip."""
    (answer,) = all_asked_of(graph, [schedule], [graph.kept], machine)
    return answer.spent


def all_asked_of(
    graph: Graph,
    schedules: Sequence[StripedSchedule],
    stays: Sequence[Stays],
    machine: Machine,
    *,
    fitting: bool = False,
) -> Iterator[Answer]:
    """The cost of a group by all schedules, with each of some sets of tensors staying
    on chip; or only where those are `fitting` the machine.
    """
    graph = replace(graph, kept=tuple({each for kept in stays for each in kept}))
    differ, crosses = differences_of(graph, schedules), crossing(graph, stays)
    for form, places, variants in forms(graph, schedules, stays):
        some = differ.of(places, crosses[:, variants])
        estimate = _Estimate(graph, form, some, machine)
        for each in estimate.fitting() if fitting else range(len(places)):
            schedule, variant = schedules[places[each]], int(variants[each])
            yield Answer(variant, schedule, estimate.spent(each))


class _Estimate:
    """Of schedules of a form, by what differs."""

    def __init__(self, graph: Graph, form: Form, differ: Differences, machine: Machine):
        self.graph = graph
        self.form = form
        self.differ = differ
        self.machine = machine
        self.needs = needs_of(graph, form, differ)
        self.none = np.zeros_like(differ.stripes)

    def fitting(self) -> list[int]:
        """The schedules for which the machine has room."""
        on_chip = self.sram_bytes <= self.machine.sram.bytes
        sums = self.sums_bytes <= self.machine.array.accumulator_bytes
        return np.flatnonzero(on_chip & sums & self._summing).tolist()

    @property
    def _summing(self) -> Ints:
        """Where sums that wait for more depth are of one image, or of all as of one."""
        found = self.none == 0
        if self.form.images == 1:
            return found
        for number, depth in enumerate(self.differ.depth):
            places = self._over_all.get(number)
            lies = False
            if places is not None:
                lies = self.differ.crosses[list(places)].min(0) > 0
            found = found & ((depth == 0) | lies)
        return found

    def spent(self, schedule: int) -> Spent:
        """What one of them asks for."""
        return Spent(
            tuple(Phase(*phase) for phase in self._phases[schedule]) * self.form.again,
            int(self._tail[schedule]),
            not self.form.single,
            int(self._moves.all.bytes[schedule]) * self.form.again,
            int(self.sram_bytes[schedule]),
            int(self.sums_bytes[schedule]),
            int(self._instructions[schedule]),
        )

    @cached_property
    def sram_bytes(self) -> Ints:
        """Of all buffers. At different times of a single stripe these share places; if
        what is there at once has no room by itself, only that is counted.
        """
        if self.form.single:
            room = self.machine.sram.bytes
            most = self._most_at_once().tolist()
            return np.array(
                [
                    each if each > room else self._placed(at)
                    for at, each in enumerate(most)
                ]
            )
        end = self.none
        for need in self.needs:
            size = need.bytes * need.slots
            start = aligned(end, self.machine.sram.alignment)
            end = np.where(size > 0, start + size, end)
        return end

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

    def _placed(self, schedule: int) -> int:
        """Where the last buffer of a schedule ends."""
        needs = (need.by(schedule) for need in self.needs)
        lives = [need.life for need in needs if need.bytes]
        addresses = allocate(lives, self.machine.sram.alignment)
        return max((addresses[life.name] + life.bytes for life in lives), default=0)

    @cached_property
    def sums_bytes(self) -> Ints:
        """Of the largest tile whose weights come in parts of their depth."""
        graph, differ, most = self.graph, self.differ, self.none
        for number, operator in enumerate(graph.operators):
            rows = differ.counts.most[graph.tensor_of(number)][differ.heights]
            rows = self.form.lot(graph, rows)
            pixels = rows * operator.stage.ofm[2] * (differ.depth[number] > 0)
            sums = pixels * differ.channels[number] * ACCUMULATOR_BYTES
            most = np.maximum(most, sums)
        return most

    @cached_property
    def _steps(self) -> list[Moves]:
        """What transfers move for each step."""
        return [
            moves_of(self.graph, self.form, self.differ, step)
            for step in self.form.steps
        ]

    @cached_property
    def _moves(self) -> Moves:
        """What all of them move."""
        return sum(self._steps[1:], start=self._steps[0])

    @cached_property
    def _phases(self) -> list[list[list[int]]]:
        """The phases of each schedule, in numbers."""
        steps = self.form.steps
        busy = [self._busy(step) for step in steps]
        turns = [most_turns(self.graph, self.form, self.differ, step) for step in steps]
        if self.form.single:
            phases = [*map(self._step, self._steps, busy, turns)]
        else:
            phases = [self._stripes(busy, np.stack(turns).max(0))]
        return np.array(phases).transpose(2, 0, 1).tolist()

    def _step(self, moves: Moves, busy: Ints, turns: Ints) -> Sequence[Ints]:
        """A step of a single stripe."""
        computing = busy.max(0)
        return (
            computing,
            self._cycles(moves.all),
            self._cycles(moves.early),
            self._cycles(moves.needed),
            self._cycles(moves.first),
            computing // turns,
        )

    def _stripes(self, busy: Sequence[Ints], tiles: Ints) -> Sequence[Ints]:
        """All stripes, which have so many tiles of weights one after another.

        A step that streams lasts as long as what it streams takes: rings hold too
        little of it to even out steps.
        """
        moves, turns = self._moves, self.form.turns(self.differ)
        array, vector = sum(busy, start=self.none)
        for each, (mac, other) in zip(self._steps, busy, strict=True):
            streamed = self._cycles(each.streamed)
            most = np.maximum(np.maximum(mac, other), streamed)
            array = array + np.where(streamed > 0, most - mac, 0)
        vector = vector + self._again() // self.machine.vector.lanes
        later = self._cycles(moves.read - moves.first)
        behind = later * (1 - self.differ.ahead) + self._held_up(array, later, tiles)
        computing = np.maximum(array + behind, vector)
        last = computing // (turns * tiles)
        return (
            computing,
            self._cycles(moves.all),
            self._cycles(moves.early),
            self._cycles(moves.early),
            self._cycles(moves.first),
            last,
        )

    def _held_up(self, array: Ints, later: Ints, tiles: Ints) -> Ints:
        """How long tiles of weights come late, in all turns, since rows come before
        them: longer than those that are there keep the array busy.
        """
        others = np.maximum(self.form.turns(self.differ) - 1, 1)
        rows = later * self.differ.ahead // others
        tile = self._cycles(self._moves.tile)
        slots = self.differ.slots.max(0)
        there = (slots - 1) * array // ((others + 1) * tiles)
        late = np.maximum(rows + tile - there, 0)
        return np.where((slots > 0) & (rows > 0), others * late, 0)

    def _cycles(self, moved: Moved) -> Ints:
        """What transfers take."""
        latency = self.machine.cycles_of_ns(self.machine.dram.latency)
        return self.machine.bus_cycles(moved.bytes) + latency * moved.transfers

    def _busy(self, step: Bundle) -> Ints:
        """Cycles of the array and of the vector unit, int64 [2, schedules]."""
        array = vector = self.none
        for number in step.operators:
            kind = self.graph.operators[number].stage.kind
            if kind in (Kind.CONVOLUTION, Kind.DEPTHWISE):
                array = array + self._computing(number)
            elif kind is Kind.MOVE:
                vector = vector + self._copied(number) // self.machine.vector.lanes
            else:
                vector = vector + self._computing(number)
        return np.stack([array, vector])

    def _computing(self, number: int) -> Ints:
        """Cycles of an operator in all stripes of all images."""
        images = self._of_images(number, 1)
        if (places := self._over_all.get(number)) is None:
            return self.form.frames * images
        lies = self.differ.crosses[list(places)].min(0) > 0
        together = self._of_images(number, self.form.images)
        lots = self.form.frames // self.form.images
        return np.where(lies, lots * together, self.form.frames * images)

    @cached_property
    def _over_all(self) -> Mapping[int, Sequence[int]]:
        """The convolutions that can run over all images at once as over one."""
        if not self.form.single or self.form.images == 1:
            return {}
        return over_all(self.graph, self.form.sharing)

    def _of_images(self, number: int, images: int) -> Ints:
        """Cycles of an operator in all stripes of an image; or of some as of one."""
        form, differ = self.form, self.differ
        stage, counts = self.graph.operators[number].stage, differ.counts
        inside = counts.inside[self.graph.tensor_of(number)]
        if images > 1:
            inside = np.array(lot_rows(self.graph, images, inside))
        depth, whole = differ.depth[number], np.array(stage.ifm[3:])
        if not form.streamed[number]:
            tile = np.array(stage.ofm[3:]), whole
            cycles = busy_cycles(stage, inside, tile, form.dataflow, self.machine)
            return np.add.reduceat(cycles, counts.begins)[differ.heights]
        of = np.repeat(np.arange(len(differ.stripes)), differ.stripes)
        begins = np.cumsum(differ.stripes) - differ.stripes
        within = np.arange(len(of)) - begins[of]
        rows = inside[counts.begins[differ.heights][of] + within]
        tile = differ.channels[number][of], np.where(depth > 0, depth, whole)[of]
        cycles = busy_cycles(stage, rows, tile, form.dataflow, self.machine)
        return np.add.reduceat(cycles, begins)

    def _copied(self, number: int) -> Ints:
        """Bytes of operands of a concat or slice that are not where they are to be."""
        tensor, differ = self.graph.tensor_of(number), self.differ
        parts = self.form.sharing.copied(self.graph.operators[number], tensor)
        rows = differ.counts.made[tensor][differ.heights]
        channels = sum(part.channels for _, part in parts)
        return self.form.frames * rows * self.graph.maps[tensor][2] * channels

    def _again(self) -> Ints:
        """Bytes that move for the next stripe."""
        graph, differ, total = self.graph, self.differ, self.none
        counts, at = differ.counts, differ.heights
        slots = {need.name: need.slots for need in self.needs}
        for tensor, owner in enumerate(self.form.sharing.owner):
            if self.form.tiled_in(owner):
                continue
            again, moved = counts.again[tensor][at], counts.moved[tensor][at]
            rows = np.where(slots[window_name(owner)] > 1, again, moved)
            size = rows * width(graph, owner) * graph.maps[owner][3]
            if kept := graph.kept_as(owner):
                stays = moved * kept.width * kept.map[3]
                size = np.where(differ.crosses[owner] > 0, size, stays)
            total = total + size * differ.crosses[tensor]
        return total * self.form.frames

    @cached_property
    def _instructions(self) -> Ints:
        return instructions_of(self.graph, self.form, self.differ)

    @cached_property
    def _tail(self) -> Ints:
        """Cycles of the last store."""
        graph, differ, result = self.graph, self.differ, self.graph.result
        _, _, columns, channels = graph.maps[result]
        rows = differ.counts.last[result][differ.heights] * differ.crosses[result]
        stored = rows * columns * channels
        step = self.form.tiled_in(self.form.sharing.owner[result])
        tiles = differ.tiles(step) if step else 1
        return self._cycles(Moved(stored // tiles, (stored > 0).astype(np.int64)))
