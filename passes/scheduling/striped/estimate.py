"""What a group in stripes costs, in closed form: cycles of each engine, traffic, bytes.

Every engine is busy for what its instructions take. How groups that follow each other
overlap is for `following` to say. The simulator counts what really happens; this only
has to rank. Schedules of the same form are worked out all at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Generic, NamedTuple

import numpy as np

from ....backend_aipu.counts import Count
from ....backend_aipu.machine import Machine
from ....dialects.tile import StripedSchedule
from ...machine_forms.stage import Kind
from .alike import Question
from .busy import Effort, busy_cycles
from .clocks import Clocks
from .differences import Differences
from .forms import Form, forms
from .graph import Graph
from .instructions import instructions_of
from .moves import Moves, both
from .needs import Needs, needs_of
from .room import Room
from .sizes import Sizes
from .spacing import lot_rows, spacing
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
    (asked,) = all_asked_of([Question(graph, [schedule], [graph.kept])], machine)
    return one_of(asked.spent, 0)


def all_asked_of(
    questions: Sequence[Question], machine: Machine, *, fitting: bool = False
) -> list[Asked]:
    """The cost of groups by all schedules, with each of some sets of tensors staying on
    chip; or only where those are `fitting` the machine.
    """
    found: list[Ints] = [np.zeros((3 + len(Spent._fields), 0), np.int64)]
    for form, differ, which in forms(questions):
        needs = needs_of(form, differ)
        room = Room(form, differ, needs, machine)
        (places,) = (room.fits if fitting else room.all).nonzero()
        if len(places):
            some = [need.of(places) for need in needs]
            needed = room.sram_bytes[places], room.sums_bytes[places]
            estimate = _Estimate(form, differ.of(places), some, needed, machine)
            each = (numbers[places] for numbers in which)
            found.append(np.array([*each, *estimate.spent]))
    table = np.concatenate(found, axis=1)
    table = table[:, np.lexsort(table[:3][::-1])]
    begins = np.searchsorted(table[0], np.arange(len(questions)))
    return [
        Asked(places, stays, Spent(*spent))
        for _, places, stays, *spent in np.split(table, begins, axis=1)[1:]
    ]


@dataclass(frozen=True)
class _Estimate:
    """What schedules of a form take, by what differs.

    needs: their buffers.
    needed: bytes of all of these, and of sums, int64 [schedules] each.
    """

    form: Form
    differ: Differences
    needs: Sequence[Needs]
    needed: tuple[Ints, Ints]
    machine: Machine

    @property
    def graph(self) -> Graph:
        """What one of the schedules is of."""
        return self.form.graph

    @property
    def spent(self) -> Spent[Ints]:
        """What each of them asks for."""
        moves, machine = self._moves, self.machine
        computing, moving = Clocks(
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
        _, first = moves.first_maps
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
            np.full_like(tail, not self.form.single),
            moved * self.form.again,
            *self.needed,
            self._instructions,
        )

    @cached_property
    def _sizes_of_runs(self) -> Sizes:
        return self.differ.sizes.of(self.differ.runs.of)

    @cached_property
    def _moves(self) -> Moves:
        return Moves(self.form, self.differ, self.machine)

    def _before(self) -> tuple[Ints, Ints]:
        """Cycles of constants that come before anything is computed, and of those that
        must.
        """
        moves, machine, (first, *others) = self._moves, self.machine, self.form.steps
        once = moves.once[first]
        for step in () if self.form.single else others:
            once = both(once, moves.once[step])
        ring, turns = moves.streamed[first].cycles(machine), moves.turns(first)
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
        lies = self.form.lies_over_all(self.differ, number)
        if not lies.any():
            return found
        together, *_ = self._of_images(number, self.form.images)
        return np.where(lies, together, found)

    def _of_images(self, number: int, images: int) -> tuple[Ints, Ints, Ints]:
        """Cycles of an operator in all stripes of an image, or of some as of one; in
        the first, and in the last.
        """
        differ, runs = self.differ, self.differ.runs
        tensor, sizes = self.graph.tensor_of(number), self._sizes_of_runs
        rows = runs.inside[tensor]
        if images > 1:
            rows = lot_rows(spacing(self.graph), sizes.rows[tensor], images, rows)
        depth = differ.depth[number][runs.of]
        work = Effort(
            rows * sizes.columns[tensor],
            sizes.channels[tensor],
            sizes.depths[number],
            (
                differ.channels[number][runs.of],
                np.where(depth > 0, depth, sizes.depths[number]),
            ),
        )
        stage = self.graph.operators[number].stage
        cycles = busy_cycles(stage, work, self.form.dataflow, self.machine)
        return runs.total(cycles), runs.first(cycles), runs.last(cycles)

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
        counts = differ.counts
        rows = (counts.made[tensor], counts.first[tensor], counts.last[tensor])
        moved = self._kinds(*(each[differ.heights] for each in rows))
        pixels = moved * differ.sizes.columns[tensor]
        return pixels * differ.copied[number] // self.machine.vector.lanes

    @property
    def _tail(self) -> Ints:
        """Cycles of the last store."""
        result = self.graph.result
        stored = self._moves.last_rows[result].cycles(self.machine)
        step = self._moves.tiled(result)
        return stored // self.differ.tiles(step) if step else stored

    @property
    def _instructions(self) -> Ints:
        return instructions_of(self.form, self.differ)
