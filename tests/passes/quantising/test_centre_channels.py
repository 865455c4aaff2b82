"""What keeps channels far from zero goes where reals, biases and constants are."""

import numpy as np
import pytest
from xdsl.ir import SSAValue

from aipu.dialects import nn
from aipu.dialects.quant import UniformType
from aipu.dialects.semantics.evaluate import evaluate
from aipu.frontends.model import ImportedModel
from aipu.frontends.network import Emitter, Network
from aipu.passes.authoring.context import AipuContext
from aipu.passes.authoring.functions import main_function
from aipu.passes.authoring.pinned import pin
from aipu.passes.quantising.offset_arrays import compact, last_axis, lowered_clamp, sums
from aipu.passes.registry import PASSES
from aipu.passes.running.pipeline import build_pipeline, run_pipeline

GENERATOR = np.random.default_rng(0)
SAMPLES = GENERATOR.uniform(-1, 1, (8, 4, 4, 2)).astype(np.float32)
FAR, NEAR = np.full(3, 500, np.float32), np.zeros(3, np.float32)
APART = np.array([500, -500, 0], np.float32)


def network(bias: np.ndarray, clamp: nn.ClampAttr = nn.NO_CLAMP) -> ImportedModel:
    """A convolution, and another one of it."""
    made = Network({"x": (1, 4, 4, 2)})
    node = Emitter(made, "node", "test")
    first, second = (
        node.weight(
            name, np.random.default_rng(3).normal(size=shape).astype(np.float32)
        )
        for name, shape in (("w", (3, 1, 1, 2)), ("v", (2, 1, 1, 3)))
    )
    c = node.emit(
        nn.Conv2dOp(made.inputs["x"], first, node.weight("b", bias), activation=clamp)
    )
    y = node.emit(nn.Conv2dOp(c, second, node.no_bias(2)))
    return made.finish("network", {"y": y})


def bias_after(
    model: ImportedModel, samples: np.ndarray, options: str = ""
) -> np.ndarray:
    """What the first convolution adds when the pass has run."""
    context = AipuContext(model.weights, {"x": samples})
    text = f"place-operators,centre-channels{options}"
    run_pipeline(build_pipeline(text, PASSES), model.module, context)
    first = next(op for op in model.module.walk() if isinstance(op, nn.Conv2dOp))
    owner = first.bias.owner
    assert isinstance(owner, nn.WeightOp)
    return model.weights[owner.key.data]


def made_first(model: ImportedModel) -> SSAValue:
    return next(op.ofm for op in model.module.walk() if isinstance(op, nn.Conv2dOp))


@pytest.mark.parametrize("clamp", [nn.NO_CLAMP, nn.RELU])
def test_the_bias_loses_what_is_far(clamp: nn.ClampAttr) -> None:
    assert np.abs(bias_after(network(FAR, clamp), SAMPLES)).max() < 4


def test_each_channel_has_a_middle_of_its_own() -> None:
    assert np.abs(bias_after(network(APART), SAMPLES)).max() < 4


@pytest.mark.parametrize("bias", [FAR, APART], ids=["far", "apart"])
def test_the_network_computes_the_same(bias: np.ndarray) -> None:
    model, x = network(bias), 3 * SAMPLES[:1]
    expected, after = (
        evaluate(main_function(model.module), [x], model.weights, precision=np.float64)
        for _ in (None, bias_after(model, SAMPLES))
    )
    assert after[0] == pytest.approx(expected[0], rel=1e-6, abs=1e-3)


@pytest.mark.parametrize(
    ("bias", "clamp", "samples", "options"),
    [
        (NEAR, nn.NO_CLAMP, SAMPLES, ""),
        (APART, nn.RELU, SAMPLES, ""),
        (APART, nn.NO_CLAMP, SAMPLES[:2], ""),
        (FAR, nn.NO_CLAMP, SAMPLES, "{arithmetic=zhouyi}"),
    ],
    ids=["near", "one clamp for all channels", "too few elements", "Arm-China's"],
)
def test_stays(
    bias: np.ndarray, clamp: nn.ClampAttr, samples: np.ndarray, options: str
) -> None:
    assert bias_after(network(bias, clamp), samples, options).tolist() == bias.tolist()


def test_integers_of_the_model_stay() -> None:
    model = network(FAR)
    pin(made_first(model), UniformType(4.0, -128))
    assert bias_after(model, SAMPLES).tolist() == FAR.tolist()


def test_offsets_of_groups_go_through_their_own_weights() -> None:
    weight, columns = GENERATOR.normal(size=(4, 3, 3, 2)), GENERATOR.normal(size=6 - 2)
    expected = [
        (weight[m] * columns[2 * (m // 2) : 2 * (m // 2) + 2]).sum() for m in range(4)
    ]
    assert sums(weight, columns) == pytest.approx(np.array(expected))


def test_only_axes_that_matter_are_kept() -> None:
    channels = np.array([1.0, 2.0])
    offset = np.broadcast_to(channels, (1, 4, 4, 2))
    assert compact(offset).shape == (1, 1, 1, 2)
    found = last_axis(offset)
    assert found is not None and np.array_equal(found, channels)
    assert last_axis(np.arange(4.0).reshape(2, 2)) is None


def test_a_clamp_is_lowered_by_one_number_only() -> None:
    assert lowered_clamp(nn.RELU, np.array([5.0])) == nn.ClampAttr(nn.Clamp(-5.0))
    assert lowered_clamp(nn.RELU, np.array([5.0, 6.0])) is None
    assert lowered_clamp(nn.NO_CLAMP, np.array([5.0, 6.0])) == nn.NO_CLAMP
