"""Where the groups of a function lie in the SRAM, and what stays there."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from xdsl.ir import Operation, SSAValue

from ...backend_aipu.machine import Machine
from ...dialects import tile
from ..scheduling.network.held_constants import held_by
from ..scheduling.network.links import graph_of, keeper_of, keeps_result
from ..scheduling.network.names import uses_of
from ..scheduling.striped.buffers.arrange import Staying, arrange, holding
from ..scheduling.striped.buffers.fit import check_place
from ..scheduling.striped.buffers.windows import Layout, layout
from ..scheduling.striped.graph import Graph
from ..scheduling.striped.held import HELD, Key
from ..scheduling.striped.kept import KEPT
from ..scheduling.striped.legality import check_stripable
from ..scheduling.striped.stripes import stripes
from ..scheduling.tiled.fit import tiles_beside


@dataclass(frozen=True)
class OnChip:
    """A group in stripes: its graph, where its buffers lie, and the names in the
    program of those that stay longer, by their names in the group.
    """

    graph: Graph
    layout: Layout
    stays: Mapping[str, str]


def on_chip(
    groups: Sequence[tile.GroupOp], machine: Machine
) -> Mapping[tile.GroupOp, OnChip]:
    """The groups in stripes of a function.

    Raises:
        AipuError: a schedule that cannot be, or no room for what is on chip at once.
    """
    graphs: dict[tile.GroupOp, Graph] = {}
    layouts: dict[tile.GroupOp, Layout] = {}
    for group in groups:
        schedule = striped_schedule(group)
        if schedule is not None:
            graph = graphs[group] = graph_of(group)
            check_stripable(group.work.data, graph, schedule)
            rows = stripes(graph, schedule.rows)
            layouts[group] = layout(graph, rows, schedule, machine.sram.alignment)
    held = holding(
        _held(group, graphs[group]) if group in graphs else {} for group in groups
    )
    staying = dict(_kept(groups, graphs)) | {
        _name_of_held(key): each for key, each in held.items()
    }
    arranged = arrange(list(map(layouts.get, groups)), [*staying.values()], machine)
    address = dict(zip(staying, arranged.stays, strict=True))
    found: dict[tile.GroupOp, OnChip] = {}
    for group, place in zip(groups, arranged.groups, strict=True):
        if group not in graphs:
            if place.taken:
                raise tiles_beside(group.work.data)
            continue
        stays = dict(_stays(group, graphs[group]))
        place = replace(place, stays={n: address[name] for n, name in stays.items()})
        check_place(group.work.data, layouts[group], place, machine)
        found[group] = OnChip(graphs[group], layouts[group].at(place), stays)
    return found


def _kept(
    groups: Sequence[tile.GroupOp], graphs: Mapping[tile.GroupOp, Graph]
) -> Iterator[tuple[str, Staying]]:
    """The results of groups that stay on chip, and how long."""
    number: Mapping[Operation, int] = {group: at for at, group in enumerate(groups)}
    for at, group in enumerate(groups):
        if keeps_result(group):
            graph = graphs[group]
            kept = graph.kept_as(graph.result)
            assert kept is not None
            last = max(number[use.operation] for use in uses_of(group.last_result))
            yield _name_of_kept(group), Staying(kept.bytes, at, last)


def _held(group: tile.GroupOp, graph: Graph) -> Mapping[Key, int]:
    """The constants that a group holds: their keys and bytes."""
    return {
        key: bytes_
        for each, operator in zip(held_by(group), graph.operators, strict=True)
        for key, bytes_ in each.sizes(operator.stage)
    }


def _stays(group: tile.GroupOp, graph: Graph) -> Iterator[tuple[str, str]]:
    """What of a group stays longer: its name in the group and in the program."""
    values: Mapping[int, SSAValue] = dict(enumerate(group.inputs))
    for tensor, _ in graph.kept:
        maker = keeper_of(values[tensor]) if tensor in values else group
        assert maker is not None
        yield f"{KEPT}{tensor}", _name_of_kept(maker)
    constants = held_by(group)
    for each in graph.held:
        yield each.home, _name_of_held(dict(constants[each.first].each)[each.what])


def _name_of_kept(maker: tile.GroupOp) -> str:
    return f"{maker.work.data}/{KEPT}"


def _name_of_held(key: Key) -> str:
    return f"{'+'.join(key)}/{HELD}"


def striped_schedule(group: tile.GroupOp) -> tile.StripedSchedule | None:
    """How a group runs in stripes, if it does."""
    schedule = group.schedule.data if group.schedule is not None else None
    return schedule if isinstance(schedule, tile.StripedSchedule) else None
