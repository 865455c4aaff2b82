"""The lines that a build prints make its files again, typed as they stand."""

import re
from pathlib import Path
from shlex import split

import numpy as np
import pytest
from click.testing import CliRunner

from aipu.cli.aipu_opt import main as aipu_opt
from aipu.runtime.building.levels import FILES
from aipu.tests.cli.command import aipu
from aipu.tests.small_model import images, save, small_model

ODD = "a folder, with $HOME's 'quotes'"
"""A name that a shell takes apart unless it is quoted."""


def lines_of(stdout: str) -> list[list[str]]:
    """The words of each line below `built by`, as a shell has them."""
    _, _, below = stdout.partition("built by\n")
    return [split(line) for line in below.splitlines() if line]


def type_again(lines: list[list[str]]) -> None:
    """Type the lines in the current folder."""
    (command, *words), *levels = lines
    assert command == "aipu"
    assert aipu(*words).exit_code == 0
    for command, *words in levels:
        if command == "mkdir":
            Path(words[-1]).mkdir(exist_ok=True)
            continue
        assert command == "aipu-opt"
        result = CliRunner().invoke(aipu_opt, words)
        assert result.exit_code == 0, result.output


def without_places(text: str) -> str:
    """A text of a level without what says from which file it was read."""
    return re.sub(r" loc\(.*?\)$", "", text, flags=re.MULTILINE)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder: a model of open extents, and samples, in folders within."""
    (tmp_path / ODD).mkdir()
    save(small_model(("n", 3, "h", "w")), tmp_path / ODD / "open.onnx")
    np.save(tmp_path / ODD / "images.npy", images(8))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_lines_make_the_package_and_its_levels_again(here: Path) -> None:
    result = aipu(
        *("build", f"{ODD}/open.onnx", "-o", "built here/small"),
        *("--shape", "image=1x3x16x16", "--output", "classes"),
        *("--calibration", f"{ODD}/images.npy", "--quantise", "method=min-max"),
    )
    assert "cannot write" in result.stderr
    (here / "built here").mkdir()
    result = aipu(
        *("build", f"{ODD}/open.onnx", "-o", "built here/small"),
        *("--shape", "image=1x3x16x16", "--output", "classes"),
        *("--calibration", f"{ODD}/images.npy", "--quantise", "method=min-max"),
    )
    package = here / "built here" / "small"
    before = {path.name: path.read_bytes() for path in package.rglob("*.*")}
    type_again(lines_of(result.stdout))
    after = {path.name: path.read_bytes() for path in package.rglob("*.*")}
    assert after == before
    for level in ("prepared", "quantised", "tile", "aipu"):
        name = Path(FILES[level]).name
        again = (here / "built here" / "small-levels" / name).read_text()
        assert again == before[name].decode()


def test_no_folder_of_the_user_is_in_a_package(here: Path) -> None:
    target = here / ODD / "my machine.toml"
    source = Path(__file__).parents[2] / "backend_aipu" / "targets" / "r329.toml"
    target.write_text(source.read_text())
    result = aipu(
        *("build", here / ODD / "open.onnx", "-o", here / "small"),
        *("--shape", "image=1x3x16x16", "--target", target),
        *("--calibration", here / ODD / "images.npy"),
    )
    assert result.exit_code == 0, result.output
    assert str(here) in result.stdout
    type_again(lines_of(result.stdout))
    for path in (here / "small").rglob("*.*"):
        assert str(here).encode() not in path.read_bytes(), path
