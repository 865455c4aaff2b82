"""A strategy that gives nonsense is told so in one message."""

from collections.abc import Callable

import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper

from aipu.dialects.tile import StripedSchedule, Weights
from aipu.errors import AipuError
from aipu.passes.scheduling.strategies.layerwise import Layerwise
from aipu.passes.scheduling.strategies.strategy import Deciding
from aipu.tests.quantised import Quantised

TARGET = "tpu-256x256"
"""Whose array has one dataflow."""


def quantised(target: str = "r329") -> Quantised:
    """Three 1x1 convolutions, and a sum of what the first and the third make."""
    weights = np.random.default_rng(0).normal(0, 0.3, (3, 4, 4, 1, 1))
    names = ["x", "a", "b", "c"]
    nodes = [
        helper.make_node("Conv", [names[n], f"w{n}"], [names[n + 1]], names[n + 1])
        for n in range(3)
    ]
    graph = helper.make_graph(
        [*nodes, helper.make_node("Add", ["a", "c"], ["y"], "y")],
        "net",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 4, 5, 6])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
        [
            numpy_helper.from_array(weight.astype(np.float32), f"w{n}")
            for n, weight in enumerate(weights)
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)])
    samples = np.random.default_rng(1).normal(0, 1, (4, 4, 5, 6)).astype(np.float32)
    return Quantised(model, samples, target)


@pytest.fixture(scope="module")
def network() -> Quantised:
    return quantised(TARGET)


def together(*names: str, **changes) -> Callable:
    """All by themselves but some, which are one group in stripes."""

    def schedule(graph, machine):
        alone = dict(Layerwise().schedule(graph, machine))
        one = StripedSchedule(2, (Weights(),) * len(names), "ws")._replace(**changes)
        return {**{n: s for n, s in alone.items() if n not in names}, names: one}

    return schedule


def changed(**changes) -> Callable:
    """All by themselves, one of them in another way."""

    def schedule(graph, machine):
        alone = dict(Layerwise().schedule(graph, machine))
        return {**alone, "b": alone["b"]._replace(**changes)}

    return schedule


def tiles_of_several(graph, machine):
    alone = dict(Layerwise().schedule(graph, machine))
    return {("b", "c"): alone.pop("c"), **{n: s for n, s in alone.items() if n != "b"}}


def of_nothing():
    return {}


def nothing(graph, machine):
    return None


def no_schedule(graph, machine):
    return {group.name: 3 for group in graph.groups}


NONSENSE = {
    "neighbours": (together("a", "c"), r"a, c: .* no neighbours, or in another order"),
    "order": (together("c", "b"), r"c, b: .* in another order"),
    "twice": (together("b", "b"), r"b: .* is scheduled already"),
    "unknown": (together("b", "d"), r"d: .* though it is no group"),
    "none": (together(), r"gives \(\) in place of names"),
    "rows": (
        together("b", "c", rows=0),
        r"rows, images, slots and channels count at least 1",
    ),
    "too few": (
        together("b", "c", weights=(Weights(),)),
        r"c: .* 1 operators .* has 2",
    ),
    "channels": (
        together("b", "c", weights=(Weights(), Weights(2, 5))),
        r"c: .* the weights of 5 channels .* nn.conv2d has 4",
    ),
    "no weights": (
        together("a", "b", "c", "y", weights=(Weights(),) * 3 + (Weights(2, 4),)),
        r"y: .* nn.add has no weights",
    ),
    "operator": (
        together("y/transpose"),
        r"y/transpose: .* nn.transpose of \[1, 4, 5, 6\] cannot run in stripes",
    ),
    "negative": (
        together("b", "c", weights=(Weights(-1, 4), Weights())),
        r"rows, images, slots and channels count at least 1",
    ),
    "dataflow": (together("b", "c", dataflow="os"), r"c: .* has no dataflow 'os'"),
    "word": (together("b", "c", dataflow="xx"), r"no dataflow 'xx'"),
    "tiles": (
        tiles_of_several,
        r"c: .* runs 2 operators in stripes, not in tiles",
    ),
    "tile": (changed(rows=0), r"tiles and slots count at least 1"),
    "loop": (
        changed(order=("sideways",)),
        r"b: .* the schedule names a loop 'sideways'",
    ),
    "of nothing": (of_nothing, r"failed: TypeError: of_nothing\(\) takes 0"),
    "nothing": (nothing, r"gives NoneType in place of schedules"),
    "no schedule": (no_schedule, r"gives 3 in place of a schedule"),
}


@pytest.mark.parametrize("case", NONSENSE)
def test_nonsense_is_one_message(network, case):
    decide, message = NONSENSE[case]
    with pytest.raises(AipuError, match=message):
        network.by(Deciding(decide))


def test_a_group_that_joins_nothing_is_launched():
    """The first has none before it."""

    def joined(graph, machine):
        alone = Layerwise().schedule(graph, machine)
        return {name: each._replace(joined=True) for name, each in alone.items()}

    package = quantised().by(Deciding(joined))
    assert all(row.equal for row in package.verify())
