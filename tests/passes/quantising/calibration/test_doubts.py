"""Calibration data that fits and is doubtful: too few samples, or all alike."""

import numpy as np
import pytest
from xdsl.dialects.builtin import ModuleOp

from aipu.dialects import nn
from aipu.dialects.quant import UniformType
from aipu.frontends.network import Emitter, Network
from aipu.passes.authoring.context import AipuContext
from aipu.passes.quantising.adopt_scales import AdoptScalesPass
from aipu.passes.quantising.calibrate import CalibratePass

GENERATOR = np.random.default_rng(0)


def classifier(
    classes: int, features: int = 6, behind: int = 0
) -> tuple[ModuleOp, AipuContext]:
    """The first `classes` of the features, with some axes of 1 behind them."""
    network = Network({"x": (2, features)})
    node = Emitter(network, "classes", "Slice")
    taken = node.emit(nn.SliceOp(network.inputs["x"], [0, 0], [2, classes], [1, 1]))
    shaped = node.emit(nn.ReshapeOp(taken, (2, classes, *[1] * behind)))
    model = network.finish("net", {"y": shaped})
    return model.module, AipuContext(model.weights)


def said(module: ModuleOp, context: AipuContext, **samples: np.ndarray) -> list[str]:
    """The warnings of calibrating on samples."""
    context.samples = samples
    CalibratePass().apply(context, module)
    return list(context.warnings.lines())


def of_classes(winners: list[int], features: int = 6) -> np.ndarray:
    """Samples of noise in which these features are the largest."""
    samples = GENERATOR.uniform(0, 1, (len(winners), features))
    samples[range(len(winners)), winners] += 2
    return samples


def test_samples_of_all_classes_are_no_matter() -> None:
    assert said(*classifier(4), x=of_classes([0, 1, 2, 3] * 8)) == []


@pytest.mark.parametrize("behind", [0, 2])
def test_samples_of_one_class(behind: int) -> None:
    (line,) = said(*classifier(4, behind=behind), x=of_classes([2] * 31))
    assert "output 2 is the largest in 31 of 31 calibration samples" in line


def test_most_samples_of_one_class() -> None:
    (line,) = said(*classifier(4), x=of_classes([2] * 64 + [0, 1, 3] * 12))
    assert "64 of 100" in line


def test_a_class_that_is_only_frequent() -> None:
    assert said(*classifier(4), x=of_classes([2] * 60 + [0, 1, 3, 1] * 10)) == []


@pytest.mark.parametrize("classes", [2, 6], ids=["two outputs", "an autoencoder"])
def test_outputs_that_are_no_scores(classes: int) -> None:
    assert said(*classifier(classes), x=of_classes([0] * 32)) == []


def test_a_dozen_samples_are_not_judged() -> None:
    assert said(*classifier(4), x=of_classes([1] * 12)) == []


@pytest.mark.parametrize(
    "count, words",
    [(1, "1 calibration sample: "), (7, "7 calibration samples: ")],
)
def test_few_samples(count: int, words: str) -> None:
    (line,) = said(*classifier(2), x=of_classes([0] * count))
    assert line.startswith(words)
    assert "take 8 or more" in line


def test_samples_that_repeat_others() -> None:
    repeated = np.tile(of_classes([0] * 5), (20, 1))
    (line,) = said(*classifier(2), x=repeated)
    assert line.startswith("5 of 100 calibration samples differ")


def test_a_repetition_in_one_input_only_is_no_repetition() -> None:
    network = Network({"a": (1, 2), "b": (1, 2)})
    node = Emitter(network, "sum", "Add")
    both = node.emit(nn.AddOp(network.inputs["a"], network.inputs["b"]))
    model = network.finish("net", {"y": both})
    context = AipuContext(model.weights)
    same = np.tile(GENERATOR.normal(size=(1, 2)), (16, 1))
    assert said(model.module, context, a=same, b=GENERATOR.normal(size=(16, 2))) == []


def test_no_samples_at_all() -> None:
    module, context = classifier(4)
    CalibratePass().apply(context, module)
    (line,) = context.warnings.lines()
    assert line.startswith("no calibration data: the scales come from noise")


def test_data_for_a_model_with_scales_of_its_own() -> None:
    network = Network({"x": (1, 4)})
    node = Emitter(network, "q", "QuantizeLinear")

    element = UniformType(0.5, 0)
    x = node.pinned(network.inputs["x"], element)
    doubled = node.emit(nn.AddOp(x, x))
    model = network.finish("net", {"y": node.pinned(doubled, element)})
    context = AipuContext(model.weights)
    AdoptScalesPass().apply(context, model.module)
    (line,) = said(model.module, context, x=GENERATOR.normal(size=(16, 4)))
    assert "the calibration data is not used" in line
