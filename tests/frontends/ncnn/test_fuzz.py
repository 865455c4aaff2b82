"""Damaged ncnn files: an answer in time for each, and never a traceback."""

from pathlib import Path

import numpy as np
import pytest

from aipu.frontends.ncnn.importer import import_ncnn
from aipu.tests.frontends.fuzz import mutants, survives
from aipu.tests.frontends.ncnn.small_models import Pair, write_pair
from aipu.tests.frontends.text_fuzz import text_mutants

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


@pytest.mark.parametrize(
    "count", [40, pytest.param(500, marks=pytest.mark.long)], ids=str
)
@pytest.mark.parametrize("kind", ["param", "bin"])
def test_damaged_files(pair: Pair, kind: str, count: int) -> None:
    path: Path = getattr(pair, kind)
    content = path.read_bytes()
    assert survives(lambda path: import_ncnn(pair.param), content, path)
    taken = [
        survives(lambda path: import_ncnn(pair.param), mutant, path)
        for mutant in mutants(content, count)
    ]
    assert 0 < np.count_nonzero(taken) < count


@pytest.mark.parametrize(
    "count", [60, pytest.param(500, marks=pytest.mark.long)], ids=str
)
def test_damaged_texts_whose_weights_are_drawn(pair: Pair, count: int) -> None:
    def read(path: Path) -> None:
        import_ncnn(path, random_weights=0)

    text = pair.param.read_text()
    taken = [survives(read, mutant, pair.param) for mutant in text_mutants(text, count)]
    assert 0 < np.count_nonzero(taken) < count
