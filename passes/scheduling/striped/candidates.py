"""Which schedules of a group in stripes are worth trying."""

from collections.abc import Iterator

from ....backend_aipu.machine import Machine
from ....dialects.tile import StripedSchedule, Weights
from .graph import Graph

STREAMS = 3
"""The slots of a ring of weights."""

WIDE = 64
"""Channels of a tile of streamed weights, if it has so many."""


def stripe_candidates(graph: Graph, machine: Machine) -> Iterator[StripedSchedule]:
    """Few rows to many; weights all there, or the largest of them streamed."""
    height = graph.maps[graph.result][1]
    dataflow = str(machine.array.dataflows[0])
    sizes = [operator.stage.weight_bytes for operator in graph.operators]
    largest = sorted(range(len(sizes)), key=lambda number: -sizes[number])
    for streamed in range(1 + sum(size > machine.sram.bytes // 8 for size in sizes)):
        weights = [Weights()] * len(sizes)
        for number in largest[:streamed]:
            channels = graph.operators[number].stage.ofm[3]
            each = sizes[number] // channels
            most = max(16, machine.sram.bytes // (6 * STREAMS * each) // 16 * 16)
            weights[number] = Weights(STREAMS, min(WIDE, most, channels))
        for rows in _rows(height):
            for ahead in (True, False):
                yield StripedSchedule(rows, tuple(weights), dataflow, ahead)


def _rows(height: int) -> list[int]:
    """Heights of stripes, from all rows to one, each three quarters of the last."""
    found: dict[int, None] = {}
    count = 1
    while count <= height:
        found[-(-height // count)] = None
        count = max(count + 1, count * 4 // 3)
    return list(found)
