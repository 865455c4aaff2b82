"""Damaged cfgs: an answer in time for each, and never a traceback."""

from pathlib import Path

import numpy as np
import pytest

from aipu.runtime.aipubuild.build import aipubuild
from aipu.runtime.aipubuild.cfg_file import read_cfg
from aipu.runtime.aipubuild.log import Log
from aipu.runtime.aipubuild.settings import settings
from aipu.tests.frontends.fuzz import count_taken, mutants, survives
from aipu.tests.frontends.text_fuzz import text_mutants
from aipu.tests.small_model import images, save, small_model

COUNTS = [40, pytest.param(500, marks=pytest.mark.long)]
OLD = """\
[Common]
mode = run
[Parser]
model_type = onnx
model_name = small
input_data_format = NCHW
input_model = small.onnx
input = image
input_shape = [1, 3, 16, 16]
output = scores
output_dir = out
[AutoQuantizationTool]
calibration_data = images.npy
quantize_method = SYMMETRIC
[GBuilder]
inputs = input.bin
outputs = output.bin
profile = True
target = Z1_0701
"""
NEW = """\
[Common]
mode = build
[Parser]
model_type = onnx
model_name = small
input_model = small.onnx
input = image
input_shape = [1, 3, 16, 16]
output_dir = out
[Optimizer]
calibration_data = images.npy
calibration_batch_size = 1
weight_bits = 8
cast_dtypes_for_lib = True
calibration_strategy_for_activation = extrema & <[(1,3)]:mean> <[Convolution]:mean>
quantize_method_for_weight = per_channel_symmetric_restricted_range
[GBuilder]
target = Z1_0701
"""


@pytest.fixture
def cfg(tmp_path: Path) -> Path:
    """Where a cfg may lie, with the files that it names beside it."""
    save(small_model(), tmp_path / "small.onnx")
    np.save(tmp_path / "images.npy", images(4))
    (tmp_path / "input.bin").write_bytes(bytes(3 * 16 * 16))
    return tmp_path / "small.cfg"


def read(path: Path) -> None:
    settings(read_cfg(path))


def carry_out(path: Path) -> None:
    lines: list[str] = []
    aipubuild(path, Log(lines.append))


@pytest.mark.parametrize("text", [OLD, NEW], ids=["old", "new"])
@pytest.mark.parametrize("count", COUNTS, ids=str)
def test_damaged_cfgs(cfg: Path, text: str, count: int) -> None:
    assert survives(carry_out, text.encode(), cfg)
    taken, files = count_taken(read, carry_out, text_mutants(text, count), cfg)
    assert 0 < taken < files == count


@pytest.mark.parametrize("text", [OLD, NEW], ids=["old", "new"])
@pytest.mark.parametrize("count", COUNTS, ids=str)
def test_damaged_bytes(cfg: Path, text: str, count: int) -> None:
    """They are only read: a changed letter of a path could name any file."""
    taken, files = count_taken(read, read, mutants(text.encode(), count), cfg)
    assert 0 < taken < files == count
