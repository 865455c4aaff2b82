"""What a schedule costs, in closed form: cycles, traffic, and bytes on chip.

The engines run side by side, so the slower of the DRAM bus and the computing engines
sets the pace. Before it the first tile must come in, after it the last must go out.
The simulator counts what really happens; this only has to rank schedules.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from math import prod
from operator import and_
from typing import Generic, NamedTuple

import numpy as np

from ....backend_aipu.counts import (
    Count,
    either,
    ever,
    greater,
    lesser,
    limited,
    stretched,
)
from ....backend_aipu.isa import BY_MNEMONIC
from ....backend_aipu.machine import ACCUMULATOR_BYTES, Machine
from ....backend_aipu.program import Value
from ....backend_aipu.traffic import bus_bytes
from ....backend_aipu.views import Sizes
from ....dialects.aipu import Extent
from .nest import FieldValue, LoopIndex, Nest, Share, Step, Transfer

DOUBLINGS = 3
"""How often squaring makes the exponent of the smooth maximum."""


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
    instructions: Count | int = 0


def cost(nests: Sequence[Nest[int]], machine: Machine) -> Cost[int]:
    """The cost of nests that run one after another."""
    return costs(nests, machine, 0)


def costs(nests: Sequence[Nest[Count]], machine: Machine, zero: Count) -> Cost[Count]:
    """The same by one schedule or by many, `zero` of each."""
    several = [_nest_cost(nest, machine, zero) for nest in nests]
    return Cost(
        sum((cost.cycles for cost in several), zero),
        sum((cost.dram_bytes for cost in several), zero),
        reduce(greater, (cost.sram_bytes for cost in several)),
        reduce(greater, (cost.accumulator_bytes for cost in several)),
        sum((cost.instructions for cost in several), zero),
    )


def expected(nests: Sequence[Nest[int]], machine: Machine) -> Cost[int]:
    """The cost of nests that run one after another, with cycles closer to what the
    simulator counts: loads and stores wait beside each other for the DRAM, which tiles
    are not ranked by.
    """
    cycles = [_cycles(nest, _asked(nest, machine, 0), beside=True) for nest in nests]
    return replace(cost(nests, machine), cycles=sum(cycles))


class _Moves(NamedTuple, Generic[Count]):
    """What the transfers of a ring ask for.

    moved: bytes over the bus.
    bus: cycles of these.
    queue: the same, with what comes before each transfer.
    first: cycles of one transfer.
    """

    moved: Count
    bus: Count
    queue: Count
    first: Count


class _Asked(NamedTuple, Generic[Count]):
    """What a nest asks for: cycles, if nothing else is said.

    moved: bytes over the bus.
    bus: of all bytes; loads, stores: of these, with what comes before each transfer.
    first, last: of the first loads and of the last stores.
    busy: of what is computed; once: of that on a tile.
    """

    moved: Count
    bus: Count
    loads: Count
    stores: Count
    first: Count
    last: Count
    busy: Count
    once: Count


def _asked(nest: Nest[Count], machine: Machine, zero: Count) -> _Asked[Count]:
    loads = [_moves(load, nest, machine, zero) for load in nest.loads]
    stores = [_moves(store, nest, machine, zero) for store in nest.stores]
    once = zero
    if nest.step:
        once = _step_cycles(nest.step.mnemonic, nest.step.fields, machine, zero)
    return _Asked(
        sum((each.moved for each in (*loads, *stores)), zero),
        sum((each.bus for each in (*loads, *stores)), zero),
        sum((each.queue for each in loads), zero),
        sum((each.queue for each in stores), zero),
        sum((each.first for each in loads), zero),
        sum((each.first for each in stores), zero),
        once * nest.times(len(nest.loops)),
        once,
    )


def _moves(
    transfer: Transfer[Count], nest: Nest[Count], machine: Machine, zero: Count
) -> _Moves[Count]:
    times = zero + nest.times(nest.ring(transfer.ring).level)
    per_tile, moved = _traffic(transfer, nest, times, machine)
    first = machine.transfer_cycles(zero + per_tile, zero + prod(transfer.box))
    bus = machine.bus_cycles(moved)
    beside = first - machine.bus_cycles(per_tile)
    return _Moves(moved, bus, bus + beside * times, first)


def _cycles(nest: Nest[Count], asked: _Asked[Count], *, beside: bool) -> Count:
    """What a nest takes; loads and stores wait `beside` each other, or in turns."""
    transfers = asked.loads + asked.stores
    in_turns = transfers + asked.busy
    if beside:
        transfers = greater(asked.bus, greater(asked.loads, asked.stores))
    other = transfers - asked.last + asked.once
    overlapped = _overlapped(asked.first + asked.busy, other) + asked.last
    single = [ring.slots == 1 for ring in nest.rings]
    return either(reduce(and_, single), in_turns, overlapped)


def _nest_cost(nest: Nest[Count], machine: Machine, zero: Count) -> Cost[Count]:
    asked = _asked(nest, machine, zero)
    looped = sum((loop.count > 1 for loop in nest.loops), zero)
    return Cost(
        _cycles(nest, asked, beside=False),
        asked.moved,
        zero + _sram_bytes(nest, machine.sram.alignment),
        zero + _accumulator_bytes(nest.step),
        len(nest.loads) + bool(nest.step) + len(nest.stores) + 2 * looped,
    )


def _overlapped(one: Count, other: Count) -> Count:
    """The cycles of two activities side by side that wait for each other's tiles.

    A smooth maximum, the eighth root of a sum of eighth powers: where they take equally
    long, their turns never quite interleave, and they take about a tenth longer. Fitted
    to what the simulator counts. Products and square roots are the same everywhere.
    """
    longer, shorter = greater(one, other), lesser(one, other)
    power = shorter / longer
    for _ in range(DOUBLINGS):
        power = power * power
    root = 1 + power
    for _ in range(DOUBLINGS):
        root = np.sqrt(root)
    return stretched(longer, root)


def _traffic(
    transfer: Transfer[Count], nest: Nest[Count], times: Count, machine: Machine
) -> tuple[Count | int, Count]:
    """The bus bytes of a whole tile, and of all tiles, of which there are `times`.

    A tile that reaches out of its tensor moves less: the extents that all tiles of a
    loop cover together are at most the tensor's own, for each time it is covered.
    """
    shape = transfer.view.shape
    tile = [limited(box, size) for box, size in zip(transfer.box, shape, strict=True)]
    per_tile = bus_bytes(machine, tile, transfer.view.strides)
    counts = {loop.name: loop.count for loop in nest.loops}
    places = inside = 1
    for origin, box, extent in zip(transfer.origin, transfer.box, shape, strict=True):
        walks = [(s, counts[n]) for n, s in origin.strides.items() if n in counts]
        places = places * prod(count for _, count in walks)
        inside = inside * _covered(origin.base, box, extent, walks)
    elements, moved = prod(tile), per_tile * (times // places)
    whole, rest = moved // elements, moved % elements
    return per_tile, whole * inside + rest * inside // elements


def _covered(
    base: int,
    box: Count | int,
    extent: int,
    walks: Sequence[tuple[Count | int, Count | int]],
) -> Count | int:
    """How many elements of the extent a box covers in all of its positions.

    `walks` are the strides and counts of the loops that move it, of which only the
    outermost may let positions overlap, or leave gaps between them.
    """
    for stride, count in reversed(walks):
        if ever(stride != box):
            end = _sum_inside(base + box, stride, count, extent)
            return end - _sum_inside(base, stride, count, extent)
        box = box * count
    return _within(base + box, extent) - _within(base, extent)


def _sum_inside(
    first: Count | int, step: Count | int, count: Count | int, most: int
) -> Count | int:
    """The sum of `min(max(first + step * i, 0), most)` over i below `count`, less a
    number that depends on `count` and `most` only; step positive.
    """
    above = _sum_at_least(first, step, count, most)
    return _sum_at_least(first, step, count, 0) - above


def _sum_at_least(
    first: Count | int, step: Count | int, count: Count | int, least: int
) -> Count | int:
    """The sum of `max(first + step * i, least)` over i below `count`, step positive."""
    below = _within(-((first - least) // step), count)
    above = count - below
    return below * least + above * first + step * above * (below + count - 1) // 2


def _within(position: Count | int, end: Count | int) -> Count | int:
    """A position, or the one next to it from 0 to `end`."""
    return limited(position * (position > 0), end)


def tile_cycles(
    mnemonic: str, fields: Mapping[str, FieldValue[int]], machine: Machine
) -> int:
    """The cycles of an instruction on a tile that is not cut."""
    return _step_cycles(mnemonic, fields, machine, 0)


def _step_cycles(
    mnemonic: str,
    fields: Mapping[str, FieldValue[Count]],
    machine: Machine,
    zero: Count,
) -> Count:
    spec = BY_MNEMONIC[mnemonic]
    effort = spec.effort(_WholeTile({**spec.defaults, **fields}, zero), machine)
    return effort.cycles.total if effort else zero


@dataclass(frozen=True)
class _WholeTile(Sizes[Count]):
    """The sizes of an instruction on a tile that is not cut."""

    fields: Mapping[str, FieldValue[Count] | Value]
    zero: Count

    def has(self, name: str) -> bool:
        return name in self.fields

    def number(self, value: int) -> Count:
        return self.zero + value

    def left(self, name: str) -> Count:
        return self.zero + _size(self.fields[name])

    def whole(self, name: str) -> int:
        size = _size(self.fields[name])
        assert isinstance(size, int)
        return size

    def integers(self, name: str) -> tuple[int, ...]:
        value = self.fields[name]
        assert isinstance(value, tuple)
        return tuple(number for number in value if isinstance(number, int))

    def numbers(self, name: str) -> tuple[Count, ...]:
        value = self.fields[name]
        assert isinstance(value, tuple)
        found = (each for each in value if isinstance(each, int | np.ndarray))
        return tuple(self.zero + number for number in found)

    def word(self, name: str) -> str:
        return str(self.fields[name])


def _accumulator_bytes(step: Step[Count] | None) -> Count | int:
    """What the sums of a tile take while they wait for the next share of the depth."""
    depth = step.fields.get("depth") if step else None
    if step is None or not isinstance(depth, Share):
        return 0
    extents = [_size(step.fields[name]) for name in ("rows", "columns", "channels")]
    return prod(extents) * ACCUMULATOR_BYTES * (depth.size < depth.total)


def _size(value: FieldValue[Count] | Value) -> Count | int:
    if isinstance(value, Share | Extent):
        return limited(value.size, value.total)
    assert not isinstance(value, str | tuple | LoopIndex)
    return value


def _sram_bytes(nest: Nest[Count], alignment: int) -> Count | int:
    return sum(
        -(-ring.bytes * ring.slots // alignment) * alignment for ring in nest.rings
    )
