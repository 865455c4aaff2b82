"""How long operators compute in stripes: once for schedules of which that is the same.

An operator takes as long wherever its map lies, and however weights of others come:
only the height of stripes matters, and the tiles of its own weights.
"""

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from .....backend_aipu.machine import Machine
from ..graph import Graph
from ..spacing import lot_rows, spacing
from ..stripes import Ints
from .busy import Effort, busy_cycles
from .row_counts import RowCounts
from .runs import runs_of
from .sizes import Sizes


class How(NamedTuple):
    """How operators compute: on `images` at once, as on one if they lie `together`; and
    the dataflow of the array.
    """

    images: int
    dataflow: str
    together: bool = False


@dataclass(frozen=True)
class Efforts:
    """What the operators of alike graphs take, by each of some schedules.

    graph: one of these.
    sizes: of all of them.
    counts: of the rows of all heights.
    graphs, heights: of each schedule which of these are its, int64 [schedules].
    channels, depth: of the tiles of weights of each operator, int64 [operators,
        schedules]; of no depth, all of it.
    """

    graph: Graph
    sizes: Sizes
    counts: RowCounts
    graphs: Ints
    heights: Ints
    channels: Ints
    depth: Ints
    _found: dict[tuple[int, How, Machine], Ints] = field(
        default_factory=dict, init=False
    )

    def cycles(self, number: int, how: How, machine: Machine) -> Ints:
        """Cycles of an operator in the first stripe, in one between and in the last,
        int64 [3, schedules], if all of these schedules compute like that.
        """
        key = number, how, machine
        if key not in self._found:
            different, at = self._different(number)
            found = self._cycles(number, different, how, machine)
            self._found[key] = found[:, at]
        return self._found[key]

    def _different(self, number: int) -> tuple[Ints, Ints]:
        """Schedules that differ in what decides about an operator, int64 [different];
        and which of these every one is as.
        """
        channels, depth = self.channels[number], self.depth[number]
        at, first = self.heights, self.heights
        for each in (channels, depth):
            keys = at * (each.max() + 1) + each
            _, first, at = np.unique(keys, return_index=True, return_inverse=True)
        return first, at

    def _cycles(self, number: int, some: Ints, how: How, machine: Machine) -> Ints:
        """The same of some of the schedules."""
        graph, runs = self.graph, runs_of(self.counts, self.heights[some])
        tensor, of = graph.tensor_of(number), some[runs.of]
        sizes = self.sizes.of(self.graphs[of])
        rows = runs.inside[tensor]
        if how.together:
            between, height = spacing(graph), sizes.rows[tensor]
            rows = lot_rows(between, height, how.images, rows)
        depth, whole = self.depth[number][of], sizes.depths[number]
        work = Effort(
            rows * sizes.columns[tensor],
            sizes.channels[tensor],
            whole,
            (self.channels[number][of], np.where(depth > 0, depth, whole)),
        )
        stage = graph.operators[number].stage
        cycles = busy_cycles(stage, work, how.dataflow, machine)
        return in_stripes(
            (runs.total(cycles), runs.first(cycles), runs.last(cycles)),
            self.counts.stripes[self.heights[some]],
            *((1, 1) if how.together else (how.images, graph.images)),
        )


def in_stripes(
    each: tuple[Ints, Ints, Ints], stripes: Ints, at_once: int, batch: int
) -> Ints:
    """What is done of images at once in the first of so many stripes, in one of those
    between and in the last, int64 [3, schedules]; of a single stripe, in that alone.

    Args:
        each: what is done of one image in all of them, in the first and in the last.
        stripes: so many each schedule has.
        at_once: so many images are there at once, of so many of the `batch`.
    """
    total, first, last = each
    frames = np.where(stripes > 1, batch, at_once)
    others = np.maximum(stripes * (frames // at_once) - 2, 1)
    between = total * frames - (first + last) * at_once
    return np.array([first * at_once, np.maximum(between, 0) // others, last * at_once])
