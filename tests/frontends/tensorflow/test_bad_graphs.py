"""Files that are no sound graphs end in one error, soon and without much memory."""

import numpy as np
import pytest

from aipu.errors import AipuError
from aipu.frontends.tensorflow.importer import import_tensorflow


def refuse(path, content: bytes) -> AipuError:
    path.write_bytes(content)
    with pytest.raises(AipuError) as caught:
        import_tensorflow(path, batch=1)
    return caught.value


def test_no_such_file(tmp_path):
    with pytest.raises(AipuError, match="no such file"):
        import_tensorflow(tmp_path / "missing.pb")


def test_an_empty_file(tmp_path):
    assert "empty" in refuse(tmp_path / "x.pb", b"").message


def test_a_text(tmp_path):
    assert "not a frozen GraphDef" in refuse(tmp_path / "x.pb", b"hello").message


def test_a_claimed_length_of_two_gigabytes(tmp_path):
    error = refuse(tmp_path / "x.pb", b"\x0a\xff\xff\xff\xff\x07" + b"\x0a\x01a")
    assert "claims 2147483647 bytes where 3 are left" in error.message


def test_a_constant_of_two_gigabytes(writer, saved):
    writer.placeholder("x", (1, 4))
    writer.constant("w", np.ones((4, 2)))
    shape = writer.proto.node[-1].attr["value"].tensor.tensor_shape
    shape.dim[0].size = 1 << 30
    writer.node("MatMul", "y", "x", "w")
    path = saved(writer)
    assert "w" in refuse(path, path.read_bytes()).place


def test_a_fill_of_many_gigabytes(writer, saved):
    writer.placeholder("x", (1, 4))
    writer.node(
        "Fill", "f", writer.constant("n", [1 << 30, 4]), writer.constant("v", 1.0)
    )
    writer.node("Add", "y", "x", "f")
    path = saved(writer)
    error = refuse(path, path.read_bytes())
    assert error.place == "node 'f' (Fill)"
    assert "elements" in error.message


def test_a_cycle(writer, saved):
    writer.placeholder("x", (1, 4))
    writer.node("Add", "a", "x", "b")
    writer.node("Relu", "b", "a")
    writer.node("Tanh", "y", "b")
    path = saved(writer)
    assert "cycle" in refuse(path, path.read_bytes()).message


def test_an_input_that_nothing_writes(writer, saved):
    writer.placeholder("x", (1, 4))
    writer.node("Add", "y", "x", "weight")
    path = saved(writer)
    error = refuse(path, path.read_bytes())
    assert error.place == "node 'y' (Add)"
    assert "'weight', which nothing writes" in error.message


def test_two_nodes_of_one_name(writer, saved):
    writer.placeholder("x", (1, 4))
    writer.node("Relu", "x", "x")
    path = saved(writer)
    assert "two nodes" in refuse(path, path.read_bytes()).message


def test_an_attribute_of_another_kind(writer, saved):
    writer.placeholder("x", (1, 4, 4, 3))
    writer.node("MaxPool", "y", "x", ksize="three", padding="SAME")
    path = saved(writer)
    assert (
        "'ksize' must be a list of integers" in refuse(path, path.read_bytes()).message
    )
