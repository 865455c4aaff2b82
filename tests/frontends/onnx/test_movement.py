"""Movement against onnxruntime."""

import numpy as np
import pytest

from aipu.errors import AipuError, UnsupportedError
from aipu.frontends.onnx.importer import import_onnx

MAX = np.iinfo(np.int64).max
MIN = np.iinfo(np.int64).min


def ints(*values: int) -> np.ndarray:
    return np.array(values, np.int64)


@pytest.fixture
def ifm(generator):
    return generator.standard_normal((2, 3, 4, 6), np.float32)


@pytest.mark.parametrize(
    "target", [(2, 3, 24), (0, -1), (-1,), (0, 3, 4, 6), (6, 0, -1)]
)
def test_reshape(check_node, generator, target):
    ifm = generator.standard_normal((2, 3, 24), np.float32)
    check_node("Reshape", ifm, ints(*target))


@pytest.mark.parametrize("target", [(5, -1), (-1, -1), (2, 3, 25), (1, 1, 1, 0, 0, 0)])
def test_reshape_to_another_size_is_an_error(node_model, ifm, target):
    with pytest.raises(AipuError, match="node 'node'"):
        import_onnx(node_model("Reshape", ifm, ints(*target)))


@pytest.mark.parametrize("axis", [0, 1, 2, 4, -1])
def test_flatten(check_node, ifm, axis):
    check_node("Flatten", ifm, axis=axis)


@pytest.mark.parametrize("axes", [[0], [0, 3], [-2]])
def test_squeeze(check_node, generator, axes):
    ifm = generator.standard_normal((1, 3, 1, 1), np.float32)
    check_node("Squeeze", ifm, opset=11, axes=axes)
    check_node("Squeeze", ifm, ints(*axes), opset=13)


@pytest.mark.parametrize("opset", [11, 13])
def test_squeeze_of_every_axis_that_can_be(check_node, generator, opset):
    ifm = generator.standard_normal((1, 3, 1, 1), np.float32)
    check_node("Squeeze", ifm, opset=opset)


def test_squeeze_of_a_wide_axis_is_an_error(node_model, ifm):
    with pytest.raises(AipuError, match="cannot reshape"):
        import_onnx(node_model("Squeeze", ifm, ints(1)))


@pytest.mark.parametrize("axes", [[0], [1, 4], [-1]])
def test_unsqueeze(check_node, generator, axes):
    ifm = generator.standard_normal((2, 3, 4), np.float32)
    check_node("Unsqueeze", ifm, opset=11, axes=axes)
    check_node("Unsqueeze", ifm, ints(*axes), opset=13)


@pytest.mark.parametrize("attributes", [{}, {"perm": [0, 2, 3, 1]}])
def test_transpose(check_node, ifm, attributes):
    check_node("Transpose", ifm, **attributes)


@pytest.mark.parametrize("axis", [1, -1])
def test_concat(check_node, ifm, axis):
    check_node("Concat", ifm, ifm + 1, ifm + 2, inputs=2, axis=axis)


SLICES = {
    "plain": ((1,), (3,), (2,), None),
    "negative": ((-3,), (-1,), (3,), None),
    "to the end": ((1,), (MAX,), (-2,), None),
    "steps": ((0, 1), (4, 6), (2, 3), (2, 3)),
    "backwards": ((-1,), (MIN,), (3,), (-1,)),
    "backwards, part": ((4, 3), (0, -5), (3, 2), (-2, -1)),
}


@pytest.mark.parametrize("starts, ends, axes, steps", SLICES.values(), ids=SLICES)
def test_slice_by_inputs(check_node, ifm, starts, ends, axes, steps):
    steps = None if steps is None else ints(*steps)
    check_node("Slice", ifm, ints(*starts), ints(*ends), ints(*axes), steps)


def test_slice_by_attributes(check_node, ifm):
    check_node("Slice", ifm, opset=9, starts=[1, 0], ends=[3, MAX], axes=[2, 3])
    check_node("Slice", ifm, opset=9, starts=[0, 1], ends=[1, 2])


def test_a_slice_of_nothing_is_empty(check_node, ifm):
    check_node("Slice", ifm, ints(3), ints(3), ints(2))


def test_split(check_node, ifm):
    check_node("Split", ifm, opset=11, outputs=3, axis=3, split=[1, 2, 3])
    check_node("Split", ifm, opset=11, outputs=2, axis=2)
    check_node("Split", ifm, ints(1, 2, 3), opset=13, outputs=3, axis=-1)
    check_node("Split", ifm, opset=13, outputs=3, axis=1)


def test_split_into_uneven_parts(check_node, ifm):
    check_node("Split", ifm, opset=18, outputs=4, axis=2, num_outputs=4)
    check_node("Split", ifm, opset=18, outputs=2, axis=1, num_outputs=2)


def test_pad(check_node, ifm):
    pads = [0, 1, 0, 2, 1, 0, 3, 0]
    check_node("Pad", ifm, opset=7, pads=pads, value=0.5)
    check_node("Pad", ifm, ints(*pads), opset=13)
    check_node("Pad", ifm, ints(*pads), np.array(-1, np.float32), opset=13)
    check_node("Pad", ifm, ints(1, 2), None, ints(-1), opset=18)


def test_negative_pads_crop(check_node, ifm):
    check_node("Pad", ifm, ints(0, -1, 2, 0, 0, 0, -1, -2), opset=13)


@pytest.mark.parametrize("mode", ["reflect", "edge", "wrap"])
def test_padding_with_what_lies_around(check_node, left_to_onnx, ifm, mode):
    pads = ints(0, 0, 1, 2, 0, 0, 2, 1)
    imported = check_node("Pad", ifm, pads, opset=19, mode=mode)
    assert not left_to_onnx(imported)


def test_the_mask_of_a_dropout_is_unsupported(node_model, ifm):
    with pytest.raises(UnsupportedError, match="its output 'y1'"):
        import_onnx(node_model("Dropout", ifm, outputs=2))


def test_a_dropout_as_in_training_is_a_warning(node_model, ifm):
    found = import_onnx(node_model("Dropout", ifm, opset=7, is_test=0))
    (warning,) = found.warnings
    assert warning.startswith("node 'node' (Dropout): is_test=0")
    assert import_onnx(node_model("Dropout", ifm, opset=7, is_test=1)).warnings == ()


@pytest.mark.parametrize("operator, attributes", [
    ("Identity", {}),
    ("Dropout", {"opset": 7, "ratio": 0.3}),
    ("Dropout", {"opset": 13}),
    ("Cast", {"to": 1}),
])  # fmt: skip
def test_operators_that_change_nothing_disappear(
    check_node, operators, ifm, operator, attributes
):
    assert operators(check_node(operator, ifm, **attributes)) == []
