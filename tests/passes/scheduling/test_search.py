"""Strategies that search: what each finds, held to all that there is to find."""

from dataclasses import replace
from time import sleep

import numpy as np
import pytest

from aipu.backend_aipu.machine import load_machine
from aipu.dialects.tile import StripedSchedule
from aipu.passes.machine_forms.stage import Kind, Stage, Window
from aipu.passes.scheduling.network.group_graph import GroupGraph, Schedules
from aipu.passes.scheduling.schedules.check import check
from aipu.passes.scheduling.schedules.parts import graphs, staying
from aipu.passes.scheduling.strategies.anneal import Anneal
from aipu.passes.scheduling.strategies.choices import Choices
from aipu.passes.scheduling.strategies.dp import Dp
from aipu.passes.scheduling.strategies.goal import Goal, Rank
from aipu.passes.scheduling.strategies.greedy import Greedy
from aipu.passes.scheduling.strategies.layerwise import Layerwise
from aipu.passes.scheduling.strategies.strategy import STRATEGIES, strategy
from aipu.passes.scheduling.striped.cost.estimate import asked_of
from aipu.passes.scheduling.striped.cost.following import START
from aipu.passes.scheduling.striped.graph import Graph, Operator
from aipu.passes.scheduling.striped.segment import Member
from aipu.passes.scheduling.tiled.cost import Cost, expected
from aipu.passes.scheduling.tiled.group import Group
from aipu.passes.scheduling.tiled.plan import plan

from ...compiled import NARROW
from .exhaustive import best_of_all

R329 = load_machine("r329")
GOALS = ("latency", "dram", "energy")
"""Whose costs add up."""

HARD = (0, 32, 33, 50, 52)
"""Of the first sixty chains that are drawn, those that need many ways to a place."""

LARGE = 2
"""One that takes long."""


def chain(sizes: list[tuple[int, int, int]], extent: int) -> GroupGraph:
    """Convolutions one after another: channels, kernel and stride of each."""
    members: list[Member] = []
    ifm, source = (1, extent, extent, 16), "input 0 of the network"
    for number, (channels, kernel, stride) in enumerate(sizes):
        pad = kernel // 2
        rows = (ifm[1] + 2 * pad - kernel) // stride + 1
        ofm = (1, rows, rows, channels)
        window = kernel * kernel
        stage = Stage(
            name=f"c{number}",
            operator="nn.conv2d",
            mnemonic="mac.conv",
            kind=Kind.CONVOLUTION,
            ifm=ifm,
            ofm=ofm,
            window=Window(
                (kernel, kernel), (stride, stride), (1, 1), (pad, pad, pad, pad)
            ),
            macs=rows * rows * channels * window * ifm[3],
            weight_bytes=channels * window * ifm[3],
            parameter_bytes=8 * channels,
        )
        leaves = number + 1 == len(sizes)
        members.append(
            Member(stage.name, stage, (source,), (True,), ofm, (ifm,), leaves)
        )
        ifm, source = ofm, stage.name
    groups = [Group(each.name, each.stage) for each in members]
    return GroupGraph(groups, members)


CHAINS = {
    "narrow": chain([(32, 1, 1), (32, 3, 1), (64, 1, 1), (16, 3, 2), (24, 1, 1)], 28),
    "wide": chain([(256, 3, 1), (256, 3, 1), (512, 1, 1), (256, 1, 1)], 14),
    "six": chain(
        [(16, 3, 2), (24, 1, 1), (48, 3, 1), (24, 1, 1), (8, 1, 1), (16, 3, 1)], 56
    ),
    "long": chain([(32, 3, 2), (16, 1, 1), (96, 1, 1), (96, 3, 2), (24, 1, 1)], 112),
}


def test_runs_of_alike_groups_have_the_same_graph() -> None:
    """The first reads an input of the network, the last result leaves it."""
    graph = chain([(16, 3, 1)] * 6 + [(16, 1, 1)], 14)
    first, *between, last = graph.alike
    assert len({*between}) == 1 and len({first, between[0], last}) == 3
    runs = [nameless(graph, start, start + 2) for start in range(1, 4)]
    assert runs[0] == runs[1] == runs[2] != nameless(graph, 5, 7)


def nameless(graph: GroupGraph, start: int, end: int) -> Graph:
    """Groups as one, whatever they are called."""
    together = graph.together(start, end)
    assert together is not None
    stages = [replace(each.stage, name="") for each in together.operators]
    operators = zip(stages, together.operators, strict=True)
    return replace(
        together, operators=tuple(Operator(one, each.reads) for one, each in operators)
    )


def drawn(seed: int) -> GroupGraph:
    """A chain of three to six operators."""
    random = np.random.default_rng(seed)
    count, extent = random.integers(3, 7), random.choice([7, 14, 28, 56, 112])
    channels, kernels = [8, 16, 24, 32, 64, 128, 256], [1, 3]
    sizes = [
        tuple(int(random.choice(each)) for each in (channels, kernels, [1, 1, 1, 2]))
        for _ in range(count)
    ]
    return chain([(ofm, kernel, stride) for ofm, kernel, stride in sizes], int(extent))


def spent(graph: GroupGraph, schedules: Schedules, goal: Goal) -> Rank:
    """What schedules cost, as strategies have it."""
    done = START
    parts = check(graph, schedules, R329)
    stays = staying(graph, parts)
    for at, (part, together) in enumerate(
        zip(parts, graphs(graph, parts), strict=True)
    ):
        if isinstance(part.schedule, StripedSchedule):
            assert together is not None
            there = sum(
                each.kept.bytes
                for maker, each in stays.items()
                if maker <= at <= each.last
            )
            asked = asked_of(together, part.schedule, R329)
            done = done.follow(asked, R329, there)
        else:
            nests = plan(graph.groups[part.start], part.schedule)
            done = done.wait(expected(nests, R329), R329)
    return goal.rank(done.cost(R329), R329)


@pytest.mark.parametrize("goal", GOALS)
@pytest.mark.parametrize(
    "name", ["narrow", "wide", "long", pytest.param("six", marks=pytest.mark.long)]
)
def test_dp_finds_what_exhaustive_search_finds(name: str, goal: str) -> None:
    found, best = both(CHAINS[name], Goal(goal))
    assert found == best


@pytest.mark.parametrize("goal", GOALS)
@pytest.mark.parametrize(
    "seed",
    [
        *(1, 3, 4, 5),
        *(pytest.param(each, marks=pytest.mark.long) for each in (LARGE, *HARD)),
    ],
)
def test_dp_finds_the_best_of_chains_that_were_drawn(seed: int, goal: str) -> None:
    found, best = both(drawn(seed), Goal(goal))
    assert found == best


def both(graph: GroupGraph, goal: Goal) -> tuple[Rank, Rank]:
    """What `dp` finds, and the best of all ways to cut a chain into groups, to run each
    of them, and to keep results on chip.
    """
    best = best_of_all(Choices(graph, R329, goal))
    return spent(graph, Dp().schedule(graph, R329, goal), goal), best


@pytest.mark.parametrize("name", CHAINS)
def test_greedy_is_between_layerwise_and_dp(name: str) -> None:
    graph, goal = CHAINS[name], Goal()
    found = {
        each: spent(graph, strategy(each).schedule(graph, R329, goal), goal)
        for each in ("layerwise", "greedy", "dp")
    }
    assert found["dp"] <= found["greedy"] <= found["layerwise"]
    assert found["greedy"] < found["layerwise"]


def test_annealing_ends_at_what_is_best_of_a_short_chain() -> None:
    goal = Goal(without=("keep",))
    graph = replace(CHAINS["narrow"], without=goal.without)
    found = spent(graph, Anneal().schedule(graph, R329, goal), goal)
    assert found == spent(graph, Dp().schedule(graph, R329, goal), goal)


def test_a_seed_decides_where_a_walk_goes() -> None:
    graph = CHAINS["long"]
    one, same = (Anneal().schedule(graph, R329, Goal(seed=1)) for _ in range(2))
    assert one == same
    assert list(one) == list(same)


def test_a_walk_ends_before_its_budget() -> None:
    graph = CHAINS["narrow"]
    found = strategy("anneal").schedule(graph, R329, Goal(budget=0.5))
    check(graph, found, R329)


def test_a_walk_measures_as_much_as_there_is_time_for() -> None:
    asked: list[Schedules] = []

    def measure(schedules: Schedules) -> Cost:
        asked.append(schedules)
        sleep(0.4)
        return Cost(100, 0, 0, 0)

    graph = replace(CHAINS["narrow"], measure=measure)
    found = Anneal().schedule(graph, R329, Goal(budget=2.0))
    assert asked == [found]  # begun after 1.4 s; another would end after 1.8 s


def test_the_best_few_are_measured() -> None:
    """The one that a simulator likes best is taken, not that of the lowest estimate."""
    asked: list[Schedules] = []

    def measure(schedules: Schedules) -> Cost:
        asked.append(schedules)
        return Cost(100 - len(asked), 0, 0, 0)

    graph = replace(CHAINS["narrow"], measure=measure)
    found = Anneal().schedule(graph, R329, Goal())
    assert len(asked) == 3
    assert found == asked[-1]


def test_the_old_name_of_a_strategy_is_known() -> None:
    graph = CHAINS["narrow"]
    assert "striped" not in STRATEGIES
    assert strategy("striped").schedule(graph, R329, Goal()) == Dp().schedule(
        graph, R329
    )


def test_what_has_no_stripes_worth_trying_runs_in_tiles() -> None:
    """Weights that no SRAM holds, and too few to be streamed."""
    graph, goal = chain([(16, 3, 1)], 1), Goal()
    tiles = Layerwise().schedule(graph, NARROW, goal)
    for each in (Dp(), Greedy(), Anneal()):
        assert each.schedule(graph, NARROW, goal) == tiles


def test_groups_that_are_none_are_no_schedules() -> None:
    graph = GroupGraph((), ())
    for each in (Dp(), Greedy(), Anneal()):
        assert each.schedule(graph, R329, Goal()) == {}
