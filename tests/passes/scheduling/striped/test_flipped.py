"""What is turned around has all of its rows and columns, and is no part of channels."""

import numpy as np
import pytest

from aipu.tests.passes.scheduling.striped.compared import Compared
from aipu.tests.passes.scheduling.striped.networks import Network, samples

CHANNELS = 8


@pytest.mark.parametrize("axis", [2, 3])
def test_rows_and_columns_turned_around_are_copied(axis: int) -> None:
    net = Network()
    net.conv("x", "a", (CHANNELS, CHANNELS), 3, pad=1)
    bounds = {"last": -1, "before": -(1 << 40), "axis": axis, "back": -1}
    net.weights |= {name: np.array([number]) for name, number in bounds.items()}
    net.node("Slice", ["a", *bounds], "b")
    net.conv("b", "c", (CHANNELS, CHANNELS), 3, pad=1)
    Compared(net.model(CHANNELS, "c"), samples(CHANNELS)).checked("dp")
