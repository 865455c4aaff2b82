"""`aipubuild` takes extensions as the other commands do."""

from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from aipu.cli.aipubuild import main
from aipu.tests.extend.conftest import SHAPE

CFG = """\
[Common]
mode = build

[Parser]
model_type = onnx
input_model = {model}
input = x
input_shape = {shape}
output = y

[Optimizer]
calibration_data = images.npy
dataset = numpydataset

[GBuilder]
target = Z1_0701
outputs = cubes.bin
"""


@pytest.fixture
def cfg(model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    images = np.random.default_rng(0).normal(0, 1, (4, *SHAPE[1:])).astype(np.float32)
    np.save("images.npy", images)
    Path("net.cfg").write_text(CFG.format(model=model, shape=list(SHAPE)))
    return "net.cfg"


def aipubuild(*words: object) -> Result:
    result = CliRunner().invoke(main, [str(word) for word in words])
    assert isinstance(result.exception, SystemExit | None), result.exception
    return result


def test_a_cfg_is_built_with_an_operator_of_a_users(cfg: str, cube: Path) -> None:
    assert aipubuild(cfg).exit_code == 1
    built = aipubuild(cfg, "--load", cube, "-v")
    assert built.exit_code == 0, built.output
    assert "layers bit-exact in the simulator" in built.output
    assert f"--load {cube}" in built.output


def test_a_missing_file_is_one_message(cfg: str) -> None:
    failed = aipubuild(cfg, "--load", "nowhere.py")
    assert failed.exit_code == 1
    assert failed.stderr == "[E] nowhere.py: no such file to load\n"
