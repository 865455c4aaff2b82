"""What a group in stripes costs, in closed form: cycles of each engine, traffic, bytes.

Every engine is busy for what its instructions take. How groups that follow each other
overlap is for `following` to say. The simulator counts what really happens; this only
has to rank. Schedules of the same form are worked out all at once.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Generic, NamedTuple

import numpy as np

from .....backend_aipu.counts import Count
from .....backend_aipu.machine import Machine
from .....dialects.tile import StripedSchedule
from ....machine_forms.stage import Kind
from ..alike.differences import Differences
from ..alike.efforts import How, in_stripes
from ..alike.forms import AT_ONCE, Form, Which, forms
from ..alike.questions import Question
from ..buffers.needs import Needs, needs_of
from ..buffers.room import Room
from ..graph import Graph
from ..stripes import Ints
from .clocks import Clocks
from .course import Course, beside
from .instructions import instructions_of
from .moves import Moved, Moves
from .plotting import Plotting


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
    for several in _at_once(_estimates(questions, machine, fitting=fitting)):
        which = np.concatenate([each.which for each in several], axis=1)
        found.append(np.array([*which, *_spent(several, machine)]))
    table = np.concatenate(found, axis=1)
    table = table[:, np.lexsort(table[:3][::-1])]
    begins = np.searchsorted(table[0], np.arange(len(questions)))
    return [
        Asked(places, stays, Spent(*spent))
        for _, places, stays, *spent in np.split(table, begins, axis=1)[1:]
    ]


def _estimates(
    questions: Sequence[Question], machine: Machine, *, fitting: bool
) -> "Iterator[_Plotted]":
    """Some schedules of one form after another."""
    bytes_ = machine.sram.bytes if fitting else None
    for form, differ, which in forms(questions, bytes_):
        plotted = _plotted(form, differ, which, machine, fitting=fitting)
        if plotted:
            yield plotted


def _plotted(
    form: Form, differ: Differences, which: Which, machine: Machine, *, fitting: bool
) -> "_Plotted | None":
    """Schedules of a form, or those of them that fit; None if none does."""
    needs = needs_of(form, differ)
    room = Room(form, differ, needs, machine)
    some = np.flatnonzero(room.fits) if fitting else slice(len(differ))
    if fitting and not room.fits.any():
        return None
    estimate = _Estimate(
        form,
        differ.of(some),
        [need.of(some) for need in needs],
        (room.sram_bytes[some], room.sums_bytes[some]),
        machine,
    )
    return _Plotted(form, np.array(which)[:, some], estimate.once, estimate.course)


def _at_once(several: "Iterator[_Plotted]") -> "Iterator[list[_Plotted]]":
    """Those of as many steps, several at once."""
    waiting: dict[tuple[bool, int], list[_Plotted]] = defaultdict(list)
    for each in several:
        key = each.form.single, len(each.form.steps)
        waiting[key].append(each)
        if sum(map(len, waiting[key])) >= AT_ONCE:
            yield waiting.pop(key)
    yield from waiting.values()


def _spent(several: "Sequence[_Plotted]", machine: Machine) -> Spent[Ints]:
    """What schedules ask for, of one form after another."""
    clocks = Clocks(beside([each.course for each in several]), machine)
    lasting = clocks.single() if several[0].form.single else clocks.striped()
    computing, moving = (each.astype(np.int64) for each in lasting)
    once = Spent(*np.concatenate([each.once for each in several], axis=1))
    again = np.repeat([each.form.again for each in several], [*map(len, several)])
    whole = once.needed + once.maps + np.maximum(computing, moving) + once.tail
    others = (again - 1) * np.maximum(whole, once.bus + once.tail)
    return once._replace(
        computing=computing + others,
        moving=moving + others,
        bus=again * (once.bus + once.tail) - once.tail,
        dram_bytes=once.dram_bytes * again,
    )


@dataclass(frozen=True)
class _Plotted:
    """What schedules of a form do, and what they ask for once, but for what the clocks
    of the engines say.

    which: their questions, numbers, and what stays, int64 [3, schedules].
    once: int64 [fields, schedules].
    """

    form: Form
    which: Ints
    once: Ints
    course: Course

    def __len__(self) -> int:
        return self.which.shape[1]


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
    def course(self) -> Course:
        """What each of them does."""
        return Plotting(
            self.form,
            self.differ,
            self.needs,
            self._moves,
            self._computing,
            self.machine,
        ).course

    @property
    def once(self) -> Ints:
        """What each of them asks for, done once, but for what the clocks of the engines
        say, int64 [fields, schedules].
        """
        moves, machine = self._moves, self.machine
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
        none = np.zeros_like(tail)
        spent = Spent(
            constants,
            np.where(first.transfers > 0, constants, needed),
            first.cycles(machine),
            none,
            none,
            bus,
            tail,
            none + (not self.form.single),
            moved,
            *self.needed,
            self._instructions,
        )
        return np.array(spent)

    @cached_property
    def _moves(self) -> Moves:
        return Moves(self.form, self.differ, self.machine)

    def _before(self) -> tuple[Ints, Ints]:
        """Cycles of constants that come before anything is computed, and of those that
        must.
        """
        moves, machine, first = self._moves, self.machine, 0
        early = slice(1) if self.form.single else slice(None)
        once = Moved(*(each[early].sum(0) for each in moves.once))
        ring, turns = moves.streamed.of(first).cycles(machine), moves.turns[first]
        some = np.minimum(moves.slots[first], turns)
        needed = once.cycles(machine)
        return needed + ring * some // turns, needed + ring // turns

    def _computing(self, number: int) -> Ints:
        """Cycles of an operator in the first stripe, in one between and in the last,
        int64 [3, schedules].
        """
        if self.graph.operators[number].stage.kind is Kind.MOVE:
            return self._copied(number)
        how = How(self.form.images, self.form.dataflow)
        found = self.differ.cycles(number, how, self.machine)
        lies = self.form.lies_over_all(self.differ, number)
        if not lies.any():
            return found
        how = how._replace(together=True)
        return np.where(lies, self.differ.cycles(number, how, self.machine), found)

    def _copied(self, number: int) -> Ints:
        """Cycles in which operands of a concat or slice move to where they are to be,
        int64 [3, schedules].
        """
        tensor, heights = self.graph.tensor_of(number), self.differ.heights
        counts, images = heights.counts, self.form.images
        rows = counts.made[tensor], counts.first[tensor], counts.last[tensor]
        moved = in_stripes(rows, counts.stripes, images, self.graph.images)
        pixels = self.differ.by_height(moved * heights.sizes.columns[tensor])
        return pixels * self.differ.copied[number] // self.machine.vector.lanes

    @property
    def _tail(self) -> Ints:
        """Cycles of the last store."""
        result = self.graph.result
        stored = Moved(*self._moves.maps[result][:, -1]).cycles(self.machine)
        step, tiles = self._moves.tiled(result), self.differ.rings.tiles
        return stored // self.differ.by_rings(tiles[step.first]) if step else stored

    @property
    def _instructions(self) -> Ints:
        return instructions_of(self.form, self.differ)
