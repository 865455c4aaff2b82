"""Sums that wait in the accumulators of the array for more depth."""

from collections.abc import Iterator, Mapping, Sequence

from ....backend_aipu.machine import ACCUMULATOR_BYTES
from ....dialects.tile import StripedSchedule
from .bundles import bundles_of
from .graph import Graph
from .sharing import sharing
from .spacing import lot_rows, over_all, spacing
from .stripes import stripes


def sums_of_several(graph: Graph, schedule: StripedSchedule) -> Iterator[int]:
    """The operators whose sums would have to wait of several images at once."""
    deep = [number for number, each in enumerate(schedule.weights) if each.depth]
    if schedule.images == 1 or not deep:
        return
    over: Mapping[int, Sequence[int]] = {}
    height = graph.maps[graph.result][1]
    kept = dict(graph.kept).keys()
    if schedule.rows >= height:
        whole = stripes(graph, height)[0]
        steps = bundles_of(graph, schedule.weights)
        over = over_all(graph, sharing(graph, steps, whole, kept))
    for number in deep:
        if number not in over or kept & {*over[number]}:
            yield number


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
            if rows == height:
                rows = lot_rows(spacing(graph), height, schedule.images, rows)
            sums = rows * columns * weights.channels * ACCUMULATOR_BYTES
            most = max(most, sums)
    return most
