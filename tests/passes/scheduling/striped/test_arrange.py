"""Groups and the maps that stay between them lie apart, wherever they lie."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from aipu.backend_aipu.machine import Machine, load_machine
from aipu.dialects.tile import StripedSchedule, Weights
from aipu.passes.scheduling.striped.buffers.arrange import Arranged, Staying, arrange
from aipu.passes.scheduling.striped.buffers.needs import Need
from aipu.passes.scheduling.striped.buffers.windows import Home, Layout, Place, layout
from aipu.passes.scheduling.striped.sharing import Sharing
from aipu.passes.scheduling.striped.stripes import stripes
from aipu.tests.passes.scheduling.striped.graphs import graphs

R329 = load_machine("r329")


@st.composite
def machines(draw: st.DrawFn) -> Machine:
    """A small SRAM, of a size that need be no multiple of the alignment."""
    size = draw(st.integers(1_000, 20_000))
    alignment = draw(st.sampled_from((1, 16, 64)))
    return machine_of(size, alignment)


def machine_of(size: int, alignment: int) -> Machine:
    """One with so many bytes of SRAM."""
    sram = structs.replace(R329.sram, bytes=size, alignment=alignment)
    return structs.replace(R329, sram=sram)


@st.composite
def layouts(draw: st.DrawFn, machine: Machine) -> Layout:
    """The buffers of a group in stripes."""
    graph = draw(graphs())
    count = len(graph.operators)
    rows = draw(st.integers(1, graph.maps[graph.result][1]))
    schedule = StripedSchedule(rows, (Weights(),) * count, "ws", ahead=True)
    return layout(graph, stripes(graph, rows), schedule, machine.sram.alignment)


@st.composite
def stays(draw: st.DrawFn, groups: int) -> Staying:
    """A map that some groups hold."""
    first, last = sorted(draw(st.tuples(*[st.integers(0, groups - 1)] * 2)))
    return Staying(draw(st.integers(1, 4_000)), first, last)


@given(st.data())
def test_nothing_lies_where_something_else_is(data: st.DataObject) -> None:
    machine = data.draw(machines())
    groups = data.draw(st.lists(st.none() | layouts(machine), min_size=1, max_size=5))
    maps = data.draw(st.lists(stays(len(groups)), max_size=4))
    found = arrange(groups, maps, machine)
    for at, (group, place) in enumerate(zip(groups, found.groups, strict=True)):
        pieces = _maps(found, maps, at)
        if group is not None and place.has_room(group.needs):
            assert all(0 <= a < b <= machine.sram.bytes for a, b in _own(group, place))
            pieces_of_group = _own(group, place)
            for one in pieces:
                for other in pieces_of_group:
                    assert one[1] <= other[0] or other[1] <= one[0]


def test_maps_without_room_beside_each_other_leave_none_to_a_group() -> None:
    need = Need("map0", 64, 1, 0, 0)
    for several, room in (((600, 300), True), ((600, 600), False)):
        maps = [Staying(each, 0, 0) for each in several]
        (place,) = arrange([None], maps, machine_of(1024, 64)).groups
        assert place.has_room([need]) == room


@given(st.data())
def test_what_is_needed_at_once_lies_apart(data: st.DataObject) -> None:
    machine = data.draw(machines())
    group = data.draw(layouts(machine))
    for downwards in (False, True):
        place = Place((), machine.sram.bytes, machine.sram.alignment, downwards)
        addresses = place.of(group.needs)
        assert all(a % machine.sram.alignment == 0 for a in addresses.values())
        for one, other in combinations(group.needs, 2):
            if one.first <= other.last and other.first <= one.last:
                a, b = addresses[one.name], addresses[other.name]
                assert a + one.life.bytes <= b or b + other.life.bytes <= a


def test_constants_lie_beside_all_that_the_group_before_has() -> None:
    """At one end lies a map that the group before reads, at the other end its weights:
    only the middle is free.
    """
    machine = machine_of(1000, 1)
    first, before, after = (_weights(size) for size in (100, 100, 300))
    maps = [Staying(300, 0, 1), Staying(50, 1, 2)]
    found = arrange([first, before, after], maps, machine)
    busy = [*_maps(found, maps, 1), *_own(before, found.groups[1])]
    for start, end in _own(after, found.groups[2]):
        assert all(end <= first or last <= start for first, last in busy)


def test_constants_without_room_beside_what_is_busy_lie_where_it_was() -> None:
    machine = machine_of(1000, 1)
    groups = [_weights(600), _weights(600)]
    for place, group in zip(arrange(groups, [], machine).groups, groups, strict=True):
        assert place.has_room(group.needs)


def _weights(size: int) -> Layout:
    """A group that needs room for weights alone."""
    need = Need("weight0", size, 1, 0, 0, constant=True)
    home = Home("weight0", 0, size, 1)
    return Layout((), Sharing((), (), {}), (), [home], [None], [need])


def _maps(found: Arranged, maps: list[Staying], at: int) -> list[tuple[int, int]]:
    """Where maps lie that stay while a group runs."""
    return [
        (address, address + each.bytes)
        for each, address in zip(maps, found.stays, strict=True)
        if each.first <= at <= each.last
    ]


def _own(group: Layout, place: Place) -> list[tuple[int, int]]:
    """Where the buffers of a group lie."""
    addresses = place.of(group.needs)
    return [(addresses[n.name], addresses[n.name] + n.life.bytes) for n in group.needs]
