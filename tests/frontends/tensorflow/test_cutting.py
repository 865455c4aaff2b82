"""Where a graph begins and ends."""

import numpy as np
import pytest

from aipu.dialects import nn
from aipu.errors import AipuError, UnsupportedError
from aipu.frontends.preprocessing import Audio
from aipu.frontends.tensorflow.importer import import_tensorflow
from aipu.passes.authoring.functions import input_name, main_function, output_name
from aipu.tests.frontends.tensorflow.conftest import computed
from aipu.tests.frontends.tensorflow.graph_writer import audio_graph


@pytest.fixture
def chain(writer, saved):
    """x, relu "a", tanh "b", split "c" into two."""
    writer.placeholder("x", (-1, 4))
    writer.node("Relu", "a", "x")
    writer.node("Tanh", "b", "a")
    writer.node("Split", "c", writer.constant("axis", 1), "b", num_split=2)
    return saved(writer)


def names(imported) -> tuple[list[str], list[str]]:
    function = main_function(imported.module)
    inputs = [input_name(argument) for argument in function.args]
    count = len(function.function_type.outputs)
    return inputs, [output_name(function, number) for number in range(count)]


def test_placeholders_are_the_inputs_and_what_nobody_reads_the_outputs(chain):
    assert names(import_tensorflow(chain, batch=1)) == (["x"], ["c"])


@pytest.mark.parametrize("name", ["a", "a:0"])
def test_a_cut_at_an_inner_tensor(chain, name):
    x = np.array([[-1.0, 0.5, 1, 2]], np.float32)
    imported = import_tensorflow(chain, inputs=[name], outputs=["b"], batch=1)
    assert names(imported) == (["a"], ["b"])
    assert np.allclose(computed(imported, [x])[0], np.tanh(x))


def test_an_output_of_several(chain):
    imported = import_tensorflow(chain, outputs=["c:1", "a"], batch=1)
    assert names(imported) == (["x"], ["c:1", "a"])
    x = np.array([[-1.0, 0.5, 1, 2]], np.float32)
    assert np.allclose(computed(imported, [x])[0], np.tanh(x[:, 2:]))


def test_the_batch_is_the_leading_extent(chain):
    imported = import_tensorflow(chain, outputs=["b"], batch=3)
    assert computed(imported, [np.zeros((3, 4), np.float32)])[0].shape == (3, 4)


def test_a_shape_that_the_graph_leaves_open(writer, saved):
    writer.placeholder("x", None)
    writer.node("Relu", "y", "x")
    path = saved(writer)
    with pytest.raises(AipuError, match="a static shape is needed") as caught:
        import_tensorflow(path)
    assert "--shape x=" in caught.value.remedy
    imported = import_tensorflow(path, shapes={"x": (2, 5)})
    assert computed(imported, [np.ones((2, 5), np.float32)])[0].shape == (2, 5)


@pytest.mark.parametrize("option", ["inputs", "outputs"])
def test_the_nearest_name_is_suggested(chain, option):
    cut = {"inputs": (), "outputs": (), option: ("axs",)}
    with pytest.raises(AipuError, match="no tensor 'axs'") as caught:
        import_tensorflow(chain, inputs=cut["inputs"], outputs=cut["outputs"])
    assert caught.value.remedy == "did you mean 'axis'?"


def test_an_input_that_nothing_depends_on(chain):
    with pytest.raises(AipuError, match="do not depend on 'b'"):
        import_tensorflow(chain, inputs=["x", "b"], outputs=["a"])


def test_outputs_that_depend_on_more(writer, saved):
    writer.placeholder("x", (1, 4))
    writer.placeholder("z", (1, 4))
    writer.node("Relu", "a", "x")
    writer.node("Add", "y", "a", "z")
    with pytest.raises(AipuError, match="also depend on the input 'z'"):
        import_tensorflow(saved(writer), inputs=["a"])


def test_a_default_is_a_constant_beside_other_inputs(writer, saved):
    writer.placeholder("x", (1, 4))
    writer.node("PlaceholderWithDefault", "keep", writer.constant("one", 2.0))
    writer.node("Mul", "y", "x", "keep")
    imported = import_tensorflow(saved(writer))
    assert names(imported) == (["x"], ["y"])
    x = np.ones((1, 4), np.float32)
    assert np.allclose(computed(imported, [x])[0], 2)
    assert imported.warnings == (
        "node 'keep' (PlaceholderWithDefault): it is a constant, its default; "
        "--input keep makes it an input",
    )


def test_texts_are_no_inputs(writer, saved):
    writer.placeholder("image", (), np.float32)
    writer.proto.node[-1].attr["dtype"].type = 7
    writer.node("DecodeJpeg", "pixels", "image")
    writer.node("Relu", "y", "pixels")
    with pytest.raises(
        UnsupportedError, match="expected a tensor of numbers"
    ) as caught:
        import_tensorflow(saved(writer))
    assert caught.value.place == "input 'image'"


@pytest.mark.parametrize("inputs", [(), ("Mfcc",)])
def test_features_of_a_recording_are_an_input(writer, saved, inputs):
    audio_graph(writer)
    imported = import_tensorflow(saved(writer), inputs=inputs)
    assert names(imported) == (["Mfcc"], ["y"])
    (argument,) = main_function(imported.module).args
    assert nn.shape(argument) == (1, 9, 5)
    assert imported.preprocessing["Mfcc"] == Audio(
        samples=1000,
        window=200,
        stride=100,
        squared=True,
        coefficients=5,
        bands=20,
        low=20.0,
        high=4000.0,
    )


def test_a_cut_behind_the_features_forgets_the_recording(writer, saved):
    audio_graph(writer)
    writer.node("Tanh", "z", "y")
    imported = import_tensorflow(saved(writer), inputs=["y"])
    assert names(imported) == (["y"], ["z"])
    assert not imported.preprocessing
