"""Small TensorFlow graphs, written with TensorBoard's copy of the protos."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from tensorboard.util import tensor_util

from aipu.dialects.semantics.evaluate import evaluate
from aipu.frontends.model import ImportedModel
from aipu.frontends.tensorflow.importer import import_tensorflow
from aipu.passes.functions import main_function

from .protos import graph_pb2, types_pb2
from .walk import walk

KINDS = {
    np.dtype(np.float32): types_pb2.DT_FLOAT,
    np.dtype(np.int32): types_pb2.DT_INT32,
    np.dtype(np.int64): types_pb2.DT_INT64,
    np.dtype(bool): types_pb2.DT_BOOL,
}

Setting = bool | int | float | str | Sequence[int] | np.dtype


class GraphWriter:
    """A GraphDef under construction; every method returns the name of a node."""

    def __init__(self):
        self.proto = graph_pb2.GraphDef()

    def node(
        self, operator: str, name: str, *inputs: str, **attributes: Setting
    ) -> str:
        node = self.proto.node.add(name=name, op=operator, input=inputs)
        for key, value in attributes.items():
            attribute = node.attr[key]
            if isinstance(value, bool):
                attribute.b = value
            elif isinstance(value, int):
                attribute.i = value
            elif isinstance(value, float):
                attribute.f = value
            elif isinstance(value, str):
                attribute.s = value.encode()
            elif isinstance(value, np.dtype):
                attribute.type = KINDS[value]
            else:
                attribute.list.i.extend(value)
        return name

    def placeholder(
        self, name: str, shape: Sequence[int] | None, kind: type = np.float32
    ) -> str:
        self.node("Placeholder", name, dtype=np.dtype(kind))
        declared = self.proto.node[-1].attr["shape"].shape
        if shape is None:
            declared.unknown_rank = True
        for extent in shape or ():
            declared.dim.add(size=extent)
        return name

    def constant(self, name: str, value: object) -> str:
        array = np.asarray(value)
        if array.dtype == np.float64:
            array = array.astype(np.float32)
        if array.dtype == np.int64:
            array = array.astype(np.int32)
        self.node("Const", name, dtype=array.dtype)
        proto = tensor_util.make_tensor_proto(array)
        self.proto.node[-1].attr["value"].tensor.CopyFrom(proto)
        return name


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
        expected = walk(writer.proto, feeds, outputs)
        for array, wanted in zip(found, expected, strict=True):
            assert array.shape == wanted.shape
            assert np.abs(array - wanted).max() <= 1e-5 * max(np.abs(wanted).max(), 1)
        return imported

    return compare
