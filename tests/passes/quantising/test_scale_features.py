"""Features of unlike sizes become less so, and the network computes the same."""

import numpy as np
import pytest

from aipu.dialects import nn
from aipu.dialects.quant import UniformType
from aipu.dialects.semantics.evaluate import evaluate
from aipu.frontends.model import ImportedModel
from aipu.frontends.network import Emitter, Network
from aipu.passes.authoring.context import AipuContext
from aipu.passes.authoring.functions import main_function
from aipu.passes.authoring.pinned import pin
from aipu.passes.quantising.scale_features import scales
from aipu.passes.registry import PASSES
from aipu.passes.running.pipeline import build_pipeline, run_pipeline

SIZES = np.array([64.0, 4.0, 0.25])
"""Root mean squares of the features."""


@pytest.fixture
def samples() -> np.ndarray:
    noise = np.random.default_rng(0).standard_normal((50, 4, 3))
    return (noise * SIZES).astype(np.float32)


def network(*, product: bool = True) -> ImportedModel:
    """Two steps of a sequence [1, 4, 3], each read by the same weight; or a clamp."""
    made = Network({"x": (1, 4, 3)})
    node = Emitter(made, "node", "test")
    x = node.emit(nn.TransposeOp(made.inputs["x"], (1, 0, 2)))
    generator = np.random.default_rng(1)
    weight = generator.standard_normal((5, 3), np.float32)
    steps = []
    for step in (1, 3):
        part = node.emit(nn.SliceOp(x, (step, 0, 0), (1, 1, 3), (1, 1, 1)))
        row = node.emit(nn.ReshapeOp(part, (1, 3)))
        operands = (node.weight("w", weight), node.no_bias(5))
        steps.append(node.emit(nn.FullyConnectedOp(row, *operands)))
    outputs = {"first": steps[0], "second": steps[1]}
    if not product:
        outputs["clamped"] = node.emit(nn.ClampOp(x, 0.0, 1.0))
    return made.finish("network", outputs)


def scaled(
    model: ImportedModel, samples: np.ndarray, arithmetic: str = "aipu"
) -> list[str]:
    """Run the pass on a model; return the names of its operators."""
    context = AipuContext(model.weights, {"x": samples})
    text = f"place-operators,scale-features{{arithmetic={arithmetic}}}"
    pipeline = build_pipeline(text, PASSES)
    run_pipeline(pipeline, model.module, context)
    return [op.name for op in model.module.walk()]


def test_features_go_half_of_the_way(samples):
    assert scales(samples.reshape(-1, 3)).tolist() == [1 / 8, 1 / 2, 2]


def test_the_network_computes_the_same_bits(samples):
    model, x = network(), samples[:1]
    before = evaluate(main_function(model.module), [x], model.weights)
    assert scaled(model, samples).count("nn.mul") == 1
    after = evaluate(main_function(model.module), [x], model.weights)
    for array, expected in zip(after, before, strict=True):
        assert np.array_equal(array, expected)


def test_a_weight_that_several_read_is_changed_once(samples):
    model = network()
    scaled(model, samples)
    assert [key for key in model.weights if key.endswith("unscaled")] == ["w/unscaled"]


def test_an_input_that_others_read_stays(samples):
    assert "nn.mul" not in scaled(network(product=False), samples)


def test_an_input_that_the_model_has_as_integers_stays(samples):
    """Its integers are given; what is scaled after them is rounded twice."""
    model = network()
    pin(main_function(model.module).args[0], UniformType(0.5, 0))
    assert "nn.mul" not in scaled(model, samples)


def test_features_of_one_size_stay(samples):
    alike = (samples / SIZES).astype(np.float32)
    assert "nn.mul" not in scaled(network(), alike)


def test_arm_chinas_arithmetic_leaves_features_alone(samples: np.ndarray):
    assert "nn.mul" in scaled(network(), samples)
    assert "nn.mul" not in scaled(network(), samples, "zhouyi")
