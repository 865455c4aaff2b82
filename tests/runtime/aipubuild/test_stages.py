"""The stages of `aipubuild` by themselves give what they give within it."""

import runpy
from pathlib import Path
from shutil import copytree, rmtree

import pytest
from click.testing import CliRunner

from aipu.cli.aipugb import main as aipugb
from aipu.cli.aipuopt import main as aipuopt
from aipu.cli.aipuparse import main as aipuparse
from aipu.runtime.aipubuild.build import aipubuild
from aipu.runtime.aipubuild.log import Log
from aipu.runtime.device.context import Context
from aipu.tests.runtime.aipubuild.test_build import CFG, EXAMPLES


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What `aipubuild tiny.cfg` leaves behind; the folder `out` is empty again."""
    monkeypatch.chdir(tmp_path)
    runpy.run_path(str(EXAMPLES / "tiny_network.py"), run_name="__main__")
    text = CFG.format(
        mode="build", output="scores", quantiser="", builder="", target="Z1_0701"
    )
    Path("tiny.cfg").write_text(text)
    aipubuild(Path("tiny.cfg"), Log(lambda line: None))
    copytree("out", "whole")
    rmtree("out")
    return tmp_path / "whole"


def made() -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in Path("out").iterdir()}


def test_stage_by_stage(built: Path) -> None:
    done = CliRunner().invoke(aipuparse, ["tiny.cfg"])
    assert done.exit_code == 0, done.output
    parsed = made()
    assert len(parsed) == 2
    done = CliRunner().invoke(aipuopt, ["tiny.cfg"])
    assert done.exit_code == 0, done.output
    both = made()
    assert len(both) == 4
    assert both == {name: (built / name).read_bytes() for name in both}
    (text,) = (name for name in both.keys() - parsed.keys() if name.endswith(".txt"))
    graph = Path("out") / text
    words = [str(graph), "-w", str(graph.with_suffix(".bin")), "-o", "ir.bin"]
    done = CliRunner().invoke(aipugb, words)
    assert done.exit_code == 0, done.output
    context = Context()
    loaded = context.graph(context.load(Path("ir.bin")))
    assert [tensor.shape for tensor in loaded.inputs] == [(1, 64, 64, 3)]


def test_a_cfg_that_is_missing() -> None:
    for stage in (aipuparse, aipuopt):
        done = CliRunner().invoke(stage, ["missing.cfg"])
        assert done.exit_code == 1
        assert "missing.cfg" in done.stderr
