"""Hold the cost model to the simulator, and write what it is off into the results.

    python benchmarks/cost.py COUNT MODEL ...

For each network: what strategies decide, and COUNT schedules drawn at random that
`check` accepts; of those also every group by itself. Launches are left out.
"""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from results_page import put, table
from xdsl.dialects.func import FuncOp

from aipu.backend_aipu.machine import Machine
from aipu.dialects.semantics.weights import WeightStore
from aipu.dialects.tile import StripedSchedule
from aipu.passes.authoring.segments import machine_functions
from aipu.passes.lowering.lower_to_aipu import lowered
from aipu.passes.registry import PASSES
from aipu.passes.running.pipeline import build_pipeline, run_pipeline
from aipu.passes.scheduling.assign_schedules import assign
from aipu.passes.scheduling.network.group_graph import GroupGraph, Schedules
from aipu.passes.scheduling.network.links import group_graph
from aipu.passes.scheduling.schedules.check import check
from aipu.passes.scheduling.schedules.parts import (
    Together,
    constants_staying,
    graphs,
    staying,
)
from aipu.passes.scheduling.strategies.goal import LATENCY
from aipu.passes.scheduling.strategies.strategy import strategy
from aipu.passes.scheduling.striped.cost.estimate import asked_of
from aipu.passes.scheduling.striped.cost.following import START, Progress
from aipu.passes.scheduling.tiled.cost import expected
from aipu.passes.scheduling.tiled.plan import plan
from aipu.runtime.building.driver import Options
from aipu.runtime.building.levels import QUANTISED
from aipu.runtime.building.scheduling import begun
from aipu.runtime.simulator.profile import Profile
from aipu.runtime.simulator.simulator import PreparedEntry
from aipu.tests.fuzz.random_schedules import RandomSchedules

STRATEGIES = ("layerwise", "packed", "greedy", "dp")
HEAD = ("network", *STRATEGIES, "drawn", "ranks", "groups alone", "worst")
CORRELATED = 0.95
"""What the ranks of schedules must be correlated by at least."""

FAR = 0.15
"""A group that is off by more is off by much."""


class Pair(NamedTuple):
    """Cycles as they are estimated, and as they are simulated."""

    estimate: float
    simulated: int

    @property
    def error(self) -> float:
        """By which part of the latter the former is more."""
        return self.estimate / self.simulated - 1


class Function(NamedTuple):
    """What of a network runs on the machine without a break."""

    function: FuncOp
    graph: GroupGraph
    machine: Machine
    weights: WeightStore

    def profile(self, schedules: Schedules) -> Profile:
        """What the simulator says."""
        copy = self.function.clone()
        assign(copy, schedules, self.machine)
        program = lowered([copy], self.machine, self.weights.copy())
        (entry,) = program.entries
        return PreparedEntry(program, entry, self.machine).profile

    def whole(self, schedules: Schedules) -> Pair:
        """All of it, but for launches."""
        parts = check(self.graph, schedules, self.machine)
        *_, last = progress(self.graph, parts, self.machine)
        layers = self.profile(schedules).layers
        return Pair(last.running, sum(layer.running_cycles for layer in layers))

    def alone(self, schedules: Schedules) -> Iterator[Pair]:
        """Every group in stripes, if each begins when the one before it is done."""
        apart = {key: each._replace(joined=False) for key, each in schedules.items()}
        parts = check(self.graph, apart, self.machine)
        layers = self.profile(apart).layers
        done = START
        after = progress(self.graph, parts, self.machine)
        for part, now, layer in zip(parts, after, layers, strict=True):
            if isinstance(part.schedule, StripedSchedule):
                yield Pair(now.running - done.running, layer.running_cycles)
            done = now


class Row(NamedTuple):
    """How far the model is off on a network."""

    name: str
    decided: list[Pair]
    drawn: list[Pair]
    alone: list[Pair]

    @property
    def correlation(self) -> float:
        """Of the ranks of what was drawn (Spearman)."""
        ranks = [
            np.argsort(np.argsort([getattr(pair, which) for pair in self.drawn]))
            for which in Pair._fields
        ]
        both = np.corrcoef(ranks[0], ranks[1])
        return float(np.atleast_2d(both)[0, 1])

    def cells(self) -> list[str]:
        drawn = [abs(pair.error) for pair in self.drawn]
        alone = [abs(pair.error) for pair in self.alone]
        return [
            self.name,
            *(f"{100 * pair.error:+.1f} %" for pair in self.decided),
            f"{100 * float(np.mean(drawn)):.1f} %",
            f"{self.correlation:.3f}",
            f"{100 * float(np.mean(alone)):.1f} %",
            f"{100 * max(alone):.0f} %",
        ]


def progress(
    graph: GroupGraph, parts: Sequence[Together], machine: Machine
) -> Iterator[Progress]:
    """How far a machine is after each part, as the cost model has it."""
    done = START
    maps, weights = staying(graph, parts), constants_staying(graph, parts).values()
    for at, (part, together) in enumerate(
        zip(parts, graphs(graph, parts), strict=True)
    ):
        schedule = part.schedule
        if isinstance(schedule, StripedSchedule):
            assert together is not None  # it was checked
            there = sum(
                each.kept.bytes
                for maker, each in maps.items()
                if maker <= at <= each.last
            ) + sum(each.bytes for each in weights if each.first <= at <= each.last)
            if not schedule.joined:  # all engines have come to rest
                done = done._replace(computed=done.running, moved=done.running, tail=0)
            done = done.follow(asked_of(together, schedule, machine), machine, there)
        else:
            spent = expected(plan(graph.groups[part.start], schedule), machine)
            done = done.wait(spent, machine)
        yield done


def functions(model: Path) -> Iterator[Function]:
    """The functions of a model, in groups."""
    build = begun(model, Options())
    build.reach(QUANTISED)
    module = build.module.clone()
    run_pipeline(
        build_pipeline("sink-slices,group-operators", PASSES), module, build.context
    )
    for function in machine_functions(module):
        graph = group_graph(function)
        yield Function(function, graph, build.machine, build.context.weights)


def row(model: Path, count: int) -> Row:
    """The largest function of a network."""
    each = max(functions(model), key=lambda one: len(one.graph.groups))
    decided = [
        each.whole(strategy(name).schedule(each.graph, each.machine, LATENCY))
        for name in STRATEGIES
    ]
    drawn: list[Pair] = []
    alone: list[Pair] = []
    for number in range(count):
        random = np.random.default_rng([0, number])
        schedules = RandomSchedules(each.graph, each.machine, random).draw()
        drawn.append(each.whole(schedules))
        alone += each.alone(schedules)
    return Row(model.stem, decided, drawn, alone)


TEXT = """\
By how much the [cost model](cost-model.md) says more cycles than the simulator counts,
launches left out: of what strategies decide, and on the average of {count} schedules of
each network that were drawn at random; how their ranks are correlated (Spearman, at
least {least} is wanted); and of each of their groups by itself, on the average and at
worst. Written by [cost.py](../benchmarks/cost.py).

{rows}

Of all {groups} groups {share:.1f} % are off by more than {far:.0f} %.
"""


def main() -> None:
    """Write the section, again with each network."""
    count, *models = sys.argv[1:]
    rows: list[Row] = []
    for model in models:
        rows.append(row(Path(model), int(count)))
        print(*rows[-1].cells(), sep="  ", file=sys.stderr, flush=True)
        off = [abs(pair.error) > FAR for each in rows for pair in each.alone]
        text = TEXT.format(
            count=count,
            least=CORRELATED,
            rows=table(HEAD, (each.cells() for each in rows)),
            groups=len(off),
            far=100 * FAR,
            share=100 * float(np.mean(off)),
        )
        put("Cost", text)


if __name__ == "__main__":
    main()
