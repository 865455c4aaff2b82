"""Damaged texts and constants: an answer in time for each, and never a traceback."""

from pathlib import Path

import numpy as np
import pytest

from aipu.frontends.zhouyi_ir.importer import import_zhouyi_ir
from aipu.runtime.building.driver import Options
from aipu.tests.frontends.fuzz import build_if_small, count_taken, mutants, survives
from aipu.tests.frontends.zhouyi_ir.test_quantised import convolution

COUNTS = [40, pytest.param(500, marks=pytest.mark.long)]
LINES = 12


@pytest.fixture(params=["float", "quantised"])
def sound(request: pytest.FixtureRequest, pair: Path, tmp_path: Path) -> Path:
    """The text of a sound network."""
    if request.param == "float":
        return pair
    folder = tmp_path / "quantised"
    folder.mkdir()
    path, *_ = convolution(folder, ("uint8", 60.0, 0), scale_value=151, shift_value=15)
    return path


def shuffled(text: bytes, count: int):
    """Texts with a few lines changed for others of their own, or numbers for others."""
    lines = text.decode().split("\n")
    for seed in range(count):
        random = np.random.default_rng(seed)
        mixed = list(lines)
        for _ in range(random.integers(1, LINES)):
            at, other = random.integers(len(mixed), size=2)
            key, _, value = mixed[at].partition("=")
            _, _, wrong = lines[other].partition("=")
            mixed[at] = f"{key}={random.choice([wrong, value, '-1', '[[]]', '9' * 30])}"
        yield "\n".join(mixed).encode()


@pytest.mark.parametrize("count", COUNTS, ids=str)
@pytest.mark.parametrize("damaged", [mutants, shuffled])
def test_damaged_texts(sound: Path, count: int, damaged) -> None:
    def build(path: Path) -> None:
        build_if_small(path, Options())

    content = sound.read_bytes()
    assert survives(import_zhouyi_ir, content, sound)
    files = damaged(content, count)
    taken, number = count_taken(import_zhouyi_ir, build, files, sound)
    # Most damage must be to what an importer reads, or this tests nothing.
    assert taken < number / 2
    assert number == count


@pytest.mark.parametrize("count", COUNTS, ids=str)
def test_damaged_constants(sound: Path, tmp_path: Path, count: int) -> None:
    content = sound.with_suffix(".bin").read_bytes()
    path = tmp_path / "damaged.bin"

    def read(weights: Path) -> None:
        import_zhouyi_ir(sound, weights=weights)

    def build(weights: Path) -> None:
        build_if_small(sound, Options(weights=weights))

    taken, number = count_taken(read, build, mutants(content, count), path)
    assert 0 < taken < number == count
