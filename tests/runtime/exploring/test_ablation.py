"""What ideas are worth: what is left out of a schedule, and what that takes."""

import json
from pathlib import Path

import pytest

import aipu
from aipu.dialects.tile import GroupSchedule, StripedSchedule, Weights
from aipu.errors import AipuError
from aipu.passes.authoring.segments import machine_functions
from aipu.passes.scheduling.network.switches import SWITCHES, bare
from aipu.passes.scheduling.schedules.schedule_file import schedule_file
from aipu.runtime.building.levels import TILE
from aipu.runtime.figures.figures import figures
from aipu.tests.cli.command import aipu as command
from aipu.tests.cli.command import complaint
from aipu.tests.small_model import images, save, small_model


def schedules(package: aipu.Package) -> list[str]:
    functions = machine_functions(package.levels[TILE])
    file = schedule_file("small", functions, package.machine)
    return [each.schedule for each in file.groups]


def built(*without: str) -> aipu.Package:
    return aipu.compile(
        small_model(), calibration=images(8), strategy="dp", without=without
    )


def test_without_all_ideas_dp_is_layerwise() -> None:
    layerwise = aipu.compile(small_model(), calibration=images(8), strategy="layerwise")
    package = built(*SWITCHES)
    assert package.binary == layerwise.binary
    assert package.manifest.goal.without == tuple(SWITCHES)


def test_what_is_left_out_is_in_no_schedule() -> None:
    package = built("ahead", "joined")
    found = schedules(package)
    assert any(each.startswith("rows") for each in found)
    assert not any("ahead" in each or "joined" in each for each in found)
    assert all(row.equal for row in package.verify())


def test_without_residual_a_sum_runs_by_itself() -> None:
    package = built("residual")
    kinds = [layer.op for layer in figures(package.report).layers]
    sums = [kind for kind in kinds if "add" in kind]
    assert sums == ["add"]
    assert all(row.equal for row in package.verify())


def test_a_bare_schedule_has_all_but_what_is_left_out() -> None:
    striped = StripedSchedule(3, (Weights(),), "ws", ahead=True, joined=True)
    tiles = GroupSchedule(("row",), 1, 2, 3, 4, "ws", 2, joined=True)
    assert bare(striped, ["ahead"]) == striped._replace(ahead=False)
    assert bare(striped, ["ahead", "joined"]) == StripedSchedule(
        3, (Weights(),), "ws", ahead=False
    )
    assert bare(tiles, SWITCHES) == tiles._replace(joined=False)


def test_an_unknown_idea_names_the_nearest() -> None:
    with pytest.raises(AipuError, match=r"(?s)no switch 'stripe'.*mean 'stripes'"):
        built("stripe")


def test_the_table_says_what_builds_take(tmp_path: Path) -> None:
    save(small_model(), tmp_path / "small.onnx")
    found = json.loads(command("ablate", tmp_path / "small.onnx", "--json").stdout)
    ideas = {each["switch"]: each for each in found["ideas"]}
    assert list(ideas) == [name for name in SWITCHES if name != "batch"]
    layerwise = aipu.compile(tmp_path / "small.onnx", strategy="layerwise")
    everything = aipu.compile(tmp_path / "small.onnx", strategy="dp")
    assert found["nothing"]["machine_ms"] == layerwise.report["machine_ms"]
    assert found["everything"]["dram_bytes"] == everything.report["dram_bytes"]
    packed = aipu.compile(tmp_path / "small.onnx", strategy="packed")
    assert ideas["joined"]["alone"]["machine_ms"] == packed.report["machine_ms"]
    without = ideas["stripes"]["without"]["machine_ms"]
    assert without <= ideas["joined"]["alone"]["machine_ms"]


def test_a_model_that_is_none(tmp_path: Path) -> None:
    assert "nowhere.onnx" in complaint("ablate", tmp_path / "nowhere.onnx")
