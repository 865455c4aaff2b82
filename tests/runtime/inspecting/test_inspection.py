"""What `aipu inspect` finds in a model."""

from math import prod

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from aipu.passes.authoring.places import HOST, MACHINE
from aipu.passes.quantising.placement.pins import Pins
from aipu.runtime.building.driver import Options
from aipu.runtime.inspecting.inspection import inspect


def model() -> onnx.ModelProto:
    """A convolution of 4 channels with a relu and a softmax over channels."""
    weight = np.ones((4, 3, 3, 3), np.float32)
    nodes = [
        helper.make_node("Conv", ["image", "w"], ["conv"], name="conv"),
        helper.make_node("Relu", ["conv"], ["relu"], name="relu"),
        helper.make_node("Softmax", ["relu"], ["classes"], name="classes", axis=1),
    ]
    graph = helper.make_graph(
        nodes,
        "small",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, [1, 3, 10, 10])],
        [helper.make_tensor_value_info("classes", TensorProto.FLOAT, None)],
        [numpy_helper.from_array(weight, "w")],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])


def test_what_a_model_needs() -> None:
    found = inspect(model(), Options())
    assert found.inputs == {"image": (1, 3, 10, 10)}
    assert found.outputs == {"classes": (1, 4, 8, 8)}
    assert found.macs == 8 * 8 * 4 * 3 * 3 * 3
    assert found.parameters == 4 * 3 * 3 * 3 + 4
    assert found.live_bytes >= prod((1, 4, 8, 8))


def test_what_will_run_where_and_why() -> None:
    kinds = {kind.op: kind for kind in inspect(model(), Options()).kinds}
    assert kinds["conv2d"].place == MACHINE
    assert kinds["conv2d"].reason == ""
    assert kinds["softmax"].place == HOST
    assert kinds["softmax"].reason
    shares = [kind.share for kind in inspect(model(), Options()).kinds]
    assert sum(shares) == pytest.approx(1)


def test_what_the_host_would_take_is_an_estimate() -> None:
    """The softmax: 256 exponentials, two maps of 1,024 bytes, 86,000 cycles before."""
    kinds = {kind.op: kind for kind in inspect(model(), Options()).kinds}
    cycles = 256 / 0.047 + 2048 / 3.8 + 86_000
    assert kinds["softmax"].host_ms == pytest.approx(cycles / 1.5e6)
    assert kinds["conv2d"].host_ms is None
    others = inspect(model(), Options(target="tpu-256x256")).kinds
    assert {kind.host_ms for kind in others} == {None}


def test_pins_say_what_runs_where() -> None:
    pins = Pins(host=["conv"], machine=["type:transpose"])
    kinds = {kind.op: kind for kind in inspect(model(), Options(pins=pins)).kinds}
    assert kinds["conv2d"].reason == "it is pinned to the host"
    assert kinds["transpose"].place == MACHINE
