"""What the schedules of a form do, step by step."""

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property, reduce

import numpy as np

from .....backend_aipu.machine import Machine
from ....machine_forms.stage import Kind
from ..alike.differences import Differences
from ..alike.forms import Form
from ..buffers.needs import Needs, window_name
from ..bundles import Bundle
from ..stripes import Ints
from .course import NOWHERE, UNUSED, Amounts, Course, Places
from .moves import Moves


class Plotting:
    """Collects the course of the schedules of a form."""

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
            cycles: of each operator in stripes of each kind, int64 [kinds, schedules].
            machine: that it runs on.
        """
        self.graph, self.form, self.differ = form.graph, form, differ
        self.moves, self.machine, self.cycles = moves, machine, cycles
        self.owner = form.sharing.owner
        self.needs = {need.name: need for need in needs}
        self.none = differ.none
        self.turns = form.turns(differ.stripes)
        steps = form.steps
        self.made = [
            [self.graph.tensor_of(n) for n in step.operators] for step in steps
        ]
        self.read = [
            sorted({t for n in step.operators for t in self.graph.operators[n].reads})
            for step in steps
        ]
        self.kept = [
            [*self._kept(*each)] for each in zip(steps, self.read, strict=True)
        ]
        self.filled = [[*self._filled(step)] for step in steps]
        inputs = range(len(self.graph.inputs))
        whole = [each for each in inputs if moves.tiled(each) is None]
        self.inputs = sorted(whole, key=lambda each: -min(self.graph.readers[each]))

    @property
    def course(self) -> Course:
        """What they do, and where."""
        places = self._places
        return Course(places, self._amounts(places))

    def _is_whole(self, tensor: int) -> bool:
        """Whether all channels of a tensor lie on chip."""
        return self.form.tiled_in(self.owner[tensor]) is None

    def _kept(self, step: Bundle, read: Sequence[int]) -> Iterator[int]:
        """The tensors of which rows move when a step is done: it is the last to read
        them.
        """
        for tensor in read:
            last = max(self.graph.readers[tensor]) in step.operators
            if last and self.owner[tensor] == tensor and self._is_whole(tensor):
                yield tensor

    def _filled(self, step: Bundle) -> Iterator[int]:
        """The places of which the padding is filled: a step is the first to write
        there.
        """
        for number in step.operators:
            tensor = self.graph.tensor_of(number)
            if min(self.form.sharing.users(self.owner[tensor])) == tensor:
                yield self.owner[tensor]

    @property
    def _places(self) -> Places:
        graph, owner = self.graph, self.owner
        moving = {tensor for step in self.kept for tensor in step}
        outer = [
            [each for each in read if each not in made]
            for made, read in zip(self.made, self.read, strict=True)
        ]
        whole = [[t for t in made if self._is_whole(t)] for made in self.made]
        inputs = len(graph.inputs)
        return Places(
            reads=_table(
                [
                    [owner[t] for t in each if t >= inputs or self._is_whole(t)]
                    for each in outer
                ],
                NOWHERE,
            ),
            looks_back=_table(
                [
                    [
                        owner[t]
                        for t in each
                        if owner[t] in moving and self._looks_back(step, t)
                    ]
                    for step, each in zip(self.form.steps, outer, strict=True)
                ],
                NOWHERE,
            ),
            writes=_table([[owner[t] for t in each] for each in self.made], UNUSED),
            frees=_table([[owner[t] for t in each] for each in whole], NOWHERE),
            uses=_table([[owner[t] for t in each] for each in self.read], UNUSED),
            keeps=_table(self.kept, UNUSED),
            fills=_table(self.filled, UNUSED),
            below=_table([[owner[made[-1]]] for made in self.made], UNUSED),
            also=_table([[owner[made[-1]]] for made in self.made], UNUSED),
            inputs=_table([[owner[t] for t in self.inputs] or [UNUSED]], UNUSED),
            result=_table([[owner[graph.result]]], UNUSED),
        )

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

    def _amounts(self, places: Places) -> Amounts:
        graph, moves = self.graph, self.moves
        maps, waited = moves.first_maps
        lasts = [made[-1] for made in self.made]
        operators = [step.first for step in self.form.steps]
        nothing = np.zeros((2, 3, len(self.none)), np.int64)
        result, whole = (
            moves.in_stripes(graph.result),
            moves.tiled(graph.result) is None,
        )
        stores = [not whole and made == graph.result for made in lasts]
        also = [moves.in_stripes(t) if t in graph.also else nothing for t in lasts]
        inputs = [*map(moves.in_stripes, self.inputs)]
        streams, array = self.differ.rings.streams, self._busy(vector=False)
        return Amounts(
            stripes=self.turns,
            ahead=self.differ.ahead,
            twice=self._twice,
            maps=np.array(maps),
            late=self.none + (waited.transfers == 0),
            array=array,
            vector=self._busy(vector=True),
            is_array=self._flags([*map(self._is_array, operators)]),
            count=moves.turns * self.differ.by_rings(streams[operators]),
            slots=moves.slots,
            tiles=self._tiles(array),
            stored=_each([result if some else nothing for some in stores], any(stores)),
            stores_tiles=self._flags(stores),
            keeps=self._moving[places.keeps],
            fills=self._filling[places.fills],
            below=self._below,
            also=_each(also, bool(graph.also)),
            once=np.array(moves.once),
            inputs=_each(inputs or [nothing]),
            result=result if whole else nothing,
        )

    def _flags(self, of_steps: Sequence[bool]) -> Ints:
        """1 for some steps, by all schedules."""
        return np.array(of_steps, np.int64)[:, None] + np.zeros_like(self.none)

    def _is_array(self, number: int) -> bool:
        """Whether an operator runs on the array."""
        kind = self.graph.operators[number].stage.kind
        return kind in (Kind.CONVOLUTION, Kind.DEPTHWISE)

    @cached_property
    def _twice(self) -> Ints:
        """1 where the place of a tensor has more than one slot, int64 [tensors,
        schedules].
        """
        found = np.zeros((len(self.graph.maps), len(self.none)), np.int64)
        for tensor in range(len(found)):
            if need := self.needs.get(window_name(tensor)):
                found[tensor] = need.slots > 1
        return found

    def _busy(self, *, vector: bool) -> Ints:
        """Cycles of an engine, int64 [steps, kinds, schedules]."""
        nothing = np.zeros((3, len(self.none)), np.int64)
        of_steps = [
            [self.cycles(n) for n in step.operators if self._is_array(n) is not vector]
            for step in self.form.steps
        ]
        return np.stack(
            [reduce(np.add, each) if each else nothing for each in of_steps]
        )

    def _tiles(self, array: Ints) -> Ints:
        """All that comes in tiles for steps: weights, and what they are for; bytes, and
        transfers, int64 [2, steps, kinds, schedules].
        """
        found = np.array(self.moves.streamed)[:, :, None] * (array > 0)
        for tensor in range(len(self.graph.inputs)):
            if step := self.moves.tiled(tensor):
                found[:, self.form.steps.index(step)] += self.moves.in_stripes(tensor)
        return found

    @property
    def _moving(self) -> Ints:
        """Cycles in which rows of places move to where the next stripe looks for them,
        int64 [places, schedules].
        """
        differ, heights = self.differ, self.differ.heights
        counts, found = heights.counts, np.zeros_like(self._twice)
        kept = sorted({tensor for step in self.kept for tensor in step})
        if kept:
            row, after = heights.row[kept], np.maximum(counts.stripes - 1, 1)
            again, moved = (
                each[kept] * row * self.form.images // after
                for each in (counts.again, counts.moved)
            )
            cycles = -(-np.array([again, moved]) // self.machine.vector.lanes)
            again, moved = differ.by_height(cycles)
            cycles = np.where(self._twice[kept], again, moved)
            found[kept] = cycles * differ.crosses[kept]
        return _nowhere(found)

    @property
    def _filling(self) -> Ints:
        """Cycles in which the windows of results are filled that have padding, int64
        [places, schedules].
        """
        size = np.zeros_like(self._twice)
        for owner in {owner for step in self.filled for owner in step}:
            if self._is_whole(owner) and self.graph.is_filled(owner):
                need = self.needs[window_name(owner)]
                size[owner] = need.bytes * need.slots
        size = np.where(self.differ.crosses > 0, size, self.differ.padded)
        return _nowhere(-(-size // self.machine.dram.burst))

    @property
    def _below(self) -> Ints:
        """Cycles in which the padding below what steps make is filled, int64 [steps,
        schedules].
        """
        heights, made = self.differ.heights, [each[-1] for each in self.made]
        caps = [self.graph.caps[t][1] if self._is_whole(t) else 0 for t in made]
        rows = heights.row[[self.owner[tensor] for tensor in made]]
        size = np.array(caps)[:, None] * rows * self.form.images
        ends = heights.counts.last[made] > 0
        return self.differ.by_height(ends * -(-size // self.machine.dram.burst))


def _nowhere(of_places: Ints) -> Ints:
    """The same with a nothing for what is no place."""
    return np.concatenate([of_places, np.zeros_like(of_places[:2])])


def _table(rows: Sequence[Sequence[int]], nothing: int) -> Ints:
    """Lists of different lengths, int64 [lists, longest]."""
    most = max(map(len, rows), default=0)
    return np.array(
        [[*row, *[nothing] * (most - len(row))] for row in rows], np.int64
    ).reshape(len(rows), most)


def _each(several: Sequence[Ints], some: bool = True) -> Ints:
    """What moves for several, int64 [2, several, kinds, schedules]; or for none."""
    return np.stack(several, axis=1) if some else several[0][:, None][:, :0]
