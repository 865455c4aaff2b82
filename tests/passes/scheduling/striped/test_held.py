"""Weights that stay on chip for all that take them: the same bits, fewer bytes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pytest

from aipu.backend_aipu.machine import Machine
from aipu.dialects.tile import Schedule, StripedSchedule, Weights
from aipu.errors import AipuError
from aipu.passes.authoring.segments import machine_functions
from aipu.passes.scheduling.network.group_graph import GroupGraph
from aipu.passes.scheduling.network.groups import groups_of
from aipu.passes.scheduling.schedules.schedule_file import parsed, shown
from aipu.passes.scheduling.strategies.goal import Goal
from aipu.passes.scheduling.strategies.layerwise import Layerwise
from aipu.passes.scheduling.striped.segment import Member
from aipu.runtime.building.package import Package
from aipu.tests.passes.scheduling.striped.compared import Compared
from aipu.tests.passes.scheduling.striped.networks import Network, samples
from aipu.tests.quantised import Quantised

CHANNELS = 8
TURNS = 4
WEIGHT_BYTES = CHANNELS * CHANNELS * 3 * 3
HELD, ONCE = Weights(held=True), Weights()


def recurrent(between: str = "Sigmoid"):
    """The same convolution again and again, each time of what it made before."""
    net = Network()
    net.conv("x", "a", (CHANNELS, CHANNELS), 3, pad=1)
    name = net.node(between, ["a"], "s0")
    for turn in range(1, TURNS):
        conv = net.nodes[0]
        made = f"a{turn}"
        inputs = [name, *conv.input[1:]]
        net.node("Conv", inputs, made, pads=[1] * 4)
        name = net.node(between, [made], f"s{turn}")
    return net.model(CHANNELS, name)


@dataclass
class Cut:
    """Groups of at most so many operators in stripes, all with the same words for
    weights; what is named, and what cannot, by itself in tiles.
    """

    size: int
    rows: int
    weights: Weights
    tiles: Sequence[str] = ()

    def schedule(
        self, graph: GroupGraph, machine: Machine
    ) -> Mapping[str | tuple[str, ...], Schedule]:
        alone = Layerwise().schedule(graph, machine)
        found: dict[str | tuple[str, ...], Schedule] = {**alone}
        group: list[Member] = []
        for link in graph.links:
            if link.name in self.tiles or not link.can_stripe:
                group = []
                continue
            group = [*group, link] if len(group) < self.size else [link]
            found.pop(link.name)
            found.pop(tuple(each.name for each in group[:-1]), None)
            found[tuple(each.name for each in group)] = self.striped(group)
        return found

    def striped(self, group: Sequence[Member]) -> StripedSchedule:
        """How some operators run together."""
        weights = [self.weights if any(each.constants) else ONCE for each in group]
        return StripedSchedule(self.rows, tuple(weights), "ws", joined=True)


@pytest.fixture(scope="module")
def compared() -> Compared:
    return Compared(recurrent(), samples(CHANNELS))


@pytest.mark.parametrize("size, rows", [(1, 20), (2, 1), (3, 4), (2 * TURNS, 5)])
def test_they_compute_the_same_and_come_once(size, rows, compared):
    held = compared.checked(Cut(size, rows, HELD))
    once = compared.quantised.by(Cut(size, rows, ONCE))
    assert _moved(once) - _moved(held) == (TURNS - 1) * WEIGHT_BYTES


def _moved(package: Package) -> int:
    return sum(layer.dram_bytes for layer in package.profile.layers)


def test_the_strategy_holds_them_where_that_is_less(compared):
    package = compared.checked("dp")
    other = compared.quantised.by("dp", Goal(without=("keep",)))
    assert any("held" in each for each in _schedules(package))
    assert not any("held" in each for each in _schedules(other))
    assert package.profile.cycles < other.profile.cycles


def _schedules(package: Package) -> list[str]:
    module = package.levels["tile"]
    return [
        shown(group.schedule.data)
        for function in machine_functions(module)
        for group in groups_of(function)
        if group.schedule is not None
    ]


def test_in_tiles_nothing_runs_between(compared):
    with pytest.raises(AipuError, match=r"s1: .* runs in tiles, .* weights stay there"):
        compared.checked(Cut(1, 4, HELD, tiles=["s1"]))


def test_in_tiles_others_run_behind(compared):
    compared.checked(Cut(1, 4, HELD, tiles=["s3"]))


def test_there_must_be_some():
    class Wrong(Cut):
        def striped(self, group):
            found = super().striped(group)
            return found._replace(weights=(HELD,) * len(group))

    net = Network()
    net.conv("x", "a", (CHANNELS, CHANNELS), 3, pad=1)
    net.node("Add", ["a", "x"], "s")
    quantised = Quantised(net.model(CHANNELS, "s"), samples(CHANNELS)[:1])
    with pytest.raises(AipuError, match=r"nn.add has no weights or parameters .* held"):
        quantised.by(Wrong(2, 4, HELD))


def test_there_must_be_room():
    net = Network()
    net.conv("x", "a", (170, 170), 3, pad=1)
    conv = net.nodes[0]
    net.node("Conv", ["a", *conv.input[1:]], "b", pads=[1] * 4)
    quantised = Quantised(net.model(170, "b"), samples(170)[:1])
    with pytest.raises(AipuError, match=r"beside what stays there"):
        quantised.by(Cut(1, 13, HELD))


def test_the_words_are_what_is_meant():
    text = "rows 2 weights [held, once, stream 3 of 64] ws ahead joined"
    schedule = parsed(text)
    assert shown(schedule) == text
    assert isinstance(schedule, StripedSchedule)
    assert schedule.weights == (HELD, ONCE, Weights(3, 64))


def test_what_is_held_comes_in_no_tiles():
    with pytest.raises(AipuError, match=r"expected"):
        parsed("rows 2 weights [held 3 of 64] ws")
