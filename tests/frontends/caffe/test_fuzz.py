"""Damaged Caffe files: an answer in time for each, and never a traceback."""

from pathlib import Path

import numpy as np
import pytest

from aipu.frontends.caffe.importer import import_caffe
from aipu.frontends.caffe.schema import network
from aipu.runtime.building.driver import Options
from aipu.tests.frontends.caffe.small_models import input_layer, layer, write_model
from aipu.tests.frontends.fuzz import build_if_small, count_taken, mutants, survives
from aipu.tests.frontends.message_fuzz import message_mutants
from aipu.tests.frontends.text_fuzz import text_mutants

COUNTS = [40, pytest.param(500, marks=pytest.mark.long)]
TEXT = "\n".join(
    [
        input_layer("x", (1, 2, 8, 8)),
        layer(
            "Convolution",
            ["x"],
            "c",
            "convolution_param { num_output: 4 kernel_size: 3 pad: 1 stride: 1 }",
        ),
        layer("BatchNorm", ["c"], "n", "batch_norm_param { eps: 0.001 }"),
        layer("Pooling", ["n"], "p", "pooling_param { kernel_size: 3 stride: 2 }"),
        layer("Permute", ["p"], "o", "permute_param { order: 0 order: 2 order: 1 }"),
        layer("Reshape", ["o"], "r", "reshape_param { shape { dim: 1 dim: -1 } }"),
        layer("InnerProduct", ["r"], "f", "inner_product_param { num_output: 3 }"),
        layer("Softmax", ["f"], "s"),
    ]
)
WEIGHTS = {
    "c": [np.ones(72), np.ones(4)],
    "n": [np.ones(4), np.ones(4), np.ones(1)],
    "f": [np.ones(192), np.ones(3)],
}


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return write_model(tmp_path, TEXT, WEIGHTS)


@pytest.mark.parametrize("count", COUNTS, ids=str)
def test_damaged_weights(model: Path, count: int) -> None:
    path = model.with_suffix(".caffemodel")
    content = path.read_bytes()
    message = network()
    message.ParseFromString(content)

    def read(path: Path) -> None:
        import_caffe(model)

    def build(path: Path) -> None:
        build_if_small(model, Options())

    assert survives(read, content, path)
    for damaged in (mutants(content, count), message_mutants(message, count)):
        taken, files = count_taken(read, build, damaged, path)
        assert 0 < taken < files == count


@pytest.mark.parametrize("count", COUNTS, ids=str)
@pytest.mark.parametrize("seed", [None, 0], ids=["stored", "drawn"])
def test_damaged_texts(model: Path, count: int, seed: int | None) -> None:
    def read(path: Path) -> None:
        import_caffe(path, random_weights=seed)

    def build(path: Path) -> None:
        build_if_small(path, Options(random_weights=seed))

    assert survives(read, TEXT.encode(), model)
    for damaged in (text_mutants(TEXT, count), mutants(TEXT.encode(), count)):
        taken, files = count_taken(read, build, damaged, model)
        assert 0 < taken < files == count
