"""The examples run, and do what they say."""

import json
import runpy
from pathlib import Path

import numpy as np
import pytest

from aipu.backend_aipu.machine import load_machine

EXAMPLES = Path(__file__).parents[2] / "examples"


def test_digits_are_told_apart_in_int8(capsys: pytest.CaptureFixture[str]) -> None:
    runpy.run_path(str(EXAMPLES / "digits.py"), run_name="__main__")
    lines = capsys.readouterr().out.splitlines()
    words = [line.split() for line in lines if line.startswith(("float", "quantised"))]
    shares = {level: float(share.rstrip("%")) for level, share, *_ in words}
    assert shares["float"] > 96
    assert abs(shares["float"] - shares["quantised"]) < 0.5


def test_a_target_of_ones_own() -> None:
    machine = load_machine(str(EXAMPLES / "small_sram.toml"))
    assert (machine.name, machine.sram.bytes) == ("small-sram", 65_536)


def test_the_notebook_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    plt = pytest.importorskip("matplotlib.pyplot")
    plt.switch_backend("Agg")
    notebook = json.loads((EXAMPLES / "roofline_and_sweep.ipynb").read_text())
    names: dict[str, object] = {"__name__": "notebook"}
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            exec(compile("".join(cell["source"]), cell["id"], "exec"), names)
    roofline, sweep = (plt.figure(number).axes[0] for number in plt.get_fignums())
    assert len(roofline.lines) == 1 + 3
    layerwise, _, packed, _ = (line.get_ydata() for line in sweep.lines)
    assert all(np.asarray(packed) > np.asarray(layerwise))
    plt.close("all")
