"""Weights that two of int8 are too few for are no weights of eight bits."""

import numpy as np
import pytest

from aipu.dialects import nn
from aipu.errors import AipuError
from aipu.frontends.model import ImportedModel
from aipu.frontends.network import Emitter, Network
from aipu.passes.authoring.context import AipuContext
from aipu.passes.registry import PASSES
from aipu.passes.running.pipeline import build_pipeline, run_pipeline


def layer(largest: float) -> ImportedModel:
    """A fully connected layer; its weights are multiples of 0.5."""
    made = Network({"x": (1, 4)})
    node = Emitter(made, "fc", "test")
    weight = np.array([[1, 2, 3, largest]], np.float32)
    operands = (node.weight("w", weight, np.array([0.5])), node.no_bias(1))
    ofm = node.emit(nn.FullyConnectedOp(made.inputs["x"], *operands))
    return made.finish("network", {"y": ofm})


def split(model: ImportedModel) -> None:
    context = AipuContext(model.weights)
    run_pipeline(build_pipeline("split-wide-weights", PASSES), model.module, context)


def test_nine_bits_become_two_of_eight() -> None:
    model = layer(127)
    split(model)
    assert model.weights["w/split"].tolist() == [[1, 2, 3, 63.5, 0, 0, 0, 63.5]]


@pytest.mark.parametrize("largest", [127.5, -128.5, 1e30, np.inf])
def test_more_are_refused(largest: float) -> None:
    with pytest.raises(AipuError) as caught:
        split(layer(largest))
    assert "the integers of its weight must lie in [-256, 254]" in str(caught.value)
    assert caught.value.place == "fc"
