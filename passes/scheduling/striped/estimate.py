"""What a group in stripes costs, in closed form: cycles of each engine, traffic, bytes.

Every engine is busy for what its instructions take. How groups that follow each other
overlap is for `following` to say. The simulator counts what really happens; this only
has to rank. Schedules of the same form are worked out all at once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Generic, NamedTuple

import numpy as np

from ....backend_aipu.counts import Count
from ....backend_aipu.machine import ACCUMULATOR_BYTES, Machine
from ....dialects.tile import StripedSchedule
from ...machine_forms.stage import Kind
from ..allocation import aligned, allocate
from .busy import busy_cycles
from .clocks import Clocks
from .forms import Differences, Form, crossing, differences_of, forms
from .graph import Graph, Stays
from .instructions import instructions_of
from .moves import Moves, both
from .needs import needs_of
from .spacing import lot_rows, over_all
from .stripes import Ints


class Spent(NamedTuple, Generic[Count]):
    """What a group asks for, in cycles where nothing else is said; or what it asks for
    by many schedules.

    constants: of transfers for which there is room before anything is computed.
    needed: those of them without which nothing can be.
    maps: of those that bring feature maps before anything is computed.
    computing: from when all of these are there until everything is computed.
    moving: from then until all else has crossed the bus, but for the last store.
    bus: of all transfers but the last store.
    tail: of that.
    by_rows: 1 if it reads the first rows of its inputs first, or else 0.
    dram_bytes: over the bus.
    sram_bytes: of its buffers.
    sums_bytes: of sums that wait in the accumulators for more depth.
    instructions: about as many as its program has.
    """

    constants: Count
    needed: Count
    maps: Count
    computing: Count
    moving: Count
    bus: Count
    tail: Count
    by_rows: Count
    dram_bytes: Count
    sram_bytes: Count
    sums_bytes: Count
    instructions: Count


def spent_of(several: Sequence[Spent[int]]) -> Spent[Ints]:
    """Many in one, int64 [several] each."""
    return Spent(*np.array(several, np.int64).T)


def one_of(many: Spent[Ints], place: int) -> Spent[int]:
    """One of many."""
    return Spent(*(int(each[place]) for each in many))


class Asked(NamedTuple):
    """What schedules ask for, in each of which the tensors of place `stays` stay on
    chip, int64 [schedules].
    """

    schedules: Ints
    stays: Ints
    spent: Spent[Ints]


def asked_of(graph: Graph, schedule: StripedSchedule, machine: Machine) -> Spent[int]:
    """The cost of a group; there may be no room for what it keeps on chip."""
    asked = all_asked_of(graph, [schedule], [graph.kept], machine)
    return one_of(asked.spent, 0)


def all_asked_of(
    graph: Graph,
    schedules: Sequence[StripedSchedule],
    stays: Sequence[Stays],
    machine: Machine,
    *,
    fitting: bool = False,
) -> Asked:
    """The cost of a group by all schedules, with each of some sets of tensors staying
    on chip; or only where those are `fitting` the machine.
    """
    graph = replace(graph, kept=tuple({each for kept in stays for each in kept}))
    differ, crosses = differences_of(graph, schedules), crossing(graph, stays)
    found: list[Ints] = [np.zeros((2 + len(Spent._fields), 0), np.int64)]
    for form, places, variants in forms(graph, schedules, stays):
        some = differ.of(places, crosses[:, variants])
        estimate = _Estimate(graph, form, some, machine)
        fits = estimate.fits if fitting else np.ones_like(places, bool)
        if fits.any():
            found.append(np.array([places, variants, *estimate.spent])[:, fits])
    places, variants, *spent = np.concatenate(found, axis=1)
    return Asked(places, variants, Spent(*spent))


class _Estimate:
    """Of schedules of a form, by what differs."""

    def __init__(self, graph: Graph, form: Form, differ: Differences, machine: Machine):
        self.graph = graph
        self.form = form
        self.differ = differ
        self.machine = machine
        self.needs = needs_of(graph, form, differ)
        self.none = np.zeros_like(differ.stripes)

    @property
    def fits(self) -> np.ndarray:
        """Where the machine has room, bool [schedules]."""
        on_chip = self.sram_bytes <= self.machine.sram.bytes
        sums = self.sums_bytes <= self.machine.array.accumulator_bytes
        return on_chip & sums & self._summing

    @property
    def _summing(self) -> np.ndarray:
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

    @property
    def spent(self) -> Spent[Ints]:
        """What each of them asks for."""
        moves, machine = self._moves, self.machine
        computing, moving = Clocks(
            self.graph,
            self.form,
            self.differ,
            self.needs,
            moves,
            self._computing,
            machine,
        ).run()
        constants, needed = self._before()
        loads, stores = moves.loads(), moves.stores()
        tail, moved = self._tail, loads.bytes + stores.bytes
        bus = np.maximum.reduce(
            [
                loads.cycles(machine),
                stores.cycles(machine) - tail,
                machine.bus_cycles(moved) - tail,
            ]
        )
        _, first = moves.first_maps()
        maps = first.cycles(machine)
        needed = np.where(first.transfers > 0, constants, needed)
        whole = needed + maps + np.maximum(computing, moving) + tail
        others = (self.form.again - 1) * np.maximum(whole, bus + tail)
        return Spent(
            constants,
            needed,
            maps,
            computing + others,
            moving + others,
            self.form.again * (bus + tail) - tail,
            tail,
            self.none + (not self.form.single),
            moved * self.form.again,
            self.sram_bytes,
            self.sums_bytes,
            self._instructions,
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
    def _moves(self) -> Moves:
        return Moves(self.graph, self.form, self.differ, self.machine)

    def _before(self) -> tuple[Ints, Ints]:
        """Cycles of constants that come before anything is computed, and of those that
        must.
        """
        moves, machine, (first, *others) = self._moves, self.machine, self.form.steps
        once = moves.once(first)
        for step in () if self.form.single else others:
            once = both(once, moves.once(step))
        ring, turns = moves.streamed(first).cycles(machine), moves.turns(first)
        some = np.minimum(moves.slots(first), turns)
        needed = once.cycles(machine)
        return needed + ring * some // turns, needed + ring // turns

    def _computing(self, number: int) -> Ints:
        """Cycles of an operator in the first stripe, in one between and in the last,
        int64 [3, schedules].
        """
        if self.graph.operators[number].stage.kind is Kind.MOVE:
            return self._copied(number)
        found = self._kinds(*self._of_images(number, 1))
        if (places := self._over_all.get(number)) is None:
            return found
        lies = self.differ.crosses[list(places)].min(0) > 0
        together, *_ = self._of_images(number, self.form.images)
        return np.where(lies, together, found)

    @cached_property
    def _over_all(self) -> Mapping[int, Sequence[int]]:
        """The convolutions that can run over all images at once as over one."""
        if not self.form.single or self.form.images == 1:
            return {}
        return over_all(self.graph, self.form.sharing)

    def _of_images(self, number: int, images: int) -> tuple[Ints, Ints, Ints]:
        """Cycles of an operator in all stripes of an image, or of some as of one; in
        the first, and in the last.
        """
        form, differ = self.form, self.differ
        stage, counts = self.graph.operators[number].stage, differ.counts
        inside = counts.inside[self.graph.tensor_of(number)]
        if images > 1:
            inside = np.array(lot_rows(self.graph, images, inside))
        depth, whole = differ.depth[number], np.array(stage.ifm[3:])
        if not form.streamed[number]:
            tile = np.array(stage.ofm[3:]), whole
            cycles = busy_cycles(stage, inside, tile, form.dataflow, self.machine)
            begins, ends = counts.begins, counts.begins + counts.stripes - 1
            at = differ.heights
            total = np.add.reduceat(cycles, begins)[at]
            return total, cycles[begins][at], cycles[ends][at]
        of = np.repeat(np.arange(len(differ.stripes)), differ.stripes)
        begins = np.cumsum(differ.stripes) - differ.stripes
        within = np.arange(len(of)) - begins[of]
        rows = inside[counts.begins[differ.heights][of] + within]
        tile = differ.channels[number][of], np.where(depth > 0, depth, whole)[of]
        cycles = busy_cycles(stage, rows, tile, form.dataflow, self.machine)
        ends = begins + differ.stripes - 1
        return np.add.reduceat(cycles, begins), cycles[begins], cycles[ends]

    def _kinds(self, total: Ints, first: Ints, last: Ints) -> Ints:
        """Of some images at once, the first stripe, one of those between and the last;
        given those of an image.
        """
        images = self.form.images
        others = np.maximum(self.form.turns(self.differ) - 2, 1)
        between = total * self.form.frames - (first + last) * images
        return np.stack(
            [first * images, np.maximum(between, 0) // others, last * images]
        )

    def _copied(self, number: int) -> Ints:
        """Cycles in which operands of a concat or slice move to where they are to be,
        int64 [3, schedules].
        """
        tensor, differ = self.graph.tensor_of(number), self.differ
        parts = self.form.sharing.copied(self.graph.operators[number], tensor)
        counts = differ.counts
        rows = (counts.made[tensor], counts.first[tensor], counts.last[tensor])
        channels = sum(part.channels for _, part in parts)
        moved = self._kinds(*(each[differ.heights] for each in rows))
        return (
            moved * self.graph.maps[tensor][2] * channels // self.machine.vector.lanes
        )

    @property
    def _tail(self) -> Ints:
        """Cycles of the last store."""
        result = self.graph.result
        stored = self._moves.last_rows(result).cycles(self.machine)
        step = self._moves.tiled(result)
        return stored // self.differ.tiles(step) if step else stored

    @property
    def _instructions(self) -> Ints:
        return instructions_of(self.graph, self.form, self.differ)
