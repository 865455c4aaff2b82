"""Inputs and outputs by name, shapes and batches that the user says."""

import numpy as np
import pytest

from aipu.errors import AipuError
from aipu.frontends.tflite.importer import import_tflite
from aipu.passes.authoring.functions import input_name, main_function, output_name
from aipu.tests.frontends.tflite.conftest import run_model
from aipu.tests.frontends.tflite.small_files import quantised_file
from aipu.tests.frontends.tflite.tflite_file import Operator, Tensor, tflite_file


@pytest.fixture
def path(written):
    return written(quantised_file())


@pytest.fixture
def image(generator):
    return generator.standard_normal((1, 8, 8, 3), np.float32)


def names(model):
    main = main_function(model.module)
    results = range(len(main.function_type.outputs.data))
    return [input_name(a) for a in main.args], [output_name(main, n) for n in results]


def test_the_names_of_the_file_are_kept(path):
    assert names(import_tflite(path)) == (["image"], ["scores"])


def test_a_network_in_two_halves_is_the_whole(path, image):
    (whole,) = run_model(import_tflite(path), [image])
    first = import_tflite(path, outputs=["pool"])
    second = import_tflite(path, inputs=["pool"])
    (middle,) = run_model(first, [image])
    assert middle.shape == (1, 2, 2, 8)
    assert np.array_equal(run_model(second, [middle])[0], whole)


def test_the_nearest_name_is_proposed(path):
    with pytest.raises(AipuError) as caught:
        import_tflite(path, outputs=["score"])
    assert str(caught.value).splitlines() == [
        "the model has no tensor 'score'",
        "  did you mean 'scores'?",
    ]


def test_an_input_that_the_outputs_do_not_depend_on(path):
    with pytest.raises(AipuError, match="do not depend on 'pool'"):
        import_tflite(path, inputs=["pool", "image"], outputs=["conv"])


def test_a_batch_goes_through_reshapes(path, image):
    batch = np.concatenate([image, -image])
    (together,) = run_model(import_tflite(path, batch=2), [batch])
    apart = [run_model(import_tflite(path), [part])[0] for part in (image, -image)]
    assert np.allclose(together, np.concatenate(apart), atol=1e-6)


def test_a_shape_that_the_user_says(path):
    model = import_tflite(path, outputs=["conv"], shapes={"image": (1, 16, 12, 3)})
    (conv,) = run_model(model, [np.zeros((1, 16, 12, 3), np.float32)])
    assert conv.shape == (1, 8, 6, 8)


def test_shapes_that_the_network_computes(computed, runtime, generator):
    """`x.reshape(x.shape[0], x.shape[1] * 6)`, as exporters of dynamic shapes write."""
    constants = {"zero": 0, "one": 1, "two": 2}
    tensors = [
        Tensor("x", shape=(2, 3, 6)),
        Tensor("six", np.array(6, np.int32)),
        *(Tensor(n, np.array([at], np.int32)) for n, at in constants.items()),
        Tensor("shape", shape=(3,), dtype="int32"),
        *(Tensor(name, shape=(), dtype="int32") for name in ("rows", "columns", "all")),
        Tensor("target", shape=(2,), dtype="int32"),
        Tensor("y", shape=(2, 18)),
    ]
    index = {"ShrinkAxisMask": 1}
    slicing, both = "StridedSliceOptions", {"ValuesCount": 2}
    operators = [
        Operator("SHAPE", ["x"], ["shape"], {"OutType": 2}, "ShapeOptions"),
        Operator(
            "STRIDED_SLICE", ["shape", "zero", "one", "one"], ["rows"], index, slicing
        ),
        Operator(
            "STRIDED_SLICE", ["shape", "one", "two", "one"], ["columns"], index, slicing
        ),
        Operator("MUL", ["columns", "six"], ["all"], {}, "MulOptions"),
        Operator("PACK", ["rows", "all"], ["target"], both, "PackOptions"),
        Operator("RESHAPE", ["x", "target"], ["y"]),
    ]
    content = tflite_file(tensors, operators, ["x"], ["y"])
    x = generator.standard_normal((2, 3, 6), np.float32)
    (ours,), (theirs,) = computed(content, [x]), runtime(content, [x])
    assert ours.shape == (2, 18) and np.array_equal(ours, theirs)
