"""What each idea of a schedule is worth: alone, and as the last of all."""

from dataclasses import replace

from msgspec import Struct

from ...passes.scheduling.network.switches import SWITCHES
from ...passes.scheduling.strategies.goal import Goal
from ..building.driver import Build
from ..building.levels import AIPU
from ..figures.figures import Figures, figures

DP = "dp"
"""The strategy whose ideas these are."""

BATCH = "batch"
"""The idea that says nothing of one image."""


class Spent(Struct, frozen=True):
    """What a schedule takes: of the machine, and of the bus."""

    machine_ms: float
    dram_bytes: int


class Worth(Struct, frozen=True):
    """An idea: what a schedule takes with it alone, and with all others but not it."""

    switch: str
    idea: str
    alone: Spent
    without: Spent


class Ablation(Struct, frozen=True):
    """A network with no idea, with all, and what each of them is worth.

    bound_ms: what no schedule takes less than.
    """

    model: str
    target: str
    strategy: str
    goal: str
    batch: int
    nothing: Spent
    everything: Spent
    bound_ms: float
    ideas: list[Worth]


def ablation(
    build: Build,
    strategy: str | None,
    goal: Goal,
) -> Ablation:
    """Schedule a network in all ways that it takes.

    Args:
        build: the network.
        strategy: who schedules; `dp` if nobody else is to.
        goal: what for. Ideas that it is without are left out of all of it.

    Raises:
        AipuError: as of a build.
    """
    strategy = strategy or DP

    def taken(*without: str) -> Figures:
        asked = replace(goal, without=(*goal.without, *without))
        steps = build.again(strategy, asked)
        steps.reach(AIPU)
        return figures(steps.package().report)

    whole = taken()
    ideas = [name for name in SWITCHES if name not in goal.without]
    if whole.batch == 1:
        ideas = [name for name in ideas if name != BATCH]
    return Ablation(
        model=whole.model,
        target=whole.target,
        strategy=strategy,
        goal=goal.minimise,
        batch=whole.batch,
        bound_ms=whole.bounds.latency_ms_sram,
        everything=_spent(whole),
        nothing=_spent(taken(*ideas)),
        ideas=[
            Worth(
                name,
                SWITCHES[name].idea,
                _spent(taken(*(each for each in ideas if each != name))),
                _spent(taken(name)),
            )
            for name in ideas
        ],
    )


def _spent(found: Figures) -> Spent:
    return Spent(found.machine_ms, found.dram_bytes)
