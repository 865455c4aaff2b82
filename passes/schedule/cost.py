"""What a schedule costs, in closed form: cycles, traffic, and bytes on chip.

The engines run side by side, so the slower of the DRAM bus and the computing engines
sets the pace. Before it the first tile must come in, after it the last must go out.
The simulator counts what really happens; this only has to rank schedules.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ...backend_aipu.machine import Dataflow, Machine
from ...backend_aipu.systolic import depthwise_cycles, gemm_cycles
from ...backend_aipu.traffic import bus_bytes
from ...dialects.aipu import Engine
from .nest import Nest, Share, Step, Transfer


@dataclass(frozen=True)
class Cost:
    """The cost of a group: cycles without the launch, bytes over the bus, SRAM."""

    cycles: int
    dram_bytes: int
    sram_bytes: int


def cost(nests: Sequence[Nest], machine: Machine) -> Cost:
    """The cost of nests that run one after another."""
    costs = [_nest_cost(nest, machine) for nest in nests]
    return Cost(
        sum(cost.cycles for cost in costs),
        sum(cost.dram_bytes for cost in costs),
        max(cost.sram_bytes for cost in costs),
    )


def _nest_cost(nest: Nest, machine: Machine) -> Cost:
    moved = bus = first = last = 0
    for transfer in (*nest.loads, *nest.stores):
        level = nest.ring(transfer.ring).level
        tile_bytes, all_bytes = _traffic(transfer, nest, level, machine)
        latency = machine.cycles_of_ns(machine.dram.latency)
        moved += all_bytes
        bus += machine.bus_cycles(all_bytes) + latency * nest.times(level)
        cycles = machine.bus_cycles(tile_bytes) + latency
        if transfer in nest.stores:
            last += cycles
        else:
            first += cycles
    busy = {Engine.MAC: 0, Engine.VECTOR: 0}
    once = 0
    for step in nest.steps:
        cycles = _step_cycles(step, nest, machine)
        busy[step.engine] += cycles * nest.times(step.level)
        once += cycles
    if all(ring.slots == 1 for ring in nest.rings):
        cycles = bus + sum(busy.values())
    else:
        compute = max(busy.values())
        cycles = max(first + compute, bus - last + once) + last
    return Cost(cycles, moved, _sram_bytes(nest, machine.sram.alignment))


def _traffic(
    transfer: Transfer, nest: Nest, level: int, machine: Machine
) -> tuple[int, int]:
    """The bus bytes of a whole tile, and of all tiles.

    A tile that reaches out of its tensor moves less: the extents that all tiles of a
    loop cover together are at most the tensor's own, for each time it is covered.
    """
    extents = transfer.view.shape
    tile = [min(box, extent) for box, extent in zip(transfer.box, extents, strict=True)]
    per_tile = bus_bytes(machine, tile, transfer.view.strides)
    return per_tile, int(per_tile * nest.times(level) * _inside(transfer, nest, level))


def _inside(transfer: Transfer, nest: Nest, level: int) -> float:
    """The mean share of a tile that lies inside of its tensor."""
    share = 1.0
    for axis, (origin, box) in enumerate(
        zip(transfer.origin, transfer.box, strict=True)
    ):
        extent = transfer.view.shape[axis]
        counts = {loop.name: loop.count for loop in nest.loops[:level]}
        walked = [(s, counts[n]) for n, s in origin.strides.items() if n in counts]
        starts = [origin.base]
        for stride, count in walked:
            starts = [start + stride * i for start in starts for i in range(count)]
        covered = sum(
            max(0, min(start + box, extent) - max(start, 0)) for start in starts
        )
        share *= covered / (len(starts) * min(box, extent))
    return share


def _step_cycles(step: Step, nest: Nest, machine: Machine) -> int:
    """The cycles of a step on a whole tile."""
    fields = step.fields
    if "elements" in fields:
        return -(-_size(fields["elements"]) // machine.vector.lanes)
    if "box" in fields:
        return -(-nest.ring("ofm").bytes // machine.vector.lanes)
    kernel = fields["kernel"]
    assert isinstance(kernel, tuple)
    window = kernel[0] * kernel[1]
    pixels = _size(fields["rows"]) * _size(fields["columns"])
    channels = _size(fields["channels"])
    if step.engine is Engine.VECTOR:
        return -(-pixels * channels * window // machine.vector.lanes)
    if "depth" not in fields:
        return depthwise_cycles(machine.array, pixels, window, channels).total
    reduction = window * _size(fields["depth"])
    dataflow = Dataflow(str(fields["dataflow"]))
    return gemm_cycles(machine.array, dataflow, pixels, reduction, channels).total


def _size(value: object) -> int:
    if isinstance(value, Share):
        return min(value.size, value.total)
    assert isinstance(value, int)
    return value


def _sram_bytes(nest: Nest, alignment: int) -> int:
    return sum(
        -(-ring.bytes * ring.slots // alignment) * alignment for ring in nest.rings
    )
