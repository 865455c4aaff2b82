"""Slices of whole rows are addresses: nothing moves, whoever decides what runs when."""

import numpy as np
import pytest

from aipu.tests.passes.scheduling.striped.compared import Compared
from aipu.tests.passes.scheduling.striped.networks import ROWS, Network, samples

CHANNELS = 8


def rows(net: Network, ifm: str, ofm: str, first: int, last: int) -> str:
    """Rows [first, last) of an image."""
    ends = {"starts": [first], "ends": [last], "axes": [2]}
    for name, values in ends.items():
        net.weights[f"{ofm}.{name}"] = np.array(values, np.int64)
    return net.node("Slice", [ifm, *(f"{ofm}.{name}" for name in ends)], ofm)


def of_parts() -> Network:
    """What a convolution makes in parts: of each another, and a sum of two of them."""
    net = Network()
    net.conv("x", "a", (CHANNELS, CHANNELS), 3, pad=1)
    rows(net, "a", "upper", 0, 5)
    rows(net, "a", "lower", ROWS - 5, ROWS)
    rows(net, "upper", "inner", 1, 4)
    net.conv("upper", "b", (CHANNELS, CHANNELS), 3, pad=1)
    net.conv("inner", "c", (CHANNELS, CHANNELS), 3, pad=1)
    net.node("Add", ["upper", "lower"], "d")
    net.node("Add", [rows(net, "b", "inner.b", 1, 4), "c"], "e")
    net.node("Add", [rows(net, "d", "inner.d", 1, 4), "e"], "sum")
    return net


@pytest.fixture(scope="module")
def compared() -> Compared:
    return Compared(of_parts().model(CHANNELS, "sum"), samples(CHANNELS))


@pytest.mark.parametrize("strategy", ["layerwise", "packed", "greedy", "dp"])
def test_parts_are_read_where_they_lie(strategy: str, compared: Compared) -> None:
    package = compared.checked(strategy)
    works = {layer.name for layer in package.profile.layers}
    assert {"a", "sum"} <= works
    assert not {"upper", "lower", "inner"} & works


def test_a_part_that_leaves_the_network_is_made() -> None:
    net = of_parts()
    result = rows(net, "sum", "out", 1, 3)
    compared = Compared(net.model(CHANNELS, result), samples(CHANNELS))
    compared.checked("dp")
