"""`aipu demo`: what anybody can type first, from a wheel, without a model."""

from pathlib import Path

import pytest

import aipu
from aipu.tests.cli.command import aipu as command
from aipu.tests.cli.command import complaint


def test_it_builds_runs_and_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = command("demo", "ds_cnn_s")
    assert done.exit_code == 0
    package = aipu.load("ds_cnn_s")
    cycles = f"{package.report['cycles']:,} cycles"
    assert "ds_cnn_s on r329" in done.stdout
    assert cycles in done.stdout.splitlines()[-1]
    written = Path("ds_cnn_s", "package.json").stat().st_mtime_ns
    assert command("demo", "ds_cnn_s").stdout == done.stdout
    assert Path("ds_cnn_s", "package.json").stat().st_mtime_ns == written


def test_what_is_not_at_hand_is_named(tmp_path: Path) -> None:
    assert "did you mean 'resnet50'?" in complaint("demo", "resnet5")
    (tmp_path / "file").touch()
    assert "no package here" in complaint("demo", "ds_cnn_s", "-o", tmp_path / "file")
