"""What a frontend can say of a model that is quantised already."""

import numpy as np

from aipu.dialects.quant import UniformType
from aipu.dialects.semantics.evaluate import evaluate
from aipu.frontends.network import Emitter, Network
from aipu.passes.authoring.functions import main_function


def test_a_weight_keeps_the_scale_of_its_integers() -> None:
    network = Network({"x": (1, 4)})
    emitter = Emitter(network, "conv", "Conv")
    scale = np.array([0.5, 0.25], np.float32)
    emitter.weight("w", np.array([[1.5], [-0.75]]), scale)
    (weight,) = network.block.ops
    assert str(weight) == '%conv = nn.weight "w" scale "w/scale" : tensor<2x1xf32>'
    assert np.array_equal(network.weights["w/scale"], scale)


def test_a_pinned_value_is_a_multiple_of_its_scale_within_int8() -> None:
    network = Network({"x": (4,)})
    emitter = Emitter(network, "q", "QuantizeLinear")
    pinned = emitter.pinned(network.inputs["x"], UniformType(0.5, 100))
    model = network.finish("net", {"y": pinned})
    x = np.array([0.3, 0.74, 100, -200], np.float32)
    (y,) = evaluate(main_function(model.module), [x], model.weights)
    assert y.tolist() == [0.5, 0.5, 13.5, -114.0]
