"""Reading `.param` and `.bin`, and saying what is wrong with them."""

import struct
from pathlib import Path

import numpy as np
import pytest

from aipu.errors import AipuError, Warnings
from aipu.frontends.formats import importer
from aipu.frontends.ncnn.importer import import_ncnn
from aipu.frontends.ncnn.param_file import inputs_of, read_param
from aipu.tests.frontends.ncnn.small_models import (
    Pair,
    param_text,
    reference,
    results,
    write_pair,
)

LINES = [
    "Input x 0 1 x 0=3 1=2 2=2",
    "Convolution conv 1 1 x c 0=2 1=1 5=1 6=4",
    "Split split 1 2 c c1 c2",
    "ReLU relu 1 1 c1 r",
    "Noop end 2 1 r c2 end",
]


@pytest.fixture
def pair(tmp_path: Path) -> Pair:
    return write_pair(tmp_path, LINES)


def test_layers_have_parameters_by_number(pair: Pair) -> None:
    conv = read_param(pair.param, Warnings())[1]
    assert (conv.operator, conv.name, conv.reads, conv.writes) == (
        "Convolution",
        "conv",
        ("x",),
        ("c",),
    )
    assert conv.parameters == {0: ["2"], 1: ["1"], 5: ["1"], 6: ["4"]}
    assert inputs_of(read_param(pair.param, Warnings())) == {"x": (1, 2, 2, 3)}


@pytest.mark.parametrize("array", ["-23303=2,1.5,2.5", "3=1.5,2.5"])
def test_arrays_are_written_in_two_ways(tmp_path: Path, array: str) -> None:
    path = tmp_path / "model.param"
    path.write_text(param_text([f"ReLU relu 1 1 x y {array}"]))
    assert read_param(path, Warnings())[0].parameters == {3: ["1.5", "2.5"]}


def test_layers_behind_those_that_are_promised_are_a_warning(tmp_path: Path) -> None:
    path, warnings = tmp_path / "model.param", Warnings()
    text = param_text(["ReLU relu 1 1 x y"])
    path.write_text(f"{text}ReLU more 1 1 y z\nNoop out 1 1 y end\n")
    assert [layer.name for layer in read_param(path, warnings)] == ["relu"]
    assert warnings.lines() == (
        f"{path}:4: behind the 1 layers that the file promises: not read",
    )


def test_outputs_are_what_nobody_reads(pair: Pair) -> None:
    x = np.ones((1, 2, 2, 3), np.float32)
    assert list(results(import_ncnn(pair.param), {"x": x})) == ["c2", "r"]


def encoded(tag: int, content: bytes, bias: np.ndarray, *more: np.ndarray) -> bytes:
    aligned = content + bytes(-len(content) % 4)
    floats = b"".join(array.astype("<f4").tobytes() for array in (bias, *more))
    return struct.pack("<I", tag) + aligned + floats


WEIGHT, BIAS = np.array([0.5, -1.5, 0.25, 2.0]), np.array([0.125, -4.0])
TABLE = np.linspace(-3, 3, 256).astype("<f4")
PLACES = np.array([0, 255, 17, 100], np.uint8)
ENCODINGS = {
    "float32": (encoded(0, WEIGHT.astype("<f4").tobytes(), BIAS), WEIGHT),
    "float16": (encoded(0x01306B47, WEIGHT.astype("<f2").tobytes(), BIAS), WEIGHT),
    "a table": (encoded(7, TABLE.tobytes() + PLACES.tobytes(), BIAS), TABLE[PLACES]),
}


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_weights_are_encoded_in_many_ways(pair: Pair, encoding: str) -> None:
    content, expected = ENCODINGS[encoding]
    pair.bin.write_bytes(content)
    x = np.random.default_rng(0).standard_normal((1, 2, 2, 3), np.float32)
    found = results(import_ncnn(pair.param), {"x": x})["c2"]
    matrix = expected.reshape(2, 2)
    by_hand = np.einsum("mc,nchw->nmhw", matrix, x) + BIAS.reshape(1, 2, 1, 1)
    np.testing.assert_allclose(found, by_hand, rtol=1e-5)
    (theirs,) = reference(pair, {"x": x}, ["c2"])
    np.testing.assert_allclose(found[0], theirs, rtol=1e-4)


def test_integers_stand_for_reals_by_their_scales(tmp_path: Path) -> None:
    line = "Convolution conv 1 1 x c 0=2 1=1 5=1 6=4 8=1"
    path = tmp_path / "model.param"
    path.write_text(param_text([LINES[0], line]))
    integers, scales = np.array([10, -20, 30, 127], np.int8), np.array([2.0, 64.0])
    path.with_suffix(".bin").write_bytes(
        encoded(0x000D4B38, integers.tobytes(), BIAS, scales, np.array([1.0]))
    )
    imported = import_ncnn(path)
    expected = [10 / 2, -20 / 2, 30 / 64, 127 / 64]
    assert imported.weights["conv/weight"].ravel().tolist() == expected
    (warning,) = imported.warnings
    assert warning.startswith("layer 'conv' (Convolution): the scales that the file")


def test_weights_may_have_another_name(pair: Pair, tmp_path: Path) -> None:
    elsewhere = pair.bin.rename(tmp_path / "elsewhere.bin")
    with pytest.raises(AipuError, match="no weights") as caught:
        import_ncnn(pair.param)
    assert "--weights FILE" in str(caught.value)
    assert "--random-weights SEED" in str(caught.value)
    imported = importer(pair.param, elsewhere)(pair.param)
    assert imported.weights_source == "model"


def test_drawn_weights_depend_on_the_seed_alone(pair: Pair) -> None:
    pair.bin.unlink()
    first, again, other = (
        import_ncnn(pair.param, random_weights=seed).weights["conv/weight"]
        for seed in (1, 1, 2)
    )
    assert first.tobytes() == again.tobytes() != other.tobytes()


def test_a_network_may_be_cut(pair: Pair) -> None:
    imported = import_ncnn(pair.param, inputs=["c"], outputs=["r"])
    c = np.array([[[[-1, 2, 3]] * 2] * 2], np.float32)
    assert results(imported, {"c": c})["r"].tolist() == np.maximum(c, 0).tolist()


def test_the_batch_is_in_front(pair: Pair) -> None:
    x = np.random.default_rng(0).standard_normal((3, 2, 2, 3), np.float32)
    whole = results(import_ncnn(pair.param, batch=3), {"x": x})["r"]
    one = results(import_ncnn(pair.param), {"x": x[1:2]})["r"]
    np.testing.assert_allclose(whole[1:2], one, rtol=1e-6)


WRONG = {
    "it must begin with 7767517": "something else\n",
    "expected the numbers of layers": "7767517\nmany 3\n",
    "promises 5 layers and has 1": "7767517\n5 5\n" + LINES[0],
    "expected an operator": "7767517\n1 1\nInput x\n",
    "expected the names of 900 blobs": "7767517\n1 1\nReLU r 1 899 x y\n",
    "expected number=value": "7767517\n1 1\nReLU r 1 1 x y zero=1\n",
    "expected 3 elements": "7767517\n1 1\nReLU r 1 1 x y -23300=3,1,2\n",
    "its name is another layer's": "7767517\n2 2\nReLU r 1 1 x y\nReLU r 1 1 y z\n",
    "which nothing before it writes": "7767517\n1 1\nReLU r 1 1 x y\n",
    "no integer of 32 bits": "7767517\n2 2\nInput x 0 1 x 0=9999999999\nReLU r 1 1 x y",
    "the model has no outputs": "7767517\n1 1\nInput x 0 1 x 0=3\n",
    "a static shape is needed": "7767517\n2 2\nInput x 0 1 x\nReLU r 1 1 x y\n",
    "of 1000000000 elements": f"7767517\n2 2\n{LINES[0]}\n"
    "Convolution conv 1 1 x c 0=500000000 1=1\n",
}


@pytest.mark.parametrize("message", WRONG)
def test_a_wrong_text_is_answered(tmp_path: Path, message: str) -> None:
    path = tmp_path / "model.param"
    path.write_text(WRONG[message])
    with pytest.raises(AipuError, match=message):
        import_ncnn(path, random_weights=0)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda content: content[:-1], "ends before the weights of layer 'conv'"),
        (lambda content: content + b"....", "4 bytes are left after the last weight"),
        (lambda content: b"", "ends before the weights"),
    ],
)
def test_weights_of_another_size_are_refused(pair: Pair, change, message: str) -> None:
    pair.bin.write_bytes(change(pair.bin.read_bytes()))
    with pytest.raises(AipuError, match=message):
        import_ncnn(pair.param)


def test_a_misspelt_blob_is_answered_with_the_nearest(pair: Pair) -> None:
    with pytest.raises(AipuError, match="no blob 'c22'") as caught:
        import_ncnn(pair.param, outputs=["c22"])
    assert "did you mean 'c2'?" in str(caught.value)
