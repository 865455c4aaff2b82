"""What a strategy is asked for reaches it, and what comes of it is one message."""

import json
from contextlib import suppress
from pathlib import Path
from time import sleep

import pytest

import aipu
from aipu.backend_aipu.machine import load_machine
from aipu.errors import AipuError
from aipu.passes.scheduling.network.group_graph import GroupGraph
from aipu.passes.scheduling.strategies.goal import RANKS, Goal
from aipu.passes.scheduling.strategies.layerwise import Layerwise
from aipu.passes.scheduling.strategies.strategy import STRATEGIES, Deciding, strategy
from aipu.runtime.building.package import Package
from aipu.tests.cli.command import aipu as command
from aipu.tests.cli.command import complaint
from aipu.tests.quantised import Quantised
from aipu.tests.small_model import images, save, small_model


@pytest.fixture(scope="module")
def small() -> Quantised:
    """The small model, quantised once."""
    return Quantised(small_model(), images(8))


@pytest.fixture(scope="module", params=["layerwise", "dp"])
def usual(request: pytest.FixtureRequest, small: Quantised) -> Package:
    """It by a strategy that is asked for nothing."""
    return small.by(request.param)


@pytest.mark.parametrize("goal", ["dram", "sram"])
def test_a_goal_is_what_a_strategy_makes_small(
    small: Quantised, usual: Package, goal: str
) -> None:
    other = small.by(usual.manifest.strategy, Goal(goal))
    used = {
        "dram": lambda package: package.report["dram_bytes"],
        "sram": lambda package: package.report["sram_live_bytes"],
    }[goal]
    assert used(other) <= used(usual)
    assert other.profile.cycles >= 0.97 * usual.profile.cycles  # an estimate
    assert all(row.equal for row in other.verify())
    assert other.manifest.goal == Goal(goal)


def test_what_is_asked_for_reaches_the_strategy(monkeypatch) -> None:
    asked = []

    def asking(graph, machine, goal):
        asked.append(goal)
        return Layerwise().schedule(graph, machine)

    monkeypatch.setitem(STRATEGIES, "asking", lambda: Deciding(asking))
    package = aipu.compile(
        small_model(), strategy="asking", goal="energy", budget=60, seed=7
    )
    assert [(each.minimise, each.seed) for each in asked] == [("energy", 7)] * 2
    assert 0 < sum(each.budget for each in asked) <= 120
    assert asked[0].budget < asked[1].budget  # what was left, by their groups
    assert package.manifest.goal == Goal("energy", 60, 7)
    tile = package.manifest.pipelines["levels/tile.mlir"]
    assert tile == "schedule{target=r329 strategy=asking goal=energy budget=60 seed=7}"


class Plain:
    def schedule(self, graph, machine, rows=3):
        return rows


@pytest.mark.parametrize(
    ("decide", "given"),
    [
        (lambda graph, machine: 2, 2),
        (lambda graph, machine, goal: goal, Goal()),
        (lambda graph, machine, wanted: wanted, Goal()),
        (lambda graph, machine, goal=None: goal, Goal()),
        (lambda *given: len(given), 3),
        (Plain().schedule, 3),
    ],
)
def test_what_takes_no_goal_is_given_none(decide, given, monkeypatch) -> None:
    monkeypatch.setitem(STRATEGIES, "one", lambda: Deciding(decide))
    nothing = GroupGraph((), ())
    assert strategy("one").schedule(nothing, load_machine("r329"), Goal()) == given


def test_an_unknown_goal_names_the_nearest(tmp_path: Path) -> None:
    save(small_model(), tmp_path / "small.onnx")
    words = ("build", tmp_path / "small.onnx", "-o", tmp_path / "out")
    assert "no goal 'drom'\n  did you mean 'dram'?" in complaint(
        *words, "--goal", "drom"
    )
    assert "a budget of 0.0 seconds" in complaint(*words, "--budget", "0")
    assert not (tmp_path / "out").exists()


def late(graph, machine):
    with suppress(Exception):
        sleep(30)
    return Layerwise().schedule(graph, machine)


def failing(graph, machine):
    return graph.grups


def test_a_strategy_that_overruns_its_budget_is_named(small) -> None:
    with pytest.raises(
        AipuError, match=r"'own' takes longer than its budget of 0\.1 s"
    ):
        small.by(Deciding(late), Goal(budget=0.1))


def test_a_strategy_that_raises_is_named(small) -> None:
    with pytest.raises(AipuError, match=r"'own' failed: AttributeError.*'grups'"):
        small.by(Deciding(failing))


def test_the_command_asks_for_it_and_the_manifest_says_so(tmp_path: Path) -> None:
    save(small_model(), tmp_path / "small.onnx")
    asked = ("--strategy", "dp", "--goal", "dram", "--seed", "3")
    result = command("build", tmp_path / "small.onnx", "-o", tmp_path / "out", *asked)
    assert "schedule{target=r329 strategy=dp goal=dram seed=3}" in result.stdout
    manifest = json.loads((tmp_path / "out" / "package.json").read_text())
    asked = {"minimise": "dram", "budget": None, "seed": 3, "without": []}
    assert manifest["goal"] == asked


def test_goals_are_known_by_name() -> None:
    assert set(RANKS) == {"latency", "throughput", "dram", "energy", "sram"}
