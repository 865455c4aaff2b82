"""How long groups take that follow each other, held to the simulator."""

import pytest

from aipu.backend_aipu.machine import load_machine
from aipu.dialects.tile import StripedSchedule, Weights
from aipu.passes.scheduling.schedules.check import check
from aipu.passes.scheduling.schedules.parts import graphs, staying
from aipu.passes.scheduling.strategies.layerwise import Layerwise
from aipu.passes.scheduling.striped.cost.estimate import asked_of
from aipu.passes.scheduling.striped.cost.following import START
from aipu.tests.passes.scheduling.scheduled import Scheduled
from aipu.tests.passes.scheduling.striped.networks import Network

R329 = load_machine("r329")


def striped(rows: int, operators: int, *, kept: bool, joined: bool) -> StripedSchedule:
    """All weights there at once."""
    weights = (Weights(),) * operators
    return StripedSchedule(rows, weights, "ws", True, joined, kept)


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("rows", [4, 5, 7, 8, 13])
def test_constants_come_behind_the_padding_below(rows):
    """Two convolutions in stripes, then one that waits for its weights: these come no
    sooner than the last stripe may write its padding.
    """
    net = Network()
    net.conv("x", "a", (32, 32), 3, pad=1)
    net.conv("a", "b", (32, 32), 3, pad=1)
    net.conv("b", "c", (32, 256), 3, pad=1, stride=4)
    network = Scheduled(net.model(32, "c"), R329)
    graph = network.graph
    schedules = {
        **Layerwise().schedule(graph, R329),
        ("a", "b"): striped(rows, 2, kept=True, joined=False),
        ("c",): striped(4, 1, kept=False, joined=True),
    }
    del schedules["a"], schedules["b"], schedules["c"]
    parts, done = check(graph, schedules, R329)[:2], START
    (kept,) = staying(graph, parts).values()
    for part, together in zip(parts, graphs(graph, parts), strict=True):
        assert together is not None
        assert isinstance(part.schedule, StripedSchedule)
        spent = asked_of(together, part.schedule, R329)
        done = done.follow(spent, R329, kept.kept.bytes)
    simulated = sum(layer.running_cycles for layer in network.layers(schedules)[:2])
    assert done.running == pytest.approx(simulated, rel=0.01)
