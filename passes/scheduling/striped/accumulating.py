"""Sums that wait in the accumulators of the array for more depth."""

from ....backend_aipu.machine import ACCUMULATOR_BYTES
from ....dialects.tile import StripedSchedule
from .graph import Graph
from .stripes import stripes


def sums_bytes(graph: Graph, schedule: StripedSchedule) -> int:
    """The most bytes of sums of a tile whose weights come in parts of their depth."""
    most = 0
    for number, weights in enumerate(schedule.weights):
        if weights.depth:
            tensor = graph.tensor_of(number)
            _, height, columns, _ = graph.maps[tensor]
            rows = max(
                min(each[tensor].end, height) - max(each[tensor].start, 0)
                for each in stripes(graph, schedule.rows)
            )
            sums = rows * columns * weights.channels * ACCUMULATOR_BYTES
            most = max(most, sums)
    return most
