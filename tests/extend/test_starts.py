"""`aipu new`: what it writes runs as it is, test and all."""

import subprocess
import sys
from pathlib import Path

import pytest

from aipu.tests.cli.command import aipu, complaint


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("kind", "name", "files"),
    [
        ("pass", "cap-relu", {"cap_relu.py", "test_cap_relu.py"}),
        ("operator", "acme.swirl_two", {"swirl_two.py", "test_swirl_two.py"}),
    ],
)
def test_a_start_passes_its_own_test(
    folder: Path, kind: str, name: str, files: set[str]
) -> None:
    assert aipu("new", kind, name).exit_code == 0
    assert {path.name for path in folder.iterdir()} == files
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "."]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    check = [sys.executable, "-m", "ruff", "format", "--check", "--isolated", "."]
    assert subprocess.run(check, capture_output=True).returncode == 0


@pytest.mark.parametrize(
    ("kind", "name", "words"),
    [
        ("pass", "Cap", "a pass cannot be called 'Cap'"),
        ("pass", "cap_relu", "lower-case words with hyphens"),
        ("pass", "layout", "a pass 'layout' exists already"),
        ("pass", "import", "a pass 'import' exists already"),
        ("operator", "3d", "an operator cannot be called '3d'"),
        ("operator", "nn.cube", "the dialect 'nn' is the compiler's own"),
    ],
)
def test_what_nothing_can_be_called(
    folder: Path, kind: str, name: str, words: str
) -> None:
    assert words in complaint("new", kind, name)
    assert [*folder.iterdir()] == []


def test_nothing_is_written_over(folder: Path) -> None:
    (folder / "test_cube.py").write_text("mine")
    assert "test_cube.py: exists already" in complaint("new", "operator", "cube")
    assert [path.name for path in folder.iterdir()] == ["test_cube.py"]
