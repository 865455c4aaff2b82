"""The strategy `layerwise`: every layer by itself, with the tiles that cost least.

It tries all sensible tiles of a layer in closed form and keeps the cheapest that fits
the SRAM. Nothing is shared between layers. It is the baseline for every other strategy.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import product
from math import prod

from ...backend_aipu.machine import Machine
from ...dialects.tile import GroupSchedule
from ...errors import AipuError
from .cost import cost
from .fit import fits
from .group import Group, GroupGraph, Kind, Stage
from .plan import plan
from .plan.legality import WINDOWED, splits_evenly
from .plan.turns import channel_groups

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

    Only where nothing else fits, sums are split though the weights are few; and tiles
    have one slot, so that transfers and work take turns.

    Raises:
        AipuError: not even the smallest tile fits the SRAM.
    """
    for slots, split in product((2, 1), (False, True)):
        fitting = [
            ((spent.cycles, spent.dram_bytes, spent.sram_bytes), schedule)
            for schedule in candidates(group, machine, slots, split=split)
            if fits(spent := cost(plan(group, schedule), machine), machine)
        ]
        if fitting:
            return min(fitting)[1]
    raise AipuError(why_no_room(group, machine) or "no tile fits", place=group.name)


def why_no_room(group: Group, machine: Machine) -> str | None:
    """Why no schedule of a group fits the machine; None if the smallest tile does.

    A smaller tile needs less of the SRAM; split sums need accumulators besides.
    """
    needs: list[int] = []
    for split in (False, True):
        schedule = GroupSchedule(
            ORDERS[0],
            _rows(group, machine)[-1],
            _channels(group, machine)[-1],
            _depths(group.head, machine, split)[-1],
            str(machine.array.dataflows[0]),
            slots=1,
        )
        spent = cost(plan(group, schedule), machine)
        if fits(spent, machine):
            return None
        needs.append(spent.sram_bytes)
    return (
        f"not even its smallest tile fits the {machine.sram.bytes:,} bytes of SRAM of "
        f"{machine.name}: it takes {min(needs):,}"
    )


def _nameless(group: Group) -> Group:
    stages = tuple(replace(stage, name="") for stage in group.stages)
    return replace(group, name="", stages=stages)


def candidates(
    group: Group, machine: Machine, slots: int, *, split: bool = False
) -> Iterator[GroupSchedule]:
    """Schedules worth trying: tiles that divide an extent evenly, or nearly.

    With `split`, sums are also split that have few weights.
    """
    head = group.head
    dataflow = str(machine.array.dataflows[0])
    orders = ORDERS if head.kind in (Kind.CONVOLUTION, Kind.DEPTHWISE) else ORDERS[:1]
    for rows, channels, depth, order in product(
        _rows(group, machine),
        _channels(group, machine),
        _depths(head, machine, split),
        orders,
    ):
        yield GroupSchedule(order, rows, channels, depth, dataflow, slots)


def _rows(group: Group, machine: Machine) -> list[int]:
    """Rows of a tile, not more than could fit the SRAM at all."""
    head, limit = group.head, machine.sram.bytes
    if head.kind is Kind.MOVE:
        return pieces(max(copy.target.shape[1] for copy in head.copies), 1, limit)
    if head.kind is not Kind.CONVOLUTION:
        limit = max(1, limit // prod(group.tail.ofm[2:]))
    return pieces(group.tail.ofm[1], 1, limit)


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
    """Channels of a tile; of a convolution's, as many as keep all columns busy."""
    head = group.head
    if head.kind is Kind.MOVE:
        channels = max(copy.target.shape[3] for copy in head.copies)
        return pieces(channels, 1, machine.sram.bytes)
    if head.kind not in WINDOWED:
        return [head.ofm[3]]
    own = head.ofm[3] // channel_groups(group)
    if splits_evenly(group):
        return [size for size in range(own, 0, -1) if own % size == 0]
    return pieces(own, machine.array.columns, own)


def _depths(head: Stage, machine: Machine, split: bool) -> list[int]:
    """Shares of the ifm channels; a quarter of the SRAM is for one of its weights."""
    if head.kind is not Kind.CONVOLUTION:
        return [head.ifm[3]]
    own = head.ifm[3] // head.groups
    weights = own * head.window.size * machine.array.columns
    if head.groups > 1 or (not split and weights <= machine.sram.bytes // 4):
        return [own]
    return pieces(own, machine.array.rows, own)
