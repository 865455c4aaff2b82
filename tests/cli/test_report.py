"""`aipu report` and `aipu targets`: tables, and the files beside them."""

import json
from pathlib import Path

import pytest

from aipu.backend_aipu.machine import load_machine, machine_names
from aipu.tests.cli.command import aipu, complaint

MACHINE = """
base = "r329"
name = "slow"
description = "an r329 at half the clock"
clock_hz = 400_000_000
"""


def _layers(package: Path) -> list[dict]:
    return json.loads((package / "report.json").read_text())["layers"]


def _line(lines: list[str], beginning: str) -> int:
    """The number of the line that begins so."""
    return next(n for n, line in enumerate(lines) if line.startswith(beginning))


def test_json_is_the_file_of_the_package(package: Path) -> None:
    stored = (package / "report.json").read_text()
    assert aipu("report", package, "--json").stdout == stored


def test_the_slowest_layers_come_first(package: Path) -> None:
    lines = aipu("report", package).stdout.splitlines()
    first = lines[_line(lines, "slowest layers ") + 2]
    slowest = max(_layers(package), key=lambda layer: layer["cycles"])
    assert first.split()[0] == slowest["name"]
    assert f"{slowest['cycles']:,}" in first


def test_all_layers_in_order(package: Path) -> None:
    lines = aipu("report", package, "--all").stdout.splitlines()
    table = lines[_line(lines, "layers ") + 2 :]
    names = [layer["name"] for layer in _layers(package)]
    assert [line.split()[0] for line in table[: len(names)]] == names


def test_the_host_says_why(package: Path) -> None:
    assert "the machine has no nn.lrn" in aipu("report", package).stdout


def test_lines_are_plain_and_whole_where_no_terminal_is(package: Path) -> None:
    text = aipu("report", package).stdout
    assert "\x1b" not in text
    assert "…" not in text
    assert all(line == line.rstrip() for line in text.splitlines())


def test_page_and_trace_are_written(package: Path, tmp_path: Path) -> None:
    page, trace = tmp_path / "report.html", tmp_path / "trace.json"
    result = aipu("report", package, "--html", page, "--trace", trace)
    assert page.read_text().startswith("<!DOCTYPE html>")
    assert json.loads(trace.read_text())["traceEvents"]
    assert f"wrote {page}" in result.stderr
    assert f"wrote {trace}" in result.stderr


def test_the_same_package_gives_the_same_bytes(package: Path, tmp_path: Path) -> None:
    contents = []
    for number in range(2):
        page, trace = tmp_path / f"{number}.html", tmp_path / f"{number}.json"
        aipu("report", package, "--verify", "--html", page, "--trace", trace)
        contents.append((page.read_bytes(), trace.read_bytes()))
    assert contents[0] == contents[1]


def test_the_page_shows_the_engines_of_a_layer(package: Path, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    aipu("report", package, "--html", page, "--layer", "second")
    assert "Engines during second" in page.read_text()


def test_an_unknown_layer(package: Path, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    message = complaint("report", package, "--html", page, "--layer", "secnod")
    assert message == "aipu: no layer 'secnod'\n  did you mean 'second'?\n"
    assert list(tmp_path.iterdir()) == []


def test_a_layer_needs_a_page(package: Path) -> None:
    assert "--html" in complaint("report", package, "--layer", "second", code=2)


@pytest.mark.parametrize("option", ["--html", "--trace"])
def test_a_file_that_cannot_be_written(
    option: str, package: Path, tmp_path: Path
) -> None:
    message = complaint("report", package, option, tmp_path / "missing" / "file")
    assert "cannot write the file" in message


def test_without_the_extra_the_page_says_what_to_install(
    package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aipu.runtime.report.html.find_spec", lambda name: None)
    message = complaint("report", package, "--html", tmp_path / "report.html")
    assert "pip install 'aipu-compiler[report]'" in message
    assert list(tmp_path.iterdir()) == []


# Targets


def test_all_targets_are_shown() -> None:
    text = aipu("targets").stdout
    assert all(load_machine(name).description in text for name in machine_names())


def test_a_target_of_ones_own_is_shown(tmp_path: Path) -> None:
    (tmp_path / "slow.toml").write_text(MACHINE)
    text = aipu("targets", "r329", tmp_path / "slow.toml").stdout
    assert "800.0 MHz" in text
    assert "400.0 MHz" in text


def test_targets_as_json() -> None:
    found = json.loads(aipu("targets", "--json").stdout)
    assert [machine["name"] for machine in found] == machine_names()
    assert all(machine["array"]["rows"] > 0 for machine in found)


def test_an_unknown_target() -> None:
    assert "did you mean 'r329'?" in complaint("targets", "r328")


def test_a_board_of_ones_own_becomes_a_target(model: Path, tmp_path: Path) -> None:
    mine = tmp_path / "mine.toml"
    command = ("targets", "fit", "r329", "--measured", f"{model}=5ms", "-o", mine)
    result = aipu(*command)
    assert "control.launch" in result.stdout
    assert "1 time cannot tell more numbers" in result.stdout
    assert f"wrote {mine}" in result.stderr
    (shown,) = json.loads(aipu("targets", mine, "--json").stdout)
    fitted = json.loads(aipu(*command, "--json").stdout)
    assert shown == fitted["machine"]


@pytest.mark.parametrize(
    ("measured", "expected"),
    [
        ("resnet50", "expected NET=100ms or NET=10fps, found resnet50"),
        ("resnet50=0ms", "expected NET=100ms or NET=10fps, found resnet50=0ms"),
        ("resnet50=1h", "expected NET=100ms or NET=10fps, found resnet50=1h"),
        ("resnet50=1s,resnet50=2s", "resnet50 is measured twice"),
    ],
)
def test_a_measurement_that_is_none(measured: str, expected: str) -> None:
    command = ("targets", "fit", "r329", "--measured", measured, "-o", "mine.toml")
    result = aipu(*command)
    assert result.exit_code == 2
    assert expected in result.stderr
