"""Damaged TFLite files: an answer in time for each, and never a traceback."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from aipu.frontends.tflite.importer import import_tflite
from aipu.tests.frontends.fuzz import mutants, survives
from aipu.tests.frontends.tflite.small_files import lstm_file, quantised_file


@pytest.fixture(scope="module", params=[quantised_file, lstm_file])
def content(request: pytest.FixtureRequest) -> bytes:
    make: Callable[[], bytes] = request.param
    return make()


def test_the_file_is_sound(content: bytes, tmp_path: Path) -> None:
    assert survives(import_tflite, content, tmp_path / "model.tflite")


@pytest.mark.parametrize(
    "count", [40, pytest.param(500, marks=pytest.mark.long)], ids=str
)
def test_damaged_files(content: bytes, tmp_path: Path, count: int) -> None:
    path = tmp_path / "model.tflite"
    taken = [
        survives(import_tflite, mutant, path) for mutant in mutants(content, count)
    ]
    # Most damage must be to what an importer reads, or this tests nothing.
    assert 0 < np.count_nonzero(taken) < count
