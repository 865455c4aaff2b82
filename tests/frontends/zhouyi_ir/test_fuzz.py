"""Damaged texts and constants: an answer in time for each, and never a traceback."""

from functools import partial
from pathlib import Path

import numpy as np
import pytest

from aipu.frontends.zhouyi_ir.importer import import_zhouyi_ir
from aipu.tests.frontends.fuzz import mutants, survives
from aipu.tests.frontends.zhouyi_ir.test_quantised import convolution

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


@pytest.mark.parametrize(
    "count", [40, pytest.param(500, marks=pytest.mark.long)], ids=str
)
@pytest.mark.parametrize("damaged", [mutants, shuffled])
def test_damaged_texts(sound: Path, count: int, damaged) -> None:
    content = sound.read_bytes()
    assert survives(import_zhouyi_ir, content, sound)
    taken = [
        survives(import_zhouyi_ir, mutant, sound) for mutant in damaged(content, count)
    ]
    # Most damage must be to what an importer reads, or this tests nothing.
    assert np.count_nonzero(taken) < count / 2


@pytest.mark.parametrize(
    "count", [40, pytest.param(500, marks=pytest.mark.long)], ids=str
)
def test_damaged_constants(sound: Path, tmp_path: Path, count: int) -> None:
    content = sound.with_suffix(".bin").read_bytes()
    path = tmp_path / "damaged.bin"

    def read(weights: Path) -> object:
        return import_zhouyi_ir(sound, weights=weights)

    taken = [
        survives(partial(read), mutant, path) for mutant in mutants(content, count)
    ]
    assert 0 < np.count_nonzero(taken) < count
