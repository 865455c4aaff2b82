"""Networks of operators on rows, and schedules that let them run in stripes."""

from collections.abc import Mapping
from zlib import crc32

import numpy as np

from aipu.backend_aipu.machine import Machine
from aipu.dialects.tile import Schedule, StripedSchedule, Weights
from aipu.passes.machine_forms.stage import Stage
from aipu.passes.scheduling.network.group_graph import GroupGraph
from aipu.passes.scheduling.strategies.layerwise import Layerwise
from aipu.tests.fuzz.graphs import elements, windows
from aipu.tests.fuzz.graphs.sketch import Sketch

GROWTHS = (
    windows.convolution,
    windows.convolution,
    windows.convolution,
    windows.pool,
    windows.pool,
    elements.unary,
    elements.with_constant,
    elements.with_another,
    elements.with_another,
)
"""Most of what stripes take, and a little that they do not."""


def begin(sketch: Sketch) -> None:
    """The first input: one image, of few columns or many."""
    channels = sketch.one_of(1, 2, 3, 4, 8)
    extents = (sketch.one_of(1, 2, 5, 7, 11, 16), sketch.one_of(1, 2, 3, 6, 9))
    sketch.input((1, channels, *extents))


RANDOM_STRIPES = f"{__file__}:RandomStripes"
"""The name of the strategy below."""


class RandomStripes:
    """Neighbours together as they come, wherever they can be, by any schedule.

    The graph itself is the seed.
    """

    def schedule(
        self, graph: GroupGraph, machine: Machine
    ) -> Mapping[str | tuple[str, ...], Schedule]:
        self.random = np.random.default_rng(crc32(repr(graph).encode()))
        alone = Layerwise().schedule(graph, machine)
        links = graph.links
        found: dict[str | tuple[str, ...], Schedule] = {}
        start = 0
        while start < len(links):
            wanted = int(self.random.integers(1, 9))
            ends = range(min(len(links), start + wanted), start, -1)
            end = next((e for e in ends if graph.together(start, e)), None)
            joined = bool(self.random.integers(2))
            if end is None:
                name = links[start].name
                found[name] = alone[name]._replace(joined=joined)
                start += 1
                continue
            members = links[start:end]
            found[tuple(member.name for member in members)] = StripedSchedule(
                int(self.random.choice([1, 1, 2, 3, 4, 7, 100])),
                tuple(self._weights(member.stage) for member in members),
                str(self.random.choice(machine.array.dataflows)),
                bool(self.random.integers(2)),
                joined,
            )
            start = end
        return found

    def _weights(self, stage: Stage) -> Weights:
        if not stage.weight_bytes or self.random.random() < 0.6:
            return Weights()
        slots = int(self.random.integers(1, 4))
        return Weights(slots, int(self.random.integers(1, stage.ofm[3] + 1)))
