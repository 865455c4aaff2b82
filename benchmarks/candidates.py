"""How many schedules the cost model weighs in a CPU second.

    python benchmarks/candidates.py

In stripes, a bottleneck of ResNet-50 (three convolutions on 56x56 pixels): stripes of
every height, with weights of the first two in rings of many sizes. In tiles, one
convolution: all that `layerwise` may try, cut along all dimensions. Each at once; a
process of one core; the fastest of several rounds.
"""

from collections.abc import Callable, Sequence
from itertools import product
from time import process_time

import numpy as np

from aipu.backend_aipu.machine import Machine, load_machine
from aipu.dialects.tile import StripedSchedule, Weights
from aipu.passes.machine_forms.stage import Kind, Stage, Window
from aipu.passes.scheduling.striped.alike.questions import Question
from aipu.passes.scheduling.striped.cost.estimate import all_asked_of
from aipu.passes.scheduling.striped.graph import Graph
from aipu.passes.scheduling.striped.operator import Operator
from aipu.passes.scheduling.tiled.cost import costs
from aipu.passes.scheduling.tiled.plan import plan_all
from aipu.passes.scheduling.tiled.tiles import tilings
from aipu.passes.scheduling.tiled.tiling import Tilings

PIXELS = 56
CHANNELS = (256, 64, 64, 256)
KERNELS = (1, 3, 1)
LAYER = (56, 512, 512, 3)
"""Pixels, channels of the ifm and of the ofm, and kernel of the layer in tiles."""

ROUNDS = 5


def convolution(pixels: int, ifm_channels: int, ofm_channels: int, size: int) -> Stage:
    """One with so many channels and a square kernel, on a square map."""
    pad = size // 2
    return Stage(
        "conv",
        "nn.conv2d",
        "mac.conv",
        Kind.CONVOLUTION,
        (1, pixels, pixels, ifm_channels),
        (1, pixels, pixels, ofm_channels),
        window=Window((size, size), pad=(pad, pad, pad, pad)),
        weight_bytes=size * size * ifm_channels * ofm_channels,
        parameter_bytes=16 * ofm_channels,
    )


def bottleneck() -> Graph:
    """The three convolutions."""
    channels = zip(CHANNELS, CHANNELS[1:], KERNELS, strict=False)
    stages = [convolution(PIXELS, *each) for each in channels]
    operators = (Operator(stage, (number,)) for number, stage in enumerate(stages))
    return Graph(((1, PIXELS, PIXELS, CHANNELS[0]),), tuple(operators))


def schedules() -> list[StripedSchedule]:
    """Every height but that of the whole map, by every ring of every width."""
    slots, widths = (2, 3, 4, 8), range(8, CHANNELS[1] + 1, 8)
    rings = [Weights(*ring) for ring in product(slots, widths)]
    return [
        StripedSchedule(rows, (first, second, Weights()), "ws", ahead=True)
        for rows, first, second in product(range(1, PIXELS), rings, rings)
    ]


def weigh_tiles(stage: Stage, several: Sequence[Tilings], machine: Machine) -> None:
    """What a stage costs by schedules in tiles."""
    for each in several:
        for some, nests in plan_all(stage, each):
            costs(nests, machine, np.zeros(len(some), np.int64))


def tell(kind: str, count: int, weigh: Callable[[], object]) -> None:
    """Print how many of a kind are weighed in a CPU second."""
    spent: list[float] = []
    for _ in range(ROUNDS):
        start = process_time()
        weigh()
        spent.append(process_time() - start)
    print(f"{kind}: {count:,} schedules, {count / min(spent):,.0f} a CPU second")


def main() -> None:
    """Print it."""
    machine, graph, striped = load_machine("r329"), bottleneck(), schedules()
    asked = Question(graph, striped, [()])
    tell("stripes", len(striped), lambda: all_asked_of([asked], machine))
    stage = convolution(*LAYER)
    tiled = tilings(stage, machine, 2, split=True, cut=True)
    tell("tiles", sum(map(len, tiled)), lambda: weigh_tiles(stage, tiled, machine))


if __name__ == "__main__":
    main()
