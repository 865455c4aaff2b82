"""Random graphs, edited schedules and mutants of assembly, a few of each.

`make test-long` tries many, `make fuzz` looks for others for as long as it is told.
"""

from collections import Counter
from itertools import pairwise
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import helper

from aipu.frontends.onnx.operators import CONVERTERS
from aipu.tests.fuzz.campaign import KINDS, Kind, campaign, replayed
from aipu.tests.fuzz.damage import DAMAGES, Damage, statements
from aipu.tests.fuzz.graphs.case import GraphCase
from aipu.tests.fuzz.graphs.sketch import model_of
from aipu.tests.fuzz.minimise import minimised
from aipu.tests.fuzz.verdict import Outcome

EXAMPLE = Path(__file__).parents[2] / "docs" / "example.s"

FEW = {"graphs": range(8), "schedules": range(14), "assembly": range(24)}
MANY = {"graphs": 500, "schedules": 500, "assembly": 800}
SHARES = 20
"""The many of a kind are so many tests, which run side by side."""


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("kind", KINDS)
def test_a_few(kind: str, tmp_path: Path) -> None:
    outcomes = no_faults(kind, FEW[kind], tmp_path)
    assert outcomes[Outcome.SOUND.value] > 0


@pytest.mark.long
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("share", range(SHARES))
@pytest.mark.parametrize("kind", KINDS)
def test_many(kind: str, share: int, tmp_path: Path) -> None:
    size = MANY[kind] // SHARES
    outcomes = no_faults(kind, range(share * size, (share + 1) * size), tmp_path)
    assert outcomes[Outcome.SOUND.value] > 0
    if kind == "graphs":
        assert outcomes[Outcome.SOUND.value] > 0.9 * size


def no_faults(kind: str, numbers: range, folder: Path) -> Counter[str]:
    """How the cases of some numbers end, none of them in a fault."""
    outcomes, faults = campaign(kind, 0, iter(numbers), folder, float("inf"))
    assert not faults, "\n".join(map(str, faults))
    return outcomes


# The tools themselves


def test_the_smallest_part_that_fails_is_found() -> None:
    culprits = {3, 17, 18}
    assert minimised(40, lambda kept: culprits <= {*kept}) == [3, 17, 18]


def test_a_wrong_operator_is_found_kept_alone_and_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = Kind(
        lambda seed, number: chain("Neg", "Sin", "Tanh", "Abs"), GraphCase.load
    )
    monkeypatch.setattr("aipu.tests.fuzz.campaign.KINDS", {"graphs": wrong})
    monkeypatch.setitem(CONVERTERS, "Sin", CONVERTERS["Cos"])
    outcomes, (fault,) = campaign("graphs", 0, iter([0]), tmp_path, 60)
    assert outcomes == {"fault": 1}
    assert fault.verdict.kind == "float values"
    assert [node.op_type for node in onnx.load(fault.file).graph.node] == ["Sin"]
    assert replayed("graphs", fault.file) == fault.verdict
    monkeypatch.undo()
    assert replayed("graphs", fault.file).outcome is Outcome.SOUND


def chain(*operators: str) -> GraphCase:
    """One operator after another on six elements."""
    names = ["x", *operators]
    nodes = [
        helper.make_node(operator, [before], [operator], operator)
        for before, operator in pairwise(names)
    ]
    samples = np.random.default_rng(0).standard_normal((5, 1, 6), np.float32)
    model = model_of(nodes, {"x": samples[0]}, [operators[-1]], {}, 13)
    return GraphCase(model, {"x": samples}, "r329")


@pytest.mark.filterwarnings("ignore")
def test_a_race_that_is_not_reported_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "aipu.runtime.simulator.races._Checker._check_races", lambda *given: None
    )
    outcomes, found = campaign("assembly", 2, iter(range(64)), tmp_path, 60)
    assert outcomes["fault"] == len(found) > 1
    assert {fault.verdict.kind for fault in found} == {
        "the plain machine gives other bytes"
    }
    sizes = [len(statements(fault.file.read_text())) for fault in found]
    assert min(sizes) < 30  # no more can go where every layer reads the one before


def test_statements_are_instructions_with_all_their_lines() -> None:
    text = ".target tiny\n\nloop row times 7 {\n  sync engine=mac\n    wait a\n}\n"
    assert statements(text) == [
        ".target tiny",
        "loop row times 7 {",
        "  sync engine=mac wait a",
        "}",
    ]


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_every_damage_changes_something(damage: Damage) -> None:
    text = statements(EXAMPLE.read_text("utf-8"))
    changes = [damage(np.random.default_rng(n), list(text)) != text for n in range(9)]
    assert sum(changes) > 4
