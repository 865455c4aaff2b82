"""Random graphs by random schedules: what is accepted is exact, what is broken never
computes other bits.

`make test-long` tries three hundred of each.
"""

from collections import Counter
from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from aipu.runtime.building.package import Package
from aipu.tests.fuzz.broken import ALWAYS_REFUSED, BREAKS, Break, broken
from aipu.tests.fuzz.graphs.case import (
    TARGETS,
    Arrays,
    GraphCase,
    first_built,
    on_rows,
)
from aipu.tests.fuzz.graphs.sketch import Sketch
from aipu.tests.fuzz.random_schedules import DRAWN
from aipu.tests.fuzz.verdict import Outcome, judged

SHARES = 20
MANY = 300 // SHARES


def drawn(number: int) -> GraphCase:
    """A random graph on rows, for any target, by random schedules."""
    random = np.random.default_rng([5, number])
    target = TARGETS[int(random.integers(len(TARGETS)))]
    return replace(on_rows(Sketch(random), target), strategy=DRAWN)


def accepted(numbers: range) -> Counter[Outcome]:
    """How graphs end: they compute what they should at every level, within bounds."""
    found: Counter[Outcome] = Counter()
    for number in numbers:
        verdict = judged(drawn(number).verdict)
        assert verdict.outcome is not Outcome.FAULT, f"{number}: {verdict}"
        found[verdict.outcome] += 1
    return found


def layerwise(random: np.random.Generator) -> tuple[Package, Arrays]:
    """A random graph on rows, built, and its inputs."""
    return first_built(lambda: on_rows(Sketch(random), "r329"))


def refused(numbers: range, way: Break | None = None) -> Counter[Outcome]:
    """How broken schedules end."""
    found: Counter[Outcome] = Counter()
    for number in numbers:
        random = np.random.default_rng([6, number])
        package, inputs = layerwise(random)
        wrong = way or BREAKS[number % len(BREAKS)]
        verdict = judged(partial(broken, package, inputs, random, wrong))
        assert verdict.outcome is not Outcome.FAULT, f"{number}: {verdict}"
        found[verdict.outcome] += 1
    return found


@pytest.mark.filterwarnings("ignore")
def test_what_is_accepted_is_exact() -> None:
    assert accepted(range(4))[Outcome.SOUND] > 2


@pytest.mark.filterwarnings("ignore")
def test_what_is_broken_computes_nothing_else() -> None:
    assert refused(range(len(BREAKS)))[Outcome.REFUSED] > 4


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("way", ALWAYS_REFUSED, ids=lambda way: way.__name__)
def test_what_cannot_be_right_is_refused(way: Break) -> None:
    assert refused(range(2), way) == {Outcome.REFUSED: 2}


@pytest.mark.long
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("share", range(SHARES))
def test_many_that_are_accepted_are_exact(share: int) -> None:
    found = accepted(range(share * MANY, (share + 1) * MANY))
    assert found[Outcome.SOUND] > 0.7 * MANY


@pytest.mark.long
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("share", range(SHARES))
def test_many_that_are_broken_compute_nothing_else(share: int) -> None:
    found = refused(range(share * MANY, (share + 1) * MANY))
    assert found[Outcome.REFUSED] > 0.4 * MANY
