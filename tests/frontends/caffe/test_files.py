"""Reading `.prototxt` and `.caffemodel`, and saying what is wrong with them."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest

from aipu.errors import AipuError
from aipu.frontends.caffe.importer import import_caffe
from aipu.frontends.formats import importer
from aipu.tests.frontends.caffe.small_models import (
    caffemodel,
    input_layer,
    layer,
    results,
    write_model,
)

X = np.array([[[[-1.0, 2.0]], [[3.0, -4.0]]]], np.float32)
CONVOLUTION = "convolution_param { num_output: 1 kernel_size: 1 }"
WEIGHTS = {"y": [np.array([1.0, 10.0]), np.array([0.5])]}
TEXT = input_layer("x", X.shape) + layer("Convolution", ["x"], "y", CONVOLUTION)
EXPECTED = [[[[29.5, -37.5]]]]


def imported(
    path: Path,
    text: str,
    shapes: Mapping[str, Sequence[int]] = {},
    outputs: Sequence[str] = (),
) -> list:
    """What the only output of a text is, with the weights beside it."""
    path.write_text(text)
    (found,) = results(
        import_caffe(path, shapes=shapes, outputs=outputs), {"x": X}
    ).values()
    return found.tolist()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return write_model(tmp_path, TEXT, WEIGHTS)


@pytest.mark.parametrize("suffix", [".prototxt", ".caffemodel"])
def test_either_file_finds_the_other(path: Path, suffix: str) -> None:
    model = path.with_suffix(suffix)
    found = results(importer(model)(model), {"x": X})
    assert found["y"].tolist() == EXPECTED


def test_layers_that_take_no_weights_need_none(path: Path) -> None:
    text = input_layer("x", X.shape) + layer(
        "Slice", ["x"], "a", 'top: "b" slice_param { axis: 1 }'
    )
    text += layer("ReLU", ["b"], "b", "relu_param { negative_slope: 0.5 }")
    text += layer("Concat", ["b", "a"], "y")
    path.with_suffix(".caffemodel").unlink()
    assert imported(path, text) == [[[[3.0, -2.0]], [[-1.0, 2.0]]]]


def test_a_layer_without_its_weights_is_named(path: Path) -> None:
    path.with_suffix(".caffemodel").unlink()
    with pytest.raises(AipuError, match="this layer takes a weight") as caught:
        import_caffe(path)
    assert caught.value.place == "layer 'y' (Convolution)"


def test_weights_may_have_another_name(path: Path) -> None:
    elsewhere = path.with_suffix(".caffemodel").rename(path.parent / "w.caffemodel")
    with pytest.raises(AipuError, match="no weights") as caught:
        import_caffe(path)
    assert "--weights FILE" in str(caught.value)
    found = results(importer(path, elsewhere)(path), {"x": X})
    assert found["y"].tolist() == EXPECTED


def test_weights_without_a_text_are_not_enough(path: Path) -> None:
    path.unlink()
    with pytest.raises(AipuError, match=r"model\.prototxt is not beside it"):
        import_caffe(path.with_suffix(".caffemodel"))


@pytest.mark.parametrize(
    "head",
    [
        'input: "x" input_dim: 1 input_dim: 2 input_dim: 1 input_dim: 2',
        'input: "x" input_shape { dim: 1 dim: 2 dim: 1 dim: 2 }',
        input_layer("x", X.shape),
    ],
)
def test_inputs_are_declared_in_three_ways(path: Path, head: str) -> None:
    text = f"{head} " + layer("Convolution", ["x"], "y", CONVOLUTION)
    assert imported(path, text) == EXPECTED


def test_old_layers_have_numbers_for_operators(path: Path) -> None:
    text = (
        'input: "x" input_dim: 1 input_dim: 2 input_dim: 1 input_dim: 2 '
        'layers { name: "y" type: CONVOLUTION bottom: "x" top: "y" blobs_lr: 1 '
        f"{CONVOLUTION} }}"
    )
    path.with_suffix(".caffemodel").write_bytes(caffemodel(WEIGHTS, old=True))
    assert imported(path, text) == EXPECTED


def test_weights_may_be_of_double_precision(path: Path) -> None:
    content = caffemodel(WEIGHTS, double=True)
    path.with_suffix(".caffemodel").write_bytes(content)
    assert imported(path, TEXT) == EXPECTED


def test_layers_of_training_are_left_out(path: Path) -> None:
    text = TEXT.replace(input_layer("x", X.shape), "")
    data = 'layer { name: "d" type: "Data" top: "x" top: "label" }'
    training = layer("Python", ["y"], "loss", "include { phase: TRAIN }")
    accuracy = layer("Accuracy", ["y", "label"], "accuracy")
    found = imported(path, data + text + training + accuracy, shapes={"x": X.shape})
    assert found == EXPECTED


def test_unknown_fields_are_skipped(path: Path) -> None:
    assert imported(path, TEXT + 'solver_mode { speed: 3 } flavour: "new"') == EXPECTED
    assert import_caffe(path).warnings == ()


UNKNOWN = """
layer { # { a comment
  name: "c{" type: 'Pooling' bottom: "y" top: "c{" param { lr_mult: 1 }
  pooling_param: < pool: MAX kernel_size: 1 rounding { mode: 3 stride: 9 }
    engine: CAFFE depth : false
    windows: [1, 2] rounds: [{ a: 1 }, { b: 2 }] >
}
"""


def test_unknown_fields_of_operators_are_warnings(path: Path) -> None:
    assert imported(path, TEXT + UNKNOWN) == EXPECTED
    assert import_caffe(path).warnings == (
        f"{path}:4: 'rounding' of a PoolingParameter is not known and changes nothing",
        f"{path}:5: 'depth' of a PoolingParameter is not known and changes nothing",
        f"{path}:6: 'windows' of a PoolingParameter is not known and changes nothing",
        f"{path}:6: 'rounds' of a PoolingParameter is not known and changes nothing",
    )


def test_blobs_may_be_written_over(path: Path) -> None:
    in_place = (
        'layer { name: "relu" type: "ReLU" bottom: "y" top: "y" }'
        'layer { name: "twice" type: "Power" bottom: "y" top: "y" '
        "power_param { scale: 2 } }"
    )
    assert imported(path, TEXT + in_place) == [[[[59.0, 0.0]]]]
    assert imported(path, TEXT + in_place, outputs=["y/y"]) == EXPECTED
    assert imported(path, TEXT + in_place, outputs=["y/relu"]) == [[[[29.5, 0.0]]]]


def test_a_network_may_be_cut(path: Path) -> None:
    path.write_text(TEXT + layer("ReLU", ["y"], "z"))
    cut = import_caffe(path, inputs=["y"], outputs=["z"])
    y = np.array([[[[-1, 5]]]], np.float32)
    assert results(cut, {"y": y})["z"].tolist() == [[[[0, 5]]]]


def test_the_batch_may_be_another(path: Path) -> None:
    reshape = "reshape_param { shape { dim: 1 dim: 2 } }"
    path.write_text(TEXT + layer("Reshape", ["y"], "z", reshape))
    found = results(import_caffe(path, batch=3), {"x": X.repeat(3, axis=0)})["z"]
    assert found.tolist() == [EXPECTED[0][0][0]] * 3


WRONG = {
    "model.prototxt:2: not a prototxt: String missing": 'layer {\n name: "a',
    "the network has no layers": 'name: "nothing"',
    "which nothing before it writes": layer("ReLU", ["y"], "z"),
    "a static shape is needed": 'input: "x"' + layer("ReLU", ["x"], "z"),
    "1 inputs and 2 shapes": 'input: "x" input_shape {} input_shape {}'
    + layer("ReLU", ["x"], "z"),
    "a kernel": input_layer("x", X.shape)
    + layer("Pooling", ["x"], "z", "pooling_param { kernel_size: 0 }"),
    "its weight is missing in the file": input_layer("x", X.shape)
    + layer("Convolution", ["x"], "z", CONVOLUTION),
}


@pytest.mark.parametrize("message", WRONG)
def test_a_wrong_text_is_answered(path: Path, message: str) -> None:
    path.write_text(WRONG[message])
    with pytest.raises(AipuError, match=message):
        import_caffe(path)


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02", caffemodel(WEIGHTS)[:-3]])
def test_what_is_no_caffemodel_is_refused(path: Path, content: bytes) -> None:
    path.with_suffix(".caffemodel").write_bytes(content)
    with pytest.raises(AipuError, match=r"not a \.caffemodel|holds no weights"):
        import_caffe(path)
