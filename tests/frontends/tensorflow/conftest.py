"""Small TensorFlow graphs, and what they compute: here, and by a plain walk."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from aipu.dialects.semantics.evaluate import evaluate
from aipu.frontends.model import ImportedModel
from aipu.frontends.tensorflow.importer import import_tensorflow
from aipu.passes.authoring.functions import main_function
from aipu.tests.frontends.tensorflow.graph_writer import GraphWriter
from aipu.tests.frontends.tensorflow.oracle import INSTALLED, tensorflow
from aipu.tests.frontends.tensorflow.walk import walk

reference = tensorflow if INSTALLED else walk
"""What a graph computes: TensorFlow's own word, or a plain walk of the graph."""


@pytest.fixture
def writer() -> GraphWriter:
    return GraphWriter()


@pytest.fixture
def saved(tmp_path) -> Callable[[GraphWriter], Path]:
    """A graph in a file."""

    def save(writer: GraphWriter) -> Path:
        path = tmp_path / "graph.pb"
        path.write_bytes(writer.proto.SerializeToString())
        return path

    return save


@pytest.fixture
def generator() -> np.random.Generator:
    return np.random.default_rng(0)


def computed(imported: ImportedModel, arrays: Sequence[np.ndarray]) -> list[np.ndarray]:
    """What an imported model computes."""
    return evaluate(main_function(imported.module), arrays, imported.weights)


@pytest.fixture
def check(saved) -> Callable[..., ImportedModel]:
    """`check(writer, x=array, ...)`: the import computes what the graph does."""

    def compare(
        writer: GraphWriter,
        outputs: Sequence[str] = ("y",),
        batch: int | None = None,
        **feeds: np.ndarray,
    ) -> ImportedModel:
        imported = import_tensorflow(saved(writer), outputs=outputs, batch=batch)
        found = computed(imported, list(feeds.values()))
        expected = reference(writer.proto, feeds, outputs)
        for array, wanted in zip(found, expected, strict=True):
            assert array.shape == wanted.shape
            assert np.abs(array - wanted).max() <= 1e-5 * max(np.abs(wanted).max(), 1)
        return imported

    return compare


IMAGE = (2, 7, 6, 4)


@pytest.fixture
def image(generator):
    return generator.standard_normal(IMAGE, np.float32)


@pytest.fixture
def check_operator(writer, check, generator):
    """`check_operator(operator, x, *constants, ...)`: one node on an input."""

    def run(operator, x, *constants, first=(), **attributes):
        before = [writer.constant(f"a{i}", value) for i, value in enumerate(first)]
        after = [writer.constant(f"b{i}", value) for i, value in enumerate(constants)]
        writer.placeholder("x", x.shape)
        writer.node(operator, "y", *before, "x", *after, **attributes)
        return check(writer, x=x)

    return run
