"""The strategy `layerwise`: every layer by itself, with the tiles that cost least.

It tries all sensible tiles of a layer in closed form and keeps the cheapest that fits
the SRAM. Nothing is shared between layers. It is the baseline for every other strategy.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import product
from math import prod

from ...backend_aipu.machine import Machine
from ...backend_aipu.systolic import ACCUMULATOR_BYTES
from ...dialects.tile import GroupSchedule
from ...errors import AipuError
from .cost import cost
from .group import Group, GroupGraph, Kind, Stage
from .plan import plan

ORDERS = (
    ("image", "row", "group", "channel"),
    ("group", "channel", "image", "row"),
)


class Layerwise:
    """Every group by itself."""

    def schedule(
        self, graph: GroupGraph, machine: Machine
    ) -> Mapping[str, GroupSchedule]:
        known: dict[Group, GroupSchedule] = {}
        schedules: dict[str, GroupSchedule] = {}
        for group in graph.groups:
            shape = _nameless(group)
            if shape not in known:
                known[shape] = cheapest(group, machine)
            schedules[group.name] = known[shape]
        return schedules


def cheapest(group: Group, machine: Machine) -> GroupSchedule:
    """The schedule of a group that costs the fewest cycles, then the fewest bytes.

    Tiles have one slot, and transfers wait for the work, only where two do not fit.

    Raises:
        AipuError: not even the smallest tile fits the SRAM.
    """
    for slots in (2, 1):
        fitting = [
            ((spent.cycles, spent.dram_bytes, spent.sram_bytes), schedule)
            for schedule in candidates(group, machine, slots)
            if (spent := cost(plan(group, schedule), machine)).sram_bytes
            <= machine.sram.bytes
        ]
        if fitting:
            return min(fitting)[1]
    raise AipuError(
        f"not even its smallest tile fits the {machine.sram.bytes:,} bytes of SRAM "
        f"of {machine.name}",
        place=group.name,
    )


def _nameless(group: Group) -> Group:
    stages = tuple(replace(stage, name="") for stage in group.stages)
    return replace(group, name="", stages=stages)


def candidates(group: Group, machine: Machine, slots: int) -> Iterator[GroupSchedule]:
    """Schedules worth trying: tiles that divide an extent evenly, or nearly."""
    head = group.head
    dataflow = str(machine.array.dataflows[0])
    orders = ORDERS if head.kind in (Kind.CONVOLUTION, Kind.DEPTHWISE) else ORDERS[:1]
    for rows, channels, depth, order in product(
        pieces(group.tail.ofm[1], 1, row_limit(group, machine)),
        _channels(group, machine),
        _depths(head, machine),
        orders,
    ):
        if _fits_accumulators(group, machine, rows, channels, depth):
            yield GroupSchedule(order, rows, channels, depth, dataflow, slots)


def row_limit(group: Group, machine: Machine) -> int:
    """Rows of a tile that could fit the SRAM at all."""
    row = prod(group.tail.ofm[2:]) if group.head.kind is not Kind.CONVOLUTION else 1
    return max(1, machine.sram.bytes // row)


def pieces(extent: int, step: int, limit: int) -> list[int]:
    """Sizes up to `limit` that cut an extent evenly, as far as multiples of `step` do.

    The number of pieces grows by about a quarter from size to size.
    """
    sizes: dict[int, None] = {}
    count = max(1, -(-extent // limit))
    while True:
        size = -(-extent // count)
        sizes[min(extent, -(-size // step) * step)] = None
        if size <= step:
            return list(sizes)
        count = max(count + 1, count * 5 // 4)


def _channels(group: Group, machine: Machine) -> list[int]:
    """Channels of a tile. They must divide all channels where a tile that is cut short
    would spill into the next group, or leave bytes that a later stage reads.
    """
    head = group.head
    if head.kind in (Kind.ELEMENTWISE, Kind.MOVE, Kind.PERMUTE):
        return [head.ofm[3]]
    depthwise = head.kind is Kind.DEPTHWISE
    grouped = head.groups > 1 and not depthwise
    own = head.ofm[3] // head.groups if grouped else head.ofm[3]
    if grouped or head.kind is Kind.POOL or len(group.stages) > 1:
        return [size for size in range(own, 0, -1) if own % size == 0]
    return pieces(own, machine.array.columns, own)


def _depths(head: Stage, machine: Machine) -> list[int]:
    if head.kind is not Kind.CONVOLUTION:
        return [head.ifm[3]]
    own = head.ifm[3] // head.groups
    if head.groups > 1:
        return [own]
    weights = own * head.window.size * machine.array.columns
    if weights * 2 <= machine.sram.bytes // 2:
        return [own]
    return pieces(own, machine.array.rows, own)


def _fits_accumulators(
    group: Group, machine: Machine, rows: int, channels: int, depth: int
) -> bool:
    """A tile whose sums wait for more depth must fit the accumulators."""
    head = group.head
    if head.kind is not Kind.CONVOLUTION or depth * head.groups >= head.ifm[3]:
        return True
    sums = rows * head.ofm[2] * channels * ACCUMULATOR_BYTES
    return sums <= machine.array.accumulator_bytes
