"""A machine fitted to measured times: what was planted comes back, and no more."""

from pathlib import Path

import onnx
import pytest
from rich.console import Console

from aipu.backend_aipu.machine import Machine, load_machine
from aipu.errors import AipuError
from aipu.runtime.benchmarking import fit_target as fitting
from aipu.runtime.benchmarking.fit_target import (
    NumberFit,
    TargetFit,
    TimeFit,
    fit_target,
    fitted_text,
    with_numbers,
)
from aipu.runtime.building.driver import Options, build
from aipu.runtime.building.package import Package
from aipu.runtime.report.terminal.calibration import fit_tables
from aipu.tests.small_model import small_model

PLANTED = {"dram.bandwidth": 1_350_000_000, "control.launch": 160}
EXTENTS = {"short": 16, "wide": 160}
"""Of networks that a launch decides, and that bandwidth does."""


@pytest.fixture(scope="module")
def r329() -> Machine:
    return load_machine("r329")


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> dict[str, float]:
    """What networks take a board whose numbers nobody knows."""
    folder = tmp_path_factory.mktemp("board")
    board = folder / "board.toml"
    board.write_text(
        'base = "r329"\nname = "board"\ndescription = "a board"\n'
        f"[dram]\nbandwidth = {PLANTED['dram.bandwidth']}\n"
        f"[control]\nlaunch = {PLANTED['control.launch']}\n"
    )
    options = Options(target=str(board), strategy="layerwise")
    found = {}
    for name, extent in EXTENTS.items():
        path = folder / f"{name}.onnx"
        onnx.save(small_model((1, 3, extent, extent)), path)
        found[str(path)] = milliseconds(build(path, options))
    return found


@pytest.fixture(scope="module")
def fit(r329: Machine, measured: dict[str, float]) -> TargetFit:
    return fit_target(r329, measured, "mine")


def milliseconds(package: Package) -> float:
    return package.machine.seconds(package.profile.cycles) * 1e3


def test_a_planted_launch_and_bandwidth_come_back(fit: TargetFit) -> None:
    for name, planted in PLANTED.items():
        assert fit.numbers[name].after == pytest.approx(planted, rel=0.02)
        assert fit.numbers[name].fitted
    for each in fit.times.values():
        assert each.fitted == pytest.approx(each.measured, rel=2e-3)


def test_two_times_tell_no_third_number(fit: TargetFit) -> None:
    latency = fit.numbers["dram.latency"]
    assert (latency.after, latency.fitted, latency.off) == (600, False, None)


def test_times_before_are_those_of_a_build(fit: TargetFit) -> None:
    for path, time in fit.times.items():
        package = build(path, Options(strategy="layerwise"))
        assert time.before == pytest.approx(milliseconds(package))


def test_a_fit_is_a_target_file(r329: Machine, fit: TargetFit, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    for base in (r329, with_numbers(r329, {"dram.latency": 500})):
        path.write_text(fitted_text(base, fit))
        assert load_machine(str(path)) == fit.machine


def test_a_package_is_timed_as_it_was_built(
    r329: Machine, measured: dict[str, float], tmp_path: Path
) -> None:
    package = build(next(iter(measured)), Options(strategy="packed"))
    folder = str(tmp_path / "packed")
    package.save(folder)
    took = milliseconds(package)
    found = fit_target(r329, {folder: 1.5 * took}, "mine").times[folder]
    assert found.before == pytest.approx(took)
    assert found.fitted == pytest.approx(1.5 * took, rel=2e-3)
    with pytest.raises(AipuError, match="the package is for 'r329'"):
        fit_target(load_machine("square-32x32"), {folder: took}, "mine")


def test_one_network_twice_tells_one_number(
    r329: Machine, measured: dict[str, float], tmp_path: Path
) -> None:
    first, *_ = measured
    folder = str(tmp_path / "same")
    build(first, Options(strategy="layerwise")).save(folder)
    both = {first: measured[first], folder: measured[first]}
    found = fit_target(r329, both, "mine")
    fitted, stays, stays_too = sorted(
        found.numbers.values(), key=lambda each: each.fitted, reverse=True
    )
    assert (fitted.fitted, stays.fitted, stays_too.fitted) == (True, False, False)
    assert stays.off is not None
    assert stays.off > 0.5


def test_no_board_is_faster_than_its_arithmetic(
    r329: Machine, measured: dict[str, float]
) -> None:
    first, *_ = measured
    with pytest.raises(AipuError, match=r"1e-05 ms is too fast for r329"):
        fit_target(r329, {first: 1e-5}, "mine")


def test_no_number_goes_to_no_end(
    r329: Machine, measured: dict[str, float], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where times contradict each other: a machine has to be a target file again."""
    monkeypatch.setattr(fitting, "LARGEST", 1_400_000_000)
    short, wide = measured
    times = {short: 1.2 * measured[short], wide: 0.9 * measured[wide]}
    found = fit_target(r329, times, "mine")
    assert found.machine.dram.bandwidth == 1_400_000_000


@pytest.mark.parametrize(
    ("found", "words"),
    [(4.0, "that they agree proves nothing"), (9.0, "no such numbers give these")],
)
def test_as_many_numbers_as_times(r329: Machine, found: float, words: str) -> None:
    number = NumberFit(275, 300, fitted=True, off=0.01)
    numbers = {"control.launch": number}
    table, _ = fit_tables(TargetFit(r329, numbers, {"net": TimeFit(4.0, 3.0, found)}))
    console = Console(width=100)
    with console.capture() as shown:
        console.print(table)
    assert f"As many numbers as times: {words}" in shown.get()
