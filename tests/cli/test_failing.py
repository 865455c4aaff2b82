"""Whatever goes wrong with files ends in one message, and never waits."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from aipu.cli.aipu_opt import main as aipu_opt
from aipu.cli.aipubuild import main as aipubuild
from aipu.tests.cli.command import aipu, complaint

FULL = Path("/dev/full")
LONG = "x" * 300


def one_message(text: str) -> str:
    """A complaint: no traceback, and no more than its remedy beside it."""
    assert "Traceback" not in text
    assert len(text.splitlines()) <= 4, text
    return text


@pytest.mark.skipif(not FULL.exists(), reason="needs /dev/full")
@pytest.mark.parametrize(
    ("program", "arguments"),
    [
        ("main", ["targets"]),
        ("main", ["ops", "--json"]),
        ("aipu_opt", ["--list-passes"]),
        ("aipu_opt", ["-"]),
    ],
)
def test_a_full_disk_behind_the_output(program: str, arguments: list[str]) -> None:
    code = f"from aipu.cli.{program} import main; main()"
    with FULL.open("w") as full:
        done = subprocess.run(
            [sys.executable, "-c", code, *arguments],
            input=b"builtin.module {}",
            stdout=full,
            stderr=subprocess.PIPE,
        )
    assert done.returncode == 1
    message = one_message(done.stderr.decode())
    assert "the standard output: No space left on device" in message


@pytest.mark.parametrize(
    "arguments",
    [
        ["build", LONG + ".onnx", "-o", "out"],
        ["build", "small.onnx", "-o", LONG],
        ["build", "small.onnx", "-o", "out", "--calibration", LONG],
        ["build", "small.onnx", "-o", "out", "--target", LONG + ".toml"],
        ["build", "small.onnx", "-o", "out", "--weights", LONG],
        ["inspect", LONG + ".tflite"],
        ["run", LONG],
        ["run", "package", "-o", LONG],
        ["run", "package", "--input", f"image={LONG}.npy"],
        ["report", "package", "--html", LONG],
        ["report", "package", "--trace", LONG],
        ["verify", LONG],
        ["compare", "package", LONG],
        ["asm", LONG, "-o", "x.bin"],
        ["disasm", LONG],
    ],
)
def test_a_name_that_is_too_long(
    arguments: list[str], sources: Path, package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(sources)
    result = aipu(*arguments)
    assert result.exit_code in (1, 2)
    assert "File name too long" in one_message(result.stderr)
    assert not (sources / "out").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ["build", "pipe", "-o", "out"],
        ["build", "small.onnx", "-o", "pipe"],
        ["build", "small.onnx", "-o", "out", "--calibration", "pipe"],
        ["build", "small.onnx", "-o", "out", "--target", "pipe.toml"],
        ["run", "pipe"],
        ["run", "package", "--input", "image=pipe"],
        ["report", "package", "--html", "pipe"],
        ["asm", "pipe", "-o", "x.bin"],
        ["disasm", "pipe"],
    ],
)
def test_a_pipe_is_no_file(
    arguments: list[str], package: Path, sources: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(sources)
    for name in ("pipe", "pipe.toml"):
        if not Path(name).exists():
            os.mkfifo(name)
    result = aipu(*arguments)
    assert result.exit_code in (1, 2)
    assert "pipe" in one_message(result.stderr)


def test_a_pipe_is_no_file_to_the_other_commands(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.mlir")
    for program in (aipu_opt, aipubuild):
        result = CliRunner().invoke(program, [str(tmp_path / "pipe.mlir")])
        assert result.exit_code in (1, 2)
        assert "found a pipe" in result.stderr


@pytest.mark.parametrize("value", ["nan", "1,inf,2", "-inf", ""])
@pytest.mark.parametrize("option", ["--mean", "--scale"])
def test_pixels_are_scaled_by_numbers(
    option: str, value: str, model: Path, tmp_path: Path
) -> None:
    arguments = ("build", model, "-o", tmp_path / "out", option, value)
    assert "expected numbers as 1,2,3" in complaint(*arguments, code=2)


# What lies in the folder of a package


def test_files_of_others_are_not_deleted(copy: Path, model: Path) -> None:
    (copy / "notes.txt").write_text("mine")
    (copy / "levels" / "mine").mkdir()
    (copy / "levels" / "mine" / "a.npy").write_bytes(b"")
    before = (copy / "aipu.bin").read_bytes()
    message = complaint("build", model, "-o", copy, "--target", "r329-600mhz")
    assert "levels/mine/a.npy, notes.txt" in message
    assert "--force" in message
    assert (copy / "notes.txt").read_text() == "mine"
    assert (copy / "aipu.bin").read_bytes() == before


def test_they_are_deleted_by_force(copy: Path, model: Path) -> None:
    (copy / "notes.txt").write_text("mine")
    assert aipu("build", model, "-o", copy, "--force").exit_code == 0
    assert not (copy / "notes.txt").exists()


def test_a_folder_that_is_no_package_is_not_deleted_by_force(
    model: Path, tmp_path: Path
) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "notes.txt").write_text("mine")
    message = complaint("build", model, "-o", tmp_path / "out", "--force")
    assert "has no package.json" in message


KILLED = """
import os, signal, sys
from pathlib import Path
from aipu.runtime.building.package import PACKAGE_FOLDER
from aipu.runtime.files import whole_folder

with whole_folder(Path(sys.argv[1]), PACKAGE_FOLDER) as beside:
    (beside / "half").write_bytes(b"half")
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_a_killed_build_left_is_removed_by_the_next(
    model: Path, tmp_path: Path
) -> None:
    killed = [sys.executable, "-c", KILLED, str(tmp_path / "out")]
    assert subprocess.run(killed, stderr=subprocess.DEVNULL).returncode != 0
    assert [path.name[:6] for path in tmp_path.iterdir()] == [".aipu-"]
    assert aipu("build", model, "-o", tmp_path / "other").exit_code == 0
    assert [path.name for path in tmp_path.iterdir()] == ["other"]


def test_what_a_running_build_works_in_is_left_alone(
    model: Path, tmp_path: Path
) -> None:
    from aipu.work_folder import work_folder

    with work_folder(tmp_path) as folder:
        np.save(folder / "x.npy", np.zeros(3))
        assert aipu("build", model, "-o", tmp_path / "other").exit_code == 0
        assert (folder / "x.npy").is_file()
    assert [path.name for path in tmp_path.iterdir()] == ["other"]
