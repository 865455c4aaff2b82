"""What a group in stripes costs, in closed form: cycles, traffic, bytes on chip.

Every engine is busy for what its instructions take. The slowest sets the pace; before
it the first stripe and the weights of all operators must come in, after it the last
stripe must go out. The simulator counts what really happens; this only has to rank.
"""

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

from ....backend_aipu.machine import Machine
from ....backend_aipu.systolic import depthwise_cycles, gemm_cycles
from ....dialects.aipu import Dataflow
from ....dialects.tile import StripedSchedule
from ...machine_forms.stage import Kind, Stage
from ..cost import Cost
from .graph import Graph
from .stripes import Rows, stripes
from .windows import Layout, layout


def estimate(graph: Graph, schedule: StripedSchedule, machine: Machine) -> Cost:
    """The cost of a group; there may be no room for what it keeps on chip."""
    rows = stripes(graph, schedule.rows)
    places = layout(graph, rows, schedule, machine.sram.alignment)
    array, vector = _busy(graph, schedule, rows, machine)
    vector += _kept(rows, places) // machine.vector.lanes
    moved, latencies = _traffic(graph, schedule, rows)
    latency = machine.cycles_of_ns(machine.dram.latency)
    bus = machine.bus_cycles(moved) + latency * latencies
    first = _first(graph, schedule, rows, machine)
    last = machine.bus_cycles(_bytes(graph, graph.result, rows[-1])) + latency
    count = len(rows)
    computing = max(array, vector)
    cycles = max(bus, first + computing - computing // (2 * count) + last)
    if not schedule.ahead and count > 1:
        cycles = max(cycles, computing + bus)
    return Cost(cycles, moved, places.bytes, 0)


def _busy(
    graph: Graph,
    schedule: StripedSchedule,
    rows: Sequence[Sequence[Rows]],
    machine: Machine,
) -> tuple[int, int]:
    """Cycles of the array and of the vector unit."""
    array = vector = 0
    for number, operator in enumerate(graph.operators):
        stage = operator.stage
        tensor, height = graph.tensor_of(number), operator.stage.ofm[1]
        made = [
            min(each[tensor].end, height) - max(each[tensor].start, 0) for each in rows
        ]
        channels = schedule.weights[number].channels or stage.ofm[3]
        cycles = sum(
            _cycles(stage, count, channels, schedule.dataflow, machine)
            for count in made
            if count > 0
        )
        if stage.kind in (Kind.CONVOLUTION, Kind.DEPTHWISE):
            array += cycles
        else:
            vector += cycles
    return array, vector


@lru_cache(maxsize=1 << 16)
def _cycles(
    stage: Stage, rows: int, channels: int, dataflow: str, machine: Machine
) -> int:
    """The cycles for so many rows of a stage, in tiles of so many channels."""
    pixels, window = rows * stage.ofm[2], stage.window.size
    if stage.kind is Kind.CONVOLUTION:
        reduction, flow = window * stage.ifm[3], Dataflow(dataflow)
        whole, rest = divmod(stage.ofm[3], channels)
        cycles = gemm_cycles(machine.array, flow, pixels, reduction, channels).total
        cycles *= whole
        if rest:
            cycles += gemm_cycles(machine.array, flow, pixels, reduction, rest).total
        return cycles
    if stage.kind is Kind.DEPTHWISE:
        return depthwise_cycles(machine.array, pixels, window, stage.ofm[3]).total
    elements = pixels * stage.ofm[3] * (window if stage.kind is Kind.POOL else 1)
    return -(-elements // machine.vector.lanes)


def _kept(rows: Sequence[Sequence[Rows]], places: Layout) -> int:
    """Bytes that move for the next stripe."""
    total = 0
    for now, then in pairwise(rows):
        for one, other, window in zip(now, then, places.windows, strict=True):
            if other.first != one.first or window.home.slots > 1:
                total += max(0, one.end - other.first) * window.row
    return total


def _traffic(
    graph: Graph, schedule: StripedSchedule, rows: Sequence[Sequence[Rows]]
) -> tuple[int, int]:
    """Bytes over the bus, and how many transfers there are."""
    count = len(rows)
    moved = transfers = 0
    for tensor in (*range(len(graph.inputs)), graph.result):
        moved += sum(_bytes(graph, tensor, each) for each in rows)
        transfers += count
    for number, operator in enumerate(graph.operators):
        stage, weights = operator.stage, schedule.weights[number]
        moved += stage.parameter_bytes
        transfers += bool(stage.parameter_bytes)
        times = count if weights.slots else 1
        moved += stage.weight_bytes * times
        tiles = -(-stage.ofm[3] // weights.channels) if weights.slots else 1
        transfers += times * tiles * bool(stage.weight_bytes)
    return moved, transfers


def _bytes(graph: Graph, tensor: int, rows: Sequence[Rows]) -> int:
    """What of a tensor crosses the bus in a stripe."""
    _, height, columns, channels = graph.maps[tensor]
    each = rows[tensor]
    count = min(each.end, height) - max(each.start, 0)
    return max(0, count) * columns * channels


def _first(
    graph: Graph,
    schedule: StripedSchedule,
    rows: Sequence[Sequence[Rows]],
    machine: Machine,
) -> int:
    """Cycles until the last operator of the first stripe has its weights."""
    moved = sum(_bytes(graph, tensor, rows[0]) for tensor in range(len(graph.inputs)))
    for operator, weights in zip(graph.operators, schedule.weights, strict=True):
        stage = operator.stage
        tile = stage.weight_bytes // stage.ofm[3] * weights.channels
        moved += stage.parameter_bytes + (tile if weights.slots else stage.weight_bytes)
    return machine.bus_cycles(moved)
