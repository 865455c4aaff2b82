"""Files that are none, damaged, or say what a network cannot be."""

import re
import sys

import numpy as np
import pytest

from aipu.errors import AipuError, UnsupportedError
from aipu.frontends.tflite.importer import import_tflite
from aipu.tests.frontends.tflite.small_files import quantised_file
from aipu.tests.frontends.tflite.tflite_file import Operator, Tensor, tflite_file

FULLY_CONNECTED = "FullyConnectedOptions"


@pytest.fixture
def refused(written):
    """`refused(content, ...)`: the message that the importer ends in."""

    def read(content: bytes, kind: type[AipuError] = AipuError) -> str:
        with pytest.raises(kind) as caught:
            import_tflite(written(content))
        return str(caught.value)

    return read


def test_the_package_of_the_schema_is_optional(written, monkeypatch):
    monkeypatch.setitem(sys.modules, "tflite", None)
    with pytest.raises(AipuError) as caught:
        import_tflite(written(quantised_file()))
    assert caught.value.remedy == "pip install 'aipu-compiler[tflite]'"


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(AipuError, match="no such file"):
        import_tflite(tmp_path / "absent.tflite")


@pytest.mark.parametrize("content", [b"", b"TFL3", b"\x08\x03\x12\x07backend" * 9])
def test_a_file_of_another_format(refused, content):
    assert "not a TFLite model" in refused(content)


def test_a_truncated_file(refused):
    content = quantised_file()
    assert "damaged TFLite model" in refused(content[: len(content) // 2])


def test_a_length_that_the_file_cannot_have(refused):
    """The length of the scores' name, and so of any vector, becomes 2 GB."""
    content = bytearray(quantised_file())
    vector = np.array([1, 10], np.int32).tobytes()
    at = content.index((2).to_bytes(4, "little") + vector)
    content[at : at + 4] = b"\xff\xff\xff\x7f"
    assert "it claims 2147483647 Shape" in refused(bytes(content))


def test_tables_that_share_their_bytes_too_often(refused):
    name = "n" * 4000
    content = tflite_file([Tensor(name, shape=(1,))] * 400, [], [name], [name])
    assert "its tables lie on top of one another" in refused(content)


def test_a_constant_that_its_buffer_does_not_fill(refused):
    weight = np.zeros((4, 6), np.float32)
    content = _layer(Tensor("w", weight))
    damaged = content.replace(_shape(4, 6), _shape(4, 7))
    assert refused(damaged).endswith(
        "tensor 'w': the shape [4, 7] needs 112 bytes, its buffer has 96"
    )


@pytest.mark.parametrize(
    "scale, message",
    [([0.1] * 3, "3 scales"), ([0.0], "positive"), ([float("nan")], "positive")],
)
def test_scales_that_fit_no_tensor(refused, scale, message):
    weight = np.zeros((4, 6), np.int8)
    assert message in refused(_layer(Tensor("w", weight, scale=scale)))


@pytest.mark.parametrize("zero_point", [128, -129, 0x7FFFFFFF])
def test_a_zero_point_that_is_none_of_the_integers(refused, zero_point):
    weight = np.zeros((4, 6), np.int8)
    content = _layer(Tensor("w", weight, scale=[0.1], zero_point=[zero_point]))
    message = f"tensor 'w': the zero point {zero_point} is no INT8"
    assert message in refused(content)


def test_the_axis_of_a_bias_can_only_be_its_own(computed):
    """The axis 3, of the weight, stands beside biases that old converters wrote."""
    weight = Tensor("w", np.ones((4, 6), np.int8), scale=[0.5])
    bias = Tensor("b", np.arange(4, dtype=np.int32), scale=[0.5] * 4, axis=3)
    (y,) = computed(_layer(weight, bias), [np.zeros((2, 6), np.float32)])
    assert y.tolist() == [[0, 0.5, 1, 1.5]] * 2


def test_the_axis_of_a_bias_is_a_warning(written):
    weight = Tensor("w", np.ones((4, 6), np.int8), scale=[0.5])
    bias = Tensor("b", np.arange(4, dtype=np.int32), scale=[0.5] * 4, axis=3)
    (warning,) = import_tflite(written(_layer(weight, bias))).warnings
    assert warning.startswith("tensor 'b': its quantized_dimension is none of its axes")


def test_a_sound_file_has_no_warnings(written):
    assert import_tflite(written(quantised_file())).warnings == ()


def test_all_operators_that_are_missing_are_named_at_once(refused):
    names = ["x", "first", "middle", "last"]
    tensors = [Tensor(name, shape=(1, 4)) for name in names]
    operators = [
        Operator("WHERE", ["x"], ["first"]),
        Operator("TANH", ["first"], ["middle"]),
        Operator("SomeCustomOperator", ["middle"], ["last"]),
    ]
    message = refused(
        tflite_file(tensors, operators, ["x"], ["last"]), UnsupportedError
    )
    assert "2 nodes are not supported" in message
    assert "node 'first' (WHERE)" in message
    assert "node 'last' (SomeCustomOperator)" in message


def test_a_tensor_that_nothing_writes(refused):
    tensors = [Tensor(name, shape=(1, 4)) for name in ("x", "lost", "y")]
    content = tflite_file(tensors, [Operator("TANH", ["lost"], ["y"])], ["x"], ["y"])
    assert "node 'y' (TANH): it reads 'lost', which nothing before" in refused(content)


def test_operators_in_a_circle(refused):
    tensors = [Tensor(name, shape=(1, 4)) for name in ("x", "a", "b")]
    operators = [Operator("TANH", ["a"], ["b"]), Operator("TANH", ["b"], ["a"])]
    message = refused(tflite_file(tensors, operators, ["x"], ["a"]))
    assert "it reads 'a', which nothing before it writes" in message


def test_a_tensor_that_is_written_twice(refused):
    tensors = [Tensor(name, shape=(1, 4)) for name in ("x", "y")]
    operators = [Operator("TANH", ["x"], ["y"]), Operator("ABS", ["x"], ["y"])]
    assert "'y' is written twice" in refused(
        tflite_file(tensors, operators, ["x"], ["y"])
    )


def test_an_input_of_whole_numbers(refused):
    tensors = [Tensor("x", shape=(1, 4), dtype="int32"), Tensor("y", shape=(1, 4))]
    content = tflite_file(tensors, [Operator("CAST", ["x"], ["y"])], ["x"], ["y"])
    assert "input 'x': expected reals" in refused(content)


@pytest.mark.parametrize("missing", [["x", "w"], ["x", ""], []], ids=str)
def test_inputs_that_are_left_out(written, missing):
    tensors = [Tensor("x", shape=(2, 6)), Tensor("w", np.zeros((4, 6), np.float32))]
    tensors.append(Tensor("y", shape=(2, 4)))
    layer = Operator("FULLY_CONNECTED", missing, ["y"], {}, FULLY_CONNECTED)
    path = written(tflite_file(tensors, [layer], ["x"], ["y"]))
    if missing == ["x", "w"]:
        assert import_tflite(path).module
    else:
        with pytest.raises(AipuError, match=re.escape("is missing")):
            import_tflite(path)


def test_random_weights_are_for_models_without(written):
    with pytest.raises(AipuError, match="a TFLite file has its weights"):
        import_tflite(written(quantised_file()), random_weights=0)


def _layer(weight: Tensor, bias: Tensor | None = None) -> bytes:
    """x [2, 6] times a weight [4, 6]."""
    tensors = [Tensor("x", shape=(2, 6)), weight, Tensor("y", shape=(2, 4))]
    reads = ["x", "w", "b" if bias else ""]
    layer = Operator("FULLY_CONNECTED", reads, ["y"], {}, FULLY_CONNECTED)
    return tflite_file([*tensors, *([bias] if bias else [])], [layer], ["x"], ["y"])


def _shape(*extents: int) -> bytes:
    return np.array(extents, np.int32).tobytes()
