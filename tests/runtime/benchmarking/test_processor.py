"""The model of the host against published times of boards with the same cores."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace

from aipu.backend_aipu.host import Host, Work
from aipu.backend_aipu.machine import load_machine
from aipu.dialects import nn
from aipu.passes.authoring.functions import main_function
from aipu.passes.authoring.operators import operators
from aipu.passes.quantising.placement.host_work import host_work
from aipu.runtime.benchmarking.processor import USUAL, bytes_of, host_alone_ms
from aipu.runtime.benchmarking.published import published
from aipu.runtime.building.driver import Build, Options
from aipu.runtime.building.levels import FLOAT

BOARDS = {
    "RK3399 little": (3383, 1.5),
    "Raspberry Pi 3B+": (1794, 1.4),
    "AX630C": (9458, 1.2),
    "RK3228H": (4108, 1.3),
    "Raspberry Pi Zero 2 W": (2203, 1.0),
    "MSM8916": (1533, 1.2),
    "QRB2210": (9661, 2.0),
}
"""The boards of the fit, in its order: a line of ncnn's README, gigahertz."""

LEFT_OUT = ("FastestDet", "vision_transformer")
"""Networks of no stated shape, which the fit has not seen."""

FITTED = tuple(
    name for name in published() if not name.endswith("_int8") and name not in LEFT_OUT
)
SMALL = ("squeezenet", "mobilenet", "blazeface", "shufflenet_v2")


@cache
def host() -> Host:
    found = load_machine("r329").host
    assert found is not None
    return found


@pytest.fixture(scope="module")
def boards(shared: Path) -> Mapping[str, Host]:
    """The host as it is on each board: with its clock, and the memory as fitted."""
    fitted = json.loads((shared / "oracles" / "a53" / "fitted.json").read_text())
    bandwidths = np.exp(fitted["p"][len(fitted["C"]) + 1 :])
    return {
        name: replace(host(), clock_hz=int(clock * 1e9), bandwidth=int(bandwidth * 1e9))
        for (name, (_, clock)), bandwidth in zip(
            BOARDS.items(), bandwidths, strict=False
        )
    }


@pytest.fixture(scope="module")
def times(shared: Path) -> Mapping[str, Mapping[str, float]]:
    """Published milliseconds by board and network."""
    text = (shared / "oracles" / "a53" / "published.json").read_text()
    by_line = {each["line"]: each["nets"] for each in json.loads(text)}
    return {name: by_line[line] for name, (line, _) in BOARDS.items()}


def works(name: str, shared: Path) -> list[Work]:
    path = shared / "models" / "ncnn" / f"{name}.param"
    build = Build(path, Options(random_weights=0))
    build.reach(FLOAT)
    found = operators(main_function(build.modules[FLOAT]).body.block)
    assert all(isinstance(op, nn.Operator) for op in found)
    return [work for op in found if (work := host_work(op)) is not None]


def errors(
    work: list[Work],
    name: str,
    boards: Mapping[str, Host],
    times: Mapping[str, Mapping[str, float]],
) -> list[float]:
    """By how much the model is off on each board that has a time."""
    return [
        host_alone_ms(work, boards[board], 1) / times[board][name] - 1
        for board in BOARDS
        if name in times[board]
    ]


@pytest.mark.parametrize("name", SMALL)
def test_small_networks_are_within_15_percent(
    name: str,
    shared: Path,
    boards: Mapping[str, Host],
    times: Mapping[str, Mapping[str, float]],
) -> None:
    assert abs(np.mean(errors(works(name, shared), name, boards, times))) < 0.15


@pytest.mark.long
def test_22_of_25_networks_are_within_15_percent(
    shared: Path,
    boards: Mapping[str, Host],
    times: Mapping[str, Mapping[str, float]],
) -> None:
    found = {n: errors(works(n, shared), n, boards, times) for n in FITTED}
    assert len(found) == 25
    within = [n for n, off in found.items() if abs(np.mean(off)) <= 0.15]
    assert len(within) >= 22
    each = np.concatenate([np.abs(off) for off in found.values()])
    assert len(each) == 163
    assert each.mean() < 0.11


def test_the_published_times_are_those_of_ncnns_readme(
    shared: Path, times: Mapping[str, Mapping[str, float]]
) -> None:
    text = (shared / "oracles" / "a53" / "ncnn_on_x86.json").read_text()
    here = json.loads(text)
    compared = 0
    for name, row in published().items():
        for time in row.times:
            if time.threads == 1:
                assert time.ms == times[time.board][name]
                compared += 1
        assert row.usual_bytes == here[f"{name}|fp32|1"]["peak"] * 1024
    assert compared > 130


def test_two_threads_are_worth_1_73_cores() -> None:
    work = [Work("pointwise", 10**9, 0, 0)]
    overhead = host().overhead / host().clock_hz * 1e3
    one, two = (host_alone_ms(work, host(), count) - overhead for count in (1, 2))
    assert one / two == pytest.approx(1.73)


def test_a_process_has_weights_rearranged_and_maps_of_one_operator() -> None:
    work = [
        Work("winograd", 1, 1000, 10_000_000),
        Work("pointwise", 1, 4_000_000, 1_000_000),
    ]
    expected = 3.37 * 10e6 + 1.26 * 1e6 + 2.97 * 4e6 + 3 * 2**20
    assert bytes_of(work, USUAL) == pytest.approx(expected)
