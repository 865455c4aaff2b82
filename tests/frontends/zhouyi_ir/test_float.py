"""Float networks in the IR, against plain loops."""

import numpy as np
import pytest

from aipu.dialects import nn
from aipu.dialects.semantics.evaluate import evaluate
from aipu.errors import AipuError
from aipu.frontends.formats import importer
from aipu.passes.authoring.functions import main_function
from aipu.tests.frontends.zhouyi_ir.reference import average, convolve


@pytest.fixture
def image():
    return np.random.default_rng(5).standard_normal((1, 5, 5, 2)).astype(np.float32)


def run(path, image, **arguments):
    model = importer(path)(path, **arguments)
    (result,) = evaluate(main_function(model.module), [image], model.weights)
    return result


def test_the_network_computes_what_its_layers_say(pair, constants, image):
    features = convolve(image[0], constants["weights"], stride=2, pad=1)
    features = np.maximum(features + constants["biases"], 0)
    means = [[total / count for total, count in row] for row in average(features)]
    row = np.array(means).reshape(1, 16)
    expected = row @ constants["dense_weights"].T + constants["dense_biases"]
    np.testing.assert_allclose(run(pair, image), expected, rtol=1e-4, atol=1e-5)


def test_it_can_be_cut_anywhere(pair, constants, image):
    features = convolve(image[0], constants["weights"], stride=2, pad=1)
    found = run(pair, image, outputs=["features"])
    expected = np.maximum(features + constants["biases"], 0)[np.newaxis]
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)
    row = np.ones((1, 16), np.float32)
    (result,) = run(pair, row, inputs=["row"])
    expected = constants["dense_weights"].sum(axis=1) + constants["dense_biases"]
    np.testing.assert_allclose(result, expected, rtol=1e-4, atol=1e-5)


def test_a_batch_can_be_asked_for(pair, image):
    batch = np.concatenate([image, 2 * image])
    found = run(pair, batch, batch=2)
    assert found.shape == (2, 3)
    np.testing.assert_allclose(found[:1], run(pair, image), rtol=1e-5, atol=1e-6)


def test_the_constants_may_lie_elsewhere(pair, image, tmp_path):
    expected = run(pair, image)
    moved = tmp_path / "elsewhere.bin"
    pair.with_suffix(".bin").rename(moved)
    np.testing.assert_array_equal(run(pair, image, weights=moved), expected)
    moved.rename(tmp_path / "named.bin")
    pair.write_text(pair.read_text().replace("./pair.bin", "named.bin"))
    np.testing.assert_array_equal(run(pair, image), expected)


def test_weights_can_be_drawn(pair):
    pair.with_suffix(".bin").unlink()
    model = importer(pair)(pair, random_weights=1)
    assert model.weights_source == "random"


def test_the_operators_are_named_after_the_layers(pair):
    model = importer(pair)(pair)
    (conv,) = (op for op in model.module.walk() if isinstance(op, nn.Conv2dOp))
    assert str(conv.location) == 'loc("conv")'


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("method=AVG", "method=L2", "layer 'pool' (Pooling): the method L2"),
        ("layer_type=Reshape", "layer_type=NMS", "layer 'flat' (NMS): the operator"),
        ("layer_top_shape=[[1,3]]", "layer_top_shape=[[1,4]]", "the shape [1, 3]"),
        ("weights_offset=16", "weights_offset=999999", "in a file of"),
        ("kernel_x=3", "kernel_x=5", "expected the shape [4, 3, 5, 2]"),
        ("group=1", "group=3", "2 channels in 3 groups"),
        ("layer_bottom=[row]", "layer_bottom=[raw]", "did you mean 'row'"),
        ("layer_name=flat", "layer_name=conv", "two layers have one name"),
        ("output_tensors=[scores]", "output_tensors=[score]", "did you mean 'scores'"),
    ],
)
def test_an_error_names_the_layer_or_the_line(pair, old, new, message):
    text = pair.read_text()
    assert old in text
    pair.write_text(text.replace(old, new))
    with pytest.raises(AipuError) as caught:
        importer(pair)(pair)
    assert message in str(caught.value)


def test_missing_constants_are_told(pair):
    pair.with_suffix(".bin").unlink()
    with pytest.raises(AipuError, match="no weights") as caught:
        importer(pair)(pair)
    assert "put pair.bin beside it" in str(caught.value)
