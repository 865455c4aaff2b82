"""Damaged graphs: an answer in time for each, and never a traceback."""

from pathlib import Path

import numpy as np
import pytest

from aipu.frontends.tensorflow.importer import import_tensorflow
from aipu.runtime.building.driver import Options
from aipu.tests.frontends.fuzz import build_if_small, count_taken, mutants, survives
from aipu.tests.frontends.message_fuzz import message_mutants
from aipu.tests.frontends.tensorflow.graph_writer import GraphWriter
from aipu.tests.frontends.tensorflow.test_loops import STEPS, recurrent


@pytest.fixture
def graph(writer: GraphWriter):
    """Operators of many kinds, and a loop over the leading extent."""
    recurrent(writer, writer.constant("limit", STEPS))
    writer.placeholder("image", (-1, 6, 6, 2))
    writer.constant("kernel", np.ones((3, 3, 2, 4)))
    writer.node(
        "Conv2D", "conv", "image", "kernel", strides=[1, 1, 1, 1], padding="SAME"
    )
    writer.node("MaxPool", "pool", "conv", ksize=[1, 2, 2, 1], strides=[1, 2, 2, 1])
    writer.node("Reshape", "flat", "pool", writer.constant("shape", [-1, 36]))
    writer.node("Softmax", "classes", "flat")
    return writer.proto


def read(path: Path) -> None:
    import_tensorflow(path, batch=STEPS)


def build(path: Path) -> None:
    build_if_small(path, Options(batch=STEPS))


def test_the_graph_is_sound(graph, tmp_path: Path) -> None:
    assert survives(build, graph.SerializeToString(), tmp_path / "model.pb")


@pytest.mark.parametrize(
    "count", [40, pytest.param(500, marks=pytest.mark.long)], ids=str
)
def test_damaged_graphs(graph, tmp_path: Path, count: int) -> None:
    path, content = tmp_path / "mutant.pb", graph.SerializeToString()
    for damaged in (mutants(content, count), message_mutants(graph, count)):
        taken, files = count_taken(read, build, damaged, path)
        assert 0 < taken < files == count
