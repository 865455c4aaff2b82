"""What a schedule costs, in closed form: cycles, traffic, and bytes on chip.

The engines run side by side, so the slower of the DRAM bus and the computing engines
sets the pace. Before it the first tile must come in, after it the last must go out.
The simulator counts what really happens; this only has to rank schedules.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import prod
from typing import Generic, NamedTuple

from ...backend_aipu.counts import Count
from ...backend_aipu.isa import BY_MNEMONIC
from ...backend_aipu.machine import ACCUMULATOR_BYTES, Machine
from ...backend_aipu.program import Value
from ...backend_aipu.traffic import bus_bytes
from ...backend_aipu.views import Sizes
from ...dialects.aipu import Extent
from .nest import FieldValue, Nest, Share, Step, Transfer

SHARPNESS = 8


@dataclass(frozen=True)
class Cost(Generic[Count]):
    """The cost of a group: cycles without the launch, bytes over the bus, and on chip;
    or of many at once.

    `accumulator_bytes` are those of sums that wait for more depth; `instructions` are
    as many as its program has.
    """

    cycles: Count
    dram_bytes: Count
    sram_bytes: Count
    accumulator_bytes: Count
    instructions: int = 0


def cost(nests: Sequence[Nest], machine: Machine) -> Cost[int]:
    """The cost of nests that run one after another."""
    costs = [_nest_cost(nest, machine) for nest in nests]
    return Cost(
        sum(cost.cycles for cost in costs),
        sum(cost.dram_bytes for cost in costs),
        max(cost.sram_bytes for cost in costs),
        max(cost.accumulator_bytes for cost in costs),
        sum(cost.instructions for cost in costs),
    )


def expected(nests: Sequence[Nest], machine: Machine) -> Cost[int]:
    """The cost of nests that run one after another, with cycles closer to what the
    simulator counts: loads and stores wait beside each other for the DRAM, which tiles
    are not ranked by.
    """
    cycles = [_cycles(nest, _asked(nest, machine), beside=True) for nest in nests]
    return replace(cost(nests, machine), cycles=sum(cycles))


class _Asked(NamedTuple):
    """What a nest asks for: cycles, if nothing else is said.

    moved: bytes over the bus.
    bus: of all bytes; loads, stores: of these, with what comes before each transfer.
    first, last: of the first loads and of the last stores.
    busy: of what is computed; once: of that on a tile.
    """

    moved: int
    bus: int
    loads: int
    stores: int
    first: int
    last: int
    busy: int
    once: int


def _asked(nest: Nest, machine: Machine) -> _Asked:
    moved = bus = first = last = 0
    queues = {True: 0, False: 0}
    for transfer in (*nest.loads, *nest.stores):
        level = nest.ring(transfer.ring).level
        tile_bytes, all_bytes = _traffic(transfer, nest, level, machine)
        cycles = machine.transfer_cycles(tile_bytes, prod(transfer.box))
        beside = cycles - machine.bus_cycles(tile_bytes)
        moved += all_bytes
        bus += machine.bus_cycles(all_bytes)
        stores = transfer in nest.stores
        queues[stores] += machine.bus_cycles(all_bytes) + beside * nest.times(level)
        if stores:
            last += cycles
        else:
            first += cycles
    busy, once = 0, 0
    if nest.step:
        once = tile_cycles(nest.step.mnemonic, nest.step.fields, machine)
        busy = once * nest.times(len(nest.loops))
    return _Asked(moved, bus, queues[False], queues[True], first, last, busy, once)


def _cycles(nest: Nest, asked: _Asked, *, beside: bool) -> int:
    """What a nest takes; loads and stores wait `beside` each other, or in turns."""
    transfers = asked.loads + asked.stores
    if all(ring.slots == 1 for ring in nest.rings):
        return transfers + asked.busy
    if beside:
        transfers = max(asked.bus, asked.loads, asked.stores)
    other = transfers - asked.last + asked.once
    return _overlapped(asked.first + asked.busy, other) + asked.last


def _nest_cost(nest: Nest, machine: Machine) -> Cost[int]:
    asked = _asked(nest, machine)
    return Cost(
        _cycles(nest, asked, beside=False),
        asked.moved,
        _sram_bytes(nest, machine.sram.alignment),
        _accumulator_bytes(nest.step) if nest.step else 0,
        len(nest.loads) + bool(nest.step) + len(nest.stores) + 2 * len(nest.loops),
    )


def _overlapped(one: int, other: int) -> int:
    """The cycles of two activities side by side that wait for each other's tiles.

    A smooth maximum: where they take equally long, their turns never quite interleave,
    and they take about a tenth longer. Fitted to what the simulator counts.
    """
    longer, shorter = max(one, other), min(one, other)
    return int(longer * (1 + (shorter / longer) ** SHARPNESS) ** (1 / SHARPNESS))


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
    inside, whole = _inside(transfer, nest, level)
    return per_tile, per_tile * nest.times(level) * inside // whole


def _inside(transfer: Transfer, nest: Nest, level: int) -> tuple[int, int]:
    """How many elements of all tiles lie inside of the tensor, of how many."""
    counts = {loop.name: loop.count for loop in nest.loops[:level]}
    inside = whole = 1
    for origin, box, extent in zip(
        transfer.origin, transfer.box, transfer.view.shape, strict=True
    ):
        walks = [(s, counts[n]) for n, s in origin.strides.items() if n in counts]
        starts, covered = _covered(origin.base, box, extent, walks)
        inside *= covered
        whole *= starts * min(box, extent)
    return inside, whole


def _covered(
    base: int, box: int, extent: int, walks: Sequence[tuple[int, int]]
) -> tuple[int, int]:
    """How many positions a box takes, and how many elements of the extent it covers in
    all of them; `walks` are the strides and counts of the loops that move it.
    """
    if not walks:
        return 1, max(0, min(base + box, extent) - max(base, 0))
    *outer, (stride, count) = walks
    starts = [base]
    for outer_stride, outer_count in outer:
        starts = [s + outer_stride * i for s in starts for i in range(outer_count)]
    covered = 0
    for start in starts:
        covered += _sum_inside(start + box, stride, count, extent)
        covered -= _sum_inside(start, stride, count, extent)
    return len(starts) * count, covered


def _sum_inside(first: int, step: int, count: int, most: int) -> int:
    """The sum of `min(max(first + step * i, 0), most)` over i below `count`, less a
    number that depends on `count` and `most` only; step positive.
    """
    above = _sum_at_least(first, step, count, most)
    return _sum_at_least(first, step, count, 0) - above


def _sum_at_least(first: int, step: int, count: int, least: int) -> int:
    """The sum of `max(first + step * i, least)` over i below `count`, step positive."""
    below = min(max(-(-(least - first) // step), 0), count)
    above = count - below
    return below * least + above * first + step * above * (below + count - 1) // 2


def tile_cycles(
    mnemonic: str, fields: Mapping[str, FieldValue], machine: Machine
) -> int:
    """The cycles of an instruction on a tile that is not cut."""
    spec = BY_MNEMONIC[mnemonic]
    effort = spec.effort(_WholeTile({**spec.defaults, **fields}), machine)
    return effort.cycles.total if effort else 0


@dataclass(frozen=True)
class _WholeTile(Sizes[int]):
    """The sizes of an instruction on a tile that is not cut."""

    fields: Mapping[str, FieldValue | Value]

    def has(self, name: str) -> bool:
        return name in self.fields

    def number(self, value: int) -> int:
        return value

    def left(self, name: str) -> int:
        return _size(self.fields[name])

    def whole(self, name: str) -> int:
        return _size(self.fields[name])

    def integers(self, name: str) -> tuple[int, ...]:
        value = self.fields[name]
        assert isinstance(value, tuple)
        return tuple(number for number in value if isinstance(number, int))

    def word(self, name: str) -> str:
        return str(self.fields[name])


def _accumulator_bytes(step: Step) -> int:
    """What the sums of a tile take while they wait for the next share of the depth."""
    depth = step.fields.get("depth")
    if not isinstance(depth, Share) or depth.size >= depth.total:
        return 0
    extents = (_size(step.fields[name]) for name in ("rows", "columns", "channels"))
    return prod(extents) * ACCUMULATOR_BYTES


def _size(value: object) -> int:
    if isinstance(value, Share | Extent):
        return min(value.size, value.total)
    assert isinstance(value, int)
    return value


def _sram_bytes(nest: Nest, alignment: int) -> int:
    return sum(
        -(-ring.bytes * ring.slots // alignment) * alignment for ring in nest.rings
    )
