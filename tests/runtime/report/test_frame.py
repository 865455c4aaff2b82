"""A frame takes the time of the machine, of the host and of what passes between them.

The times of the host are worked out here by hand from the numbers of the R329's target
file: 1.5 GHz, 2 GB/s, 86,000 cycles an operator, 100 us a crossing.
"""

import math

import pytest

from aipu import compile
from aipu.runtime.building.package import Package
from aipu.runtime.figures.figures import Figures, figures
from aipu.tests.small_model import images, model_of, small_model

BEGIN = 86_000 / 1.5e9 * 1e3
HAND_OVER = 0.1
A_CYCLE = 1e3 / 1.5e9


def moved(bytes: int) -> float:
    """Milliseconds to move so many bytes: at 2 GB/s, slower than 3.8 bytes a cycle."""
    return bytes / 2e9 * 1e3 + BEGIN


def computed(elements: int, bytes: int) -> float:
    """Milliseconds of an exponential for every element: 0.047 of them a cycle."""
    return (elements / 0.047 + bytes / 3.8) * A_CYCLE + BEGIN


def test_every_operator_of_the_host_has_its_time(small_figures: Figures) -> None:
    times = {each.name: each.ms for each in small_figures.host.operators}
    assert times == {
        "first/transpose": pytest.approx(moved(2 * 3 * 16 * 16 * 4)),
        "normal": pytest.approx(computed(8 * 16 * 16, 2 * 8 * 16 * 16 * 4)),
        "scores": pytest.approx(computed(10, 2 * 10 * 4)),
    }


def test_every_crossing_has_its_time_and_its_direction(small_figures: Figures) -> None:
    """Four bytes a real and one an integer are moved to convert what crosses."""
    found = [
        (each.tensor, each.to, each.before, each.bytes)
        for each in small_figures.crossings
    ]
    assert found == [
        ("first/quantise", "machine", "segment_1", 3 * 16 * 16),
        ("sum", "host", "segment_2", 8 * 16 * 16),
        ("normal/quantise", "machine", "segment_3", 8 * 16 * 16),
        ("classes", "host", "segment_4", 10),
    ]
    for each in small_figures.crossings:
        assert each.ms == pytest.approx(HAND_OVER + moved(5 * each.bytes))


def test_every_segment_has_a_row(small_figures: Figures) -> None:
    found = [
        (each.place, each.operators, each.first, each.last)
        for each in small_figures.segments
    ]
    assert found == [
        ("host", 1, "first/transpose", "first/transpose"),
        ("machine", 3, "first", "sum"),
        ("host", 1, "normal", "normal"),
        ("machine", 5, "second", "classes"),
        ("host", 1, "scores", "scores"),
    ]


def test_the_parts_add_up(small_figures: Figures) -> None:
    found = small_figures
    assert not found.machine_only
    assert found.latency_ms == pytest.approx(
        found.machine_ms + found.host_ms + found.crossing_ms, abs=1e-6
    )
    rows = [each.ms or 0 for each in (*found.segments, *found.crossings)]
    assert sum(rows) == pytest.approx(found.latency_ms, abs=1e-6)
    listed = sum(each.ms or 0 for each in found.host.operators)
    assert listed == pytest.approx(found.host_ms, abs=1e-6)
    assert found.fps == pytest.approx(1e3 / found.latency_ms)


def test_a_network_for_the_host_only_has_a_rate() -> None:
    """Nothing crosses; two tensors of 10 reals are read and written."""
    found = figures(compile(model_of("Softmax", [1, 10])).report)
    assert found.crossings == []
    assert (found.machine_ms, found.crossing_ms) == (0, 0)
    assert found.latency_ms == pytest.approx(computed(10, 80))
    assert found.fps is not None
    assert math.isfinite(found.fps)


def test_a_network_of_nothing_has_no_rate() -> None:
    found = figures(compile(model_of("Identity", [1, 10])).report)
    assert (found.latency_ms, found.fps, found.machine_fps) == (0, None, None)


def test_what_is_not_known_of_a_host_is_not_counted() -> None:
    package = compile(small_model(), target="gemmini-16x16", calibration=images(8))
    found = figures(package.report)
    assert found.machine_only
    assert (found.host_ms, found.crossing_ms) == (0, 0)
    assert found.latency_ms == found.machine_ms > 0
    assert found.fps == found.machine_fps
    for each in (*found.host.operators, *found.crossings):
        assert each.ms is None
    on_host = [each for each in found.segments if each.place == "host"]
    assert [each.ms for each in on_host] == [None, None, None]


def test_all_frames_of_a_batch_take_time(package: Package) -> None:
    """A batch of four: four times the bytes, and as many operators and crossings."""
    batch = figures(compile(small_model((4, 3, 16, 16)), calibration=images(8)).report)
    one = figures(package.report)
    assert len(batch.crossings) == len(one.crossings)
    for four, single in zip(batch.crossings, one.crossings, strict=True):
        assert four.bytes == 4 * single.bytes
        assert four.ms == pytest.approx(HAND_OVER + moved(20 * single.bytes))
    assert batch.fps == pytest.approx(4e3 / batch.latency_ms)
