"""The same model gives the same bytes, in every process, with any number of threads.

Each build is a process of its own: the libraries read their settings when they start.
"""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from aipu.tests.small_model import images, save, small_model

WRITING = (sys.executable, "-m", "aipu.examples.networks", "resnet50")
LIBRARIES = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
PROGRAM = Path(sys.executable).with_name("aipu")
HASH_SEEDS = {1: "1", 2: "77"}
"""Sets of strings come in another order with another seed: no byte may follow it."""


def built(model: Path, threads: int, *options: str | Path) -> dict[str, bytes]:
    """Every file of a package and its page, built with so many threads."""
    folder = model.with_name(f"{model.stem}-{threads}")
    environment = {
        **os.environ,
        **dict.fromkeys(LIBRARIES, str(threads)),
        "PYTHONHASHSEED": HASH_SEEDS[threads],
    }
    page = folder / "report.html"
    for command in (
        (PROGRAM, "build", model, "-o", folder, *options),
        (PROGRAM, "report", folder, "--verify", "--html", page),
    ):
        subprocess.run(command, env=environment, check=True, capture_output=True)
    return {
        str(file.relative_to(folder)): file.read_bytes()
        for file in folder.rglob("*")
        if file.is_file()
    }


def differing(one: dict[str, bytes], other: dict[str, bytes]) -> list[str]:
    assert one.keys() == other.keys()
    return [name for name in one if one[name] != other[name]]


def test_a_small_model(tmp_path: Path) -> None:
    model = save(small_model(), tmp_path / "small.onnx")
    np.save(tmp_path / "images.npy", images(4))
    calibration = ("--calibration", tmp_path / "images.npy")
    first, second = (built(model, threads, *calibration) for threads in (1, 2))
    assert "aipu.bin" in first
    assert differing(first, second) == []


@pytest.mark.long
def test_resnet50(tmp_path: Path) -> None:
    model = tmp_path / "resnet50_v1.onnx"
    subprocess.run([*WRITING, model], check=True)
    assert differing(built(model, 1), built(model, 2)) == []
