"""How many schedules the cost model weighs in a CPU second.

    python benchmarks/candidates.py

Those of a bottleneck of ResNet-50 (three convolutions on 56x56 pixels) in stripes of
every height, with weights of the first two in rings of many sizes, all at once. A
process of one core; the fastest of several rounds.
"""

from itertools import product
from time import process_time

from aipu.backend_aipu.machine import load_machine
from aipu.dialects.tile import StripedSchedule, Weights
from aipu.passes.machine_forms.stage import Kind, Stage, Window
from aipu.passes.scheduling.striped.alike import Question
from aipu.passes.scheduling.striped.estimate import all_asked_of
from aipu.passes.scheduling.striped.graph import Graph
from aipu.passes.scheduling.striped.operator import Operator

PIXELS = 56
CHANNELS = (256, 64, 64, 256)
KERNELS = (1, 3, 1)
ROUNDS = 5


def bottleneck() -> Graph:
    """The three convolutions."""
    maps = [(1, PIXELS, PIXELS, channels) for channels in CHANNELS]
    stages = [
        Stage(
            "conv",
            "nn.conv2d",
            "mac.conv",
            Kind.CONVOLUTION,
            ifm,
            ofm,
            window=Window(
                (kernel, kernel),
                pad=(kernel // 2, kernel // 2, kernel // 2, kernel // 2),
            ),
            weight_bytes=kernel * kernel * ifm[3] * ofm[3],
            parameter_bytes=16 * ofm[3],
        )
        for ifm, ofm, kernel in zip(maps, maps[1:], KERNELS, strict=False)
    ]
    operators = (Operator(stage, (number,)) for number, stage in enumerate(stages))
    return Graph((maps[0],), tuple(operators))


def schedules() -> list[StripedSchedule]:
    """Every height but that of the whole map, by every ring of every width."""
    slots, widths = (2, 3, 4, 8), range(8, CHANNELS[1] + 1, 8)
    rings = [Weights(*ring) for ring in product(slots, widths)]
    return [
        StripedSchedule(rows, (first, second, Weights()), "ws", ahead=True)
        for rows, first, second in product(range(1, PIXELS), rings, rings)
    ]


def main() -> None:
    """Print it."""
    graph, several, machine = bottleneck(), schedules(), load_machine("r329")
    spent: list[float] = []
    for _ in range(ROUNDS):
        start = process_time()
        all_asked_of([Question(graph, several, [()])], machine)
        spent.append(process_time() - start)
    print(f"{len(several):,} schedules, {len(several) / min(spent):,.0f} a CPU second")


if __name__ == "__main__":
    main()
