"""The time of ten placements of one network, worked out by hand.

    image 3x16x16 -> first 3x3, 8 channels -> depth 3x3, depthwise -> sum with first
    -> normal (LRN) -> second 1x1, stride 2, 16 channels: 8x8 -> pool 2x2: 4x4 -> mean
    -> flat -> classes: 10 -> scores (softmax)

Numbers of the R329's host: 1.5 GHz, 86,000 cycles to begin an operator, 1.74 MACs of a
3x3 convolution of few channels a cycle, 0.59 depthwise, 1.99 of 1x1 and of dense
layers, 0.047 exponentials, 3.8 bytes; 2 GB/s; 100 us for a tensor that crosses.
"""

from typing import NamedTuple

import pytest

from aipu import compile
from aipu.runtime.figures.figures import figures
from aipu.tests.small_model import images, small_model

BEGIN = 86_000 / 1.5e6
GIGAHERTZ, GIGABYTES = 1.5e6, 2e6
"""A millisecond's cycles, and its bytes."""

HOST = {
    "first/transpose": 2 * 4 * 768 / GIGABYTES + BEGIN,
    "first": (8 * 256 * 27 / 1.74 + 4 * (768 + 2048) / 3.8) / GIGAHERTZ + BEGIN,
    "depth": (8 * 256 * 9 / 0.59 + 4 * (2048 + 2048) / 3.8) / GIGAHERTZ + BEGIN,
    "sum": 4 * (2048 + 2048 + 2048) / GIGABYTES + BEGIN,
    "normal": (2048 / 0.047 + 4 * (2048 + 2048) / 3.8) / GIGAHERTZ + BEGIN,
    "second": 4 * (2048 + 1024 + 16 * 8 + 16) / GIGABYTES + BEGIN,
    "pool": 4 * (1024 + 256) / GIGABYTES + BEGIN,
    "mean": 4 * (256 + 16) / GIGABYTES + BEGIN,
    "flat": 0.0,
    "classes": 4 * (16 + 10 + 16 * 10 + 10) / GIGABYTES + BEGIN,
    "scores": (10 / 0.047 + 4 * (10 + 10) / 3.8) / GIGAHERTZ + BEGIN,
}
"""Milliseconds of every operator: whichever is longer, the core or the memory."""


def crossing(elements: int) -> float:
    """Handed over, and converted: read as four bytes and written as one, or back."""
    return 0.1 + 5 * elements / GIGABYTES + BEGIN


class Placement(NamedTuple):
    """Pins, the operators that are on the host then, the elements of what crosses."""

    host: list[str]
    machine: list[str]
    operators: list[str]
    crossing: list[int]


IN, SUM, NORMAL, OUT = 768, 2048, 2048, 10
TEN = [
    Placement([], [], ["first/transpose", "normal", "scores"], [IN, SUM, NORMAL, OUT]),
    Placement([], ["scores"], ["first/transpose", "normal"], [IN, SUM, NORMAL, OUT]),
    Placement([], ["*/transpose"], ["normal", "scores"], [IN, SUM, NORMAL, OUT]),
    Placement(
        ["first"],
        [],
        ["first/transpose", "first", "normal", "scores"],
        [2048, SUM, NORMAL, OUT],
    ),
    Placement(
        ["depth"],
        [],
        ["first/transpose", "depth", "normal", "scores"],
        [IN, 2048, 2048, SUM, NORMAL, OUT],
    ),
    Placement(
        ["type:add"],
        [],
        ["first/transpose", "sum", "normal", "scores"],
        [IN, 2048, 2048, NORMAL, OUT],
    ),
    Placement(
        ["/^sec/"],
        [],
        ["first/transpose", "normal", "second", "pool", "mean", "flat", "scores"],
        [IN, SUM, 16, OUT],
    ),
    Placement(
        ["classes"],
        [],
        ["first/transpose", "normal", "classes", "scores"],
        [IN, SUM, NORMAL, 16],
    ),
    Placement(
        ["pool"],
        ["type:softmax", "first/transpose"],
        ["normal", "pool", "mean", "flat"],
        [IN, SUM, NORMAL, 1024, 16, OUT],
    ),
    Placement(["*"], [], list(HOST), []),
]


@pytest.mark.parametrize("placement", TEN)
def test_the_time_is_that_worked_out_by_hand(placement: Placement) -> None:
    found = figures(
        compile(
            small_model(),
            calibration=images(8),
            host=placement.host,
            machine=placement.machine,
        ).report
    )
    times = {each.name: each.ms for each in found.host.operators}
    assert times == {
        name: pytest.approx(HOST[name], abs=1e-9) for name in placement.operators
    }
    assert sorted(each.bytes for each in found.crossings) == sorted(placement.crossing)
    machine_ms = found.cycles / 800e6 * 1e3
    host_ms = sum(HOST[name] for name in placement.operators)
    crossing_ms = sum(map(crossing, placement.crossing))
    assert found.host_ms == pytest.approx(host_ms, abs=1e-9)
    assert found.crossing_ms == pytest.approx(crossing_ms, abs=1e-9)
    assert found.latency_ms == pytest.approx(
        machine_ms + host_ms + crossing_ms, abs=1e-6
    )
    assert found.fps == pytest.approx(1e3 / (machine_ms + host_ms + crossing_ms))
