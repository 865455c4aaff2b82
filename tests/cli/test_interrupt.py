"""Ctrl-C: no traceback, and nothing is left behind."""

import signal
import subprocess
import sys
from pathlib import Path
from time import monotonic

import pytest

SLOW = """
import sys
from pathlib import Path
from time import sleep
from aipu.cli.main import main
from aipu.runtime.building.package import WeightStore

def save(store, path):
    Path(path).write_bytes(b"half")
    print("saving", file=sys.stderr, flush=True)
    sleep(60)

WeightStore.save = save
main(sys.argv[1:])
"""
"""The command, but it takes a minute over the weights of a package."""


def _interruptible() -> None:
    """A job that a shell runs in the background would leave SIGINT unheard."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.mark.parametrize("old", [False, True])
def test_a_build_that_is_interrupted(old: bool, model: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    if old:
        out.mkdir()
        (out / "package.json").write_text("old")
    process = subprocess.Popen(
        [sys.executable, "-c", SLOW, "build", model, "-o", out],
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=_interruptible,
    )
    assert process.stderr is not None
    assert process.stderr.readline() == "saving\n"
    assert any(path.name.startswith(".aipu-") for path in tmp_path.iterdir())
    process.send_signal(signal.SIGINT)
    started = monotonic()
    message = process.stderr.read()
    assert process.wait() == 1
    assert monotonic() - started < 10
    assert "Traceback" not in message
    left = {path.name: path for path in tmp_path.iterdir()}
    assert set(left) == ({"out"} if old else set())
    assert not old or (out / "package.json").read_text() == "old"
