"""Damaged ncnn files: an answer in time for each, and never a traceback."""

from pathlib import Path

import pytest

from aipu.frontends.ncnn.importer import import_ncnn
from aipu.runtime.building.driver import Options
from aipu.tests.frontends.fuzz import build_if_small, count_taken, mutants, survives
from aipu.tests.frontends.ncnn.small_models import Pair, write_pair
from aipu.tests.frontends.text_fuzz import text_mutants

COUNTS = [40, pytest.param(500, marks=pytest.mark.long)]
LINES = [
    "Input x 0 1 x 0=8 1=8 2=2",
    "Convolution conv 1 1 x c 0=4 1=3 4=1 5=1 6=72 9=2 -23310=1,0.1",
    "BatchNorm norm 1 1 c n 0=4 1=0.001",
    "Split split 1 2 n a b",
    "Pooling pool 1 1 a p 0=1 1=2 2=2",
    "Interp up 1 1 p u 0=2 1=2.0 2=2.0",
    "Concat join 2 1 u b j 0=0",
    "Permute order 1 1 j o 0=3",
    "Reshape flat 1 1 o f 0=-1",
    "InnerProduct fc 1 1 f y 0=3 1=1 2=1536",
    "Softmax soft 1 1 y z 0=0 1=1",
]


@pytest.fixture
def pair(tmp_path: Path) -> Pair:
    return write_pair(tmp_path, LINES)


@pytest.mark.parametrize("count", COUNTS, ids=str)
@pytest.mark.parametrize("kind", ["param", "bin"])
def test_damaged_files(pair: Pair, kind: str, count: int) -> None:
    path: Path = getattr(pair, kind)
    content = path.read_bytes()

    def read(path: Path) -> None:
        import_ncnn(pair.param)

    def build(path: Path) -> None:
        build_if_small(pair.param, Options())

    assert survives(read, content, path)
    taken, files = count_taken(read, build, mutants(content, count), path)
    assert 0 < taken < files == count


@pytest.mark.parametrize("count", COUNTS, ids=str)
@pytest.mark.parametrize("seed", [None, 0], ids=["stored", "drawn"])
def test_damaged_texts(pair: Pair, count: int, seed: int | None) -> None:
    def read(path: Path) -> None:
        import_ncnn(path, random_weights=seed)

    def build(path: Path) -> None:
        build_if_small(path, Options(random_weights=seed))

    text = pair.param.read_text()
    assert survives(read, text.encode(), pair.param)
    taken, files = count_taken(read, build, text_mutants(text, count), pair.param)
    assert 0 < taken < files == count
