"""Damaged TFLite files: an answer in time for each, and never a traceback."""

from collections.abc import Callable
from pathlib import Path

import pytest

from aipu.frontends.tflite.importer import import_tflite
from aipu.runtime.building.driver import Options
from aipu.tests.frontends.fuzz import build_if_small, count_taken, mutants, survives
from aipu.tests.frontends.tflite.small_files import lstm_file, quantised_file


@pytest.fixture(scope="module", params=[quantised_file, lstm_file])
def content(request: pytest.FixtureRequest) -> bytes:
    make: Callable[[], bytes] = request.param
    return make()


def build(path: Path) -> None:
    build_if_small(path, Options())


def test_the_file_is_sound(content: bytes, tmp_path: Path) -> None:
    assert survives(import_tflite, content, tmp_path / "model.tflite")


@pytest.mark.parametrize(
    "count", [40, pytest.param(500, marks=pytest.mark.long)], ids=str
)
def test_damaged_files(content: bytes, tmp_path: Path, count: int) -> None:
    path = tmp_path / "model.tflite"
    taken, files = count_taken(import_tflite, build, mutants(content, count), path)
    # Most damage must be to what an importer reads, or this tests nothing.
    assert 0 < taken < files == count
