"""Samples of which one half leaves the ranges of the other."""

import numpy as np
import pytest

from aipu.dialects import nn
from aipu.frontends.network import Emitter, Network
from aipu.passes.authoring.context import AipuContext
from aipu.passes.quantising.calibrate import CalibratePass
from aipu.passes.quantising.calibration.halves import share_outside


def said(samples: np.ndarray) -> list[str]:
    """The warnings of calibrating a ReLU named `positive` on samples [N, 8]."""
    network = Network({"x": (1, 8)})
    node = Emitter(network, "positive", "Relu")
    taken = node.emit(nn.ClampOp(network.inputs["x"], 0.0, 1e30))
    model = network.finish("net", {"y": taken})
    context = AipuContext(model.weights, {"x": samples})
    CalibratePass().apply(context, model.module)
    return list(context.warnings.lines())


def quiet_then_loud(count: int) -> np.ndarray:
    """Half as loud as 1, the other half as loud as 10, of either sign."""
    generator = np.random.default_rng(0)
    samples = generator.uniform(0.5, 1, (count, 8)) * np.array([1, -1] * 4)
    samples[count // 2 :] *= 10
    return samples


def test_halves_that_are_unlike_are_told_with_tensor_and_share() -> None:
    (line,) = said(quiet_then_loud(32))
    assert line.startswith("100 % of one half of the calibration samples")
    assert "the range that 'x' has in the other half" in line


def test_the_same_samples_mixed_are_no_matter() -> None:
    samples = quiet_then_loud(32)
    assert said(np.random.default_rng(1).permutation(samples)) == []


def test_too_few_samples_are_not_judged() -> None:
    assert said(quiet_then_loud(14)) == []


@pytest.mark.parametrize(
    "second, share",
    [((-0.2, 1.2), 0.0), ((0.0, 1.3), 1.0), ((-0.3, 1.0), 1.0)],
    ids=["within a quarter", "above", "below"],
)
def test_a_range_is_left_by_a_quarter_of_its_extent(
    second: tuple[float, float], share: float
) -> None:
    ends = np.array([(0.0, 1.0)] * 8 + [second] * 8)
    assert share_outside(ends) == share
