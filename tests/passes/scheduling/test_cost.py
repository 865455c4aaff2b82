"""What schedules in tiles are said to move, held to a count and to the simulator."""

from math import prod

import numpy as np
import onnx
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from onnx import TensorProto, helper

from aipu.backend_aipu.machine import load_machine
from aipu.dialects.tile import GroupSchedule
from aipu.passes.machine_forms.stage import Copy, Kind, Map, Stage, View, Window
from aipu.passes.scheduling.strategies.layerwise import Layerwise
from aipu.passes.scheduling.tiled.cost import cost
from aipu.passes.scheduling.tiled.group import Group
from aipu.passes.scheduling.tiled.plan import plan
from aipu.tests.passes.scheduling.scheduled import Scheduled

R329 = load_machine("r329")
BURST = R329.dram.burst


def tiled(rows: int, columns: int, channels: int) -> GroupSchedule:
    """A move in tiles of a size."""
    order = ("image", "row", "column", "group", "channel")
    return GroupSchedule(order, rows, columns, channels, 1, "ws", 2)


def padded(source: Map, low: Map, high: Map) -> Stage:
    """A move of a map into a larger one, whose channels fill bursts."""
    target = tuple(sum(each) for each in zip(low, source, high, strict=True))
    assert len(target) == 4
    flat = (1, prod(target), 1, 1)
    origin = (-low[0], -low[1], -low[2], -low[3])
    copy = Copy(0, View.dense(source), origin, View.dense(target))
    one, none = (1, 1), (0, 0, 0, 0)
    return Stage(
        name="pad",
        operator="nn.pad",
        mnemonic="",
        kind=Kind.MOVE,
        ifm=flat,
        ofm=flat,
        window=Window(one, one, one, none),
        copies=(copy,),
    )


@example((1, 4), (4, 12, 0, 10), (2, 3))
@given(
    st.tuples(*[st.integers(1, 9)] * 2),
    st.tuples(*[st.integers(0, 12)] * 4),
    st.tuples(*[st.integers(1, 8)] * 2),
)
def test_padding_brings_every_byte_once(extents, pads, tile):
    """However little of a tile lies inside of the map: nothing, in some."""
    (rows, columns), (above, below, left, right) = extents, pads
    source = (1, rows, columns, BURST)
    stage = padded(source, (0, above, left, 0), (0, below, right, 0))
    target = stage.copies[0].target.shape
    height, width = (min(pair) for pair in zip(tile, target[1:3], strict=True))
    nests = plan(Group("pad", stage), tiled(height, width, BURST))
    moved = prod(source) + prod(target)
    assert cost(nests, R329).dram_bytes == moved


def channels_more() -> onnx.ModelProto:
    """Twice the channels, the new ones on both sides, before a convolution."""
    shape = [1, 16, 16, 16]
    pads = np.array([0, 8, 0, 0, 0, 8, 0, 0])
    weight = np.random.default_rng(0).normal(0, 0.2, (8, 32, 1, 1))
    graph = helper.make_graph(
        [
            helper.make_node("Relu", ["x"], ["r"], "relu"),
            helper.make_node("Pad", ["r", "pads"], ["p"], "pad"),
            helper.make_node("Conv", ["p", "w"], ["y"], "conv"),
        ],
        "net",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
        [
            helper.make_tensor("pads", TensorProto.INT64, [8], pads),
            helper.make_tensor("w", TensorProto.FLOAT, weight.shape, weight.flatten()),
        ],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)])


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("channels", [1, 4, 8, 32])
def test_tiles_outside_of_a_map_cost_what_is_simulated(channels):
    network = Scheduled(channels_more(), R329)
    alone = Layerwise().schedule(network.graph, R329)
    (pad,) = (g for g in network.graph.groups if g.stage.operator == "nn.pad")
    tile = tiled(256, 1, channels)
    layers = network.layers({**alone, pad.name: tile})
    (layer,) = (layer for layer in layers if layer.name == pad.name)
    said = cost(plan(pad, tile), R329).cycles
    assert said == pytest.approx(layer.running_cycles, rel=0.15)
