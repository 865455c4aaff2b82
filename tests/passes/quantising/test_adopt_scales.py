"""What lies between the integers of a tensor has their type."""

import numpy as np
import pytest

from aipu.dialects import nn
from aipu.dialects.quant import UniformType
from aipu.frontends.network import Emitter, Network
from aipu.passes.authoring.context import AipuContext
from aipu.passes.authoring.pinned import pinned
from aipu.passes.registry import PASSES
from aipu.passes.running.pipeline import build_pipeline, run_pipeline

ELEMENT = UniformType(0.25, -3)
MEANS = np.array([[1.0, 0.0], [0.25, 0.75]])


def pins_after(weight, bias) -> list[UniformType | None]:
    """Of a pinned input, multiplied and moved, what the pass pins."""
    network = Network({"x": (1, 4, 1, 2)})
    node = Emitter(network, "node", "test")
    x = node.pinned(network.inputs["x"], ELEMENT)
    operands = (
        node.weight("w", np.reshape(weight, (2, 1, 1, 2))),
        node.weight("b", np.array(bias)),
    )
    product = node.emit(nn.Conv2dOp(x, *operands))
    moved = node.emit(nn.TransposeOp(product, (0, 3, 1, 2)))
    model = network.finish("network", {"y": node.emit(nn.ExpOp(moved))})
    context = AipuContext(model.weights)
    run_pipeline(build_pipeline("adopt-scales", PASSES), model.module, context)
    made = (nn.Conv2dOp, nn.TransposeOp, nn.ExpOp)
    return [pinned(op.ofm) for op in model.module.walk() if isinstance(op, made)]


def test_means_have_the_integers_of_what_they_are_means_of():
    assert pins_after(MEANS, [0.0, 0.0]) == [ELEMENT, ELEMENT, None]


@pytest.mark.parametrize(
    "weight, bias",
    [(2 * MEANS, [0.0, 0.0]), (MEANS, [0.0, 0.5]), (MEANS - [[-1, 1], [0, 0]], [0, 0])],
    ids=["sums", "with a bias", "beyond"],
)
def test_other_products_may_leave_them(weight, bias):
    assert pins_after(weight, bias) == [None, None, None]
