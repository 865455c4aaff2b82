"""Weights for graphs that have none: realistic, and the same for the same seed."""

import numpy as np
import onnx
import pytest
from onnx import helper

from aipu.dialects import nn
from aipu.dialects.semantics.evaluate import evaluate
from aipu.errors import AipuError
from aipu.frontends.onnx.importer import import_onnx

LIGHT = ["densenet121", "inception_v2", "resnet50", "shufflenet", "squeezenet"]


def filled(*shape: int, value: float = 0.02) -> np.ndarray:
    return np.full(shape, value, np.float32)


@pytest.fixture
def conv_model(graph_model):
    """A convolution by `weight`, plus `bias`."""

    def build(weight: np.ndarray, bias: np.ndarray):
        nodes = [helper.make_node("Conv", ["x", "w", "b"], ["y"])]
        shape = (1, weight.shape[1], 8, 8)
        return graph_model(nodes, {"x": shape}, ["y"], {"w": weight, "b": bias})

    return build


@pytest.mark.parametrize("name", LIGHT)
def test_activations_neither_vanish_nor_explode(light, function, noise, name):
    imported = import_onnx(light / f"light_{name}.onnx", random_weights=0)
    deviations: list[float] = []

    def observe(op, ofm):
        if isinstance(op, nn.Conv2dOp | nn.FullyConnectedOp):
            deviations.append(float(ofm.std()))

    evaluate(function(imported), noise(imported), imported.weights, observe=observe)
    assert imported.weights_source == "random"
    assert min(deviations) > 0.1
    assert max(deviations) < 10


def test_a_hundred_residual_blocks_keep_their_values(graph_model, results, noise):
    nodes, weights, ifm = [], {}, "x"
    for i in range(100):
        weights |= {f"w{i}": filled(16, 16, 3, 3)}
        weights |= {f"{part}{i}": filled(16, value=1) for part in "abmv"}
        statistics = [f"{part}{i}" for part in "abmv"]
        nodes += [
            helper.make_node("Conv", [ifm, f"w{i}"], [f"c{i}"], pads=[1] * 4),
            helper.make_node("BatchNormalization", [f"c{i}", *statistics], [f"n{i}"]),
            helper.make_node("Add", [f"n{i}", ifm], [f"s{i}"]),
            helper.make_node("Relu", [f"s{i}"], [f"r{i}"]),
        ]
        ifm = f"r{i}"
    model = graph_model(nodes, {"x": (1, 16, 12, 12)}, [ifm], weights)
    imported = import_onnx(model, random_weights=0)
    (ofm,) = results(imported, noise(imported))
    assert 1e-2 < ofm.std() < 1e4


def test_a_seed_gives_the_same_weights(conv_model):
    model = conv_model(filled(4, 3, 3, 3), filled(4))
    first, again, other = (
        import_onnx(model, random_weights=seed).weights["w"] for seed in (1, 1, 2)
    )
    assert first.tobytes() == again.tobytes()
    assert first.tobytes() != other.tobytes()


def test_a_weight_depends_on_its_name_alone(graph_model):
    """Not on what is drawn before it."""
    weights = {"v": filled(3, 3, 1, 1), "w": filled(4, 3, 1, 1)}
    one = helper.make_node("Conv", ["x", "w"], ["y"])
    two = [
        helper.make_node("Conv", ["x", "v"], ["a"]),
        helper.make_node("Conv", ["a", "w"], ["y"]),
    ]
    drawn = [
        import_onnx(
            graph_model(nodes, {"x": (1, 3, 2, 2)}, ["y"], weights), random_weights=0
        ).weights["w"]
        for nodes in ([one], two)
    ]
    assert drawn[0].tobytes() == drawn[1].tobytes()


def test_weights_are_he_initialised(conv_model):
    model = conv_model(filled(256, 32, 3, 3), filled(256))
    after_input = import_onnx(model, random_weights=0).weights["w"]
    assert after_input.std() == pytest.approx((1 / 288) ** 0.5, rel=0.02)

    model.graph.node[0].input[0] = "rectified"
    model.graph.node.insert(0, helper.make_node("Relu", ["x"], ["rectified"]))
    after_relu = import_onnx(model, random_weights=0).weights["w"]
    assert after_relu.std() == pytest.approx((2 / 288) ** 0.5, rel=0.02)


def test_without_a_seed_a_graph_is_imported_as_it_is(conv_model):
    imported = import_onnx(conv_model(filled(4, 3, 1, 1), filled(4)))
    assert imported.weights_source == "model"
    assert set(imported.weights["w"].ravel()) == {np.float32(0.02)}


def test_weights_that_are_there_are_kept(conv_model, generator):
    weight = generator.standard_normal((4, 3, 1, 1), np.float32)
    imported = import_onnx(conv_model(weight, filled(4)), random_weights=0)
    assert imported.weights_source == "model"
    assert imported.weights["w"].reshape(4, 3).tolist() == weight.reshape(4, 3).tolist()
    assert imported.weights["b"].tolist() == filled(4).tolist()


def test_inputs_that_are_weights_are_drawn(graph_model, function):
    """Some exporters leave the weights as inputs without elements."""
    nodes = [helper.make_node("Conv", ["x", "w"], ["y"])]
    model = graph_model(nodes, {"x": (1, 3, 4, 4), "w": (5, 3, 3, 3)}, ["y"])
    imported = import_onnx(model, random_weights=0)
    assert len(function(imported).body.block.args) == 1
    assert imported.weights["w"].std() > 0


def test_weights_in_a_missing_file_are_drawn(conv_model, generator, tmp_path):
    model = conv_model(generator.standard_normal((4, 3, 1, 1), np.float32), filled(4))
    path = tmp_path / "model.onnx"
    onnx.save(
        model, path, save_as_external_data=True, location="w.bin", size_threshold=0
    )
    (tmp_path / "w.bin").unlink()
    imported = import_onnx(path, random_weights=0)
    assert imported.weights_source == "random"
    assert imported.weights["w"].std() > 0
    with pytest.raises(AipuError, match="--random-weights SEED"):
        import_onnx(path)


def test_a_seed_is_not_negative(conv_model):
    with pytest.raises(AipuError, match="cannot be negative: -1"):
        import_onnx(conv_model(filled(4, 3, 1, 1), filled(4)), random_weights=-1)
