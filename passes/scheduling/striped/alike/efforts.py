"""How long operators compute in stripes: once for schedules of which that is the same.

An operator takes as long wherever its map lies, and however weights of others come:
only the height of stripes matters, and the tiles of its own weights.
"""

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from .....backend_aipu.machine import Machine
from ..spacing import lot_rows, spacing
from ..stripes import Ints
from .busy import Effort, busy_cycles
from .distinct import Distinct, distinct
from .heights import Heights
from .rings import Rings
from .runs import runs_of


class How(NamedTuple):
    """How operators compute: on `images` at once, as on one if they lie `together`; and
    the dataflow of the array.
    """

    images: int
    dataflow: str
    together: bool = False


@dataclass(frozen=True)
class Efforts:
    """What operators take, by each of some schedules.

    heights, rings: of all of them.
    height, ring: of each schedule which of these are its, int64 [schedules].
    """

    heights: Heights
    rings: Rings
    height: Ints
    ring: Ints
    _found: dict[tuple[int, How, Machine], Ints] = field(
        default_factory=dict, init=False
    )
    _differing: dict[int, Distinct] = field(default_factory=dict, init=False)

    def cycles(self, number: int, how: How, machine: Machine, schedules: Ints) -> Ints:
        """Cycles of an operator in the first stripe, in one between and in the last,
        int64 [3, schedules], of some schedules, if they compute like that.
        """
        if number not in self._differing:
            self._differing[number] = self._different(number)
        _, some, at = self._differing[number]
        key = number, how, machine
        if key not in self._found:
            self._found[key] = self._cycles(number, some, how, machine)
        return self._found[key].take(at[schedules], axis=1)

    def _different(self, number: int) -> Distinct:
        """Schedules that differ in what decides about an operator."""
        channels, depth = self.rings.channels[number], self.rings.depth[number]
        deep = int(depth.max()) + 1
        tiles = distinct(channels * deep + depth, (int(channels.max()) + 1) * deep)
        many = len(tiles.keys)
        both = self.height * many + tiles.at[self.ring]
        return distinct(both, len(self.heights.counts.stripes) * many)

    def _cycles(self, number: int, some: Ints, how: How, machine: Machine) -> Ints:
        """The same of some of the schedules."""
        heights, rings = self.heights, self.rings
        graph, counts, height = heights.graph, heights.counts, self.height[some]
        runs, tensor = runs_of(counts, height), graph.tensor_of(number)
        sizes, which = heights.sizes.of(height[runs.of]), self.ring[some[runs.of]]
        rows = runs.inside[tensor]
        if how.together:
            between, whole = spacing(graph), sizes.rows[tensor]
            rows = lot_rows(between, whole, how.images, rows)
        depth = rings.depth[number][which]
        whole = rings.sizes.depths[number][which]
        work = Effort(
            rows * sizes.columns[tensor],
            sizes.channels[tensor],
            whole,
            (rings.channels[number][which], np.where(depth > 0, depth, whole)),
        )
        stage = graph.operators[number].stage
        cycles = busy_cycles(stage, work, how.dataflow, machine)
        return in_stripes(
            (runs.total(cycles), runs.first(cycles), runs.last(cycles)),
            counts.stripes[height],
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
