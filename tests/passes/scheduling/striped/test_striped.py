"""Groups in stripes compute the same bits, without a hazard, with less traffic."""

import pytest

import aipu
from aipu.errors import AipuError
from aipu.passes.scheduling.strategy import STRATEGIES
from aipu.tests.passes.scheduling.striped.networks import NETWORKS, Network, samples
from aipu.tests.passes.scheduling.striped.strategies import (
    EachKept,
    Stripes,
    assert_the_same,
)
from aipu.tests.within_bounds import assert_within_bounds


@pytest.fixture(scope="module", params=NETWORKS)
def network(request):
    model, channels, least = NETWORKS[request.param]()
    images = samples(channels)
    layerwise = aipu.compile(model, calibration=images, strategy="layerwise")
    return model, images, least, layerwise


@pytest.mark.parametrize("rows", [1, 2, 3, 20])
@pytest.mark.parametrize("streams, ahead", [(False, True), (True, True), (True, False)])
def test_stripes_of_any_height_compute_the_same(
    network, rows, streams, ahead, monkeypatch
):
    model, images, least, layerwise = network
    strategy = Stripes(rows, streams, ahead, least)
    monkeypatch.setitem(STRATEGIES, "stripes", lambda: strategy)
    package = aipu.compile(model, calibration=images, strategy="stripes")
    assert_the_same(package, layerwise, images[:1])
    if not streams:  # weights that come again in every stripe may be more
        assert package.report["dram_bytes"] < layerwise.report["dram_bytes"]


@pytest.mark.parametrize("rows", [1, 3, 20])
@pytest.mark.parametrize("streams", [False, True])
def test_results_that_stay_on_chip_are_the_same(network, rows, streams, monkeypatch):
    """Every operator by itself in stripes, each result kept where it can be."""
    model, images, _, layerwise = network
    monkeypatch.setitem(STRATEGIES, "kept", lambda: EachKept(rows, streams))
    package = aipu.compile(model, calibration=images, strategy="kept")
    assert_the_same(package, layerwise, images[:1])
    if not streams:
        assert package.report["dram_bytes"] < layerwise.report["dram_bytes"]


@pytest.mark.parametrize("depth", [1, 3, 7])
def test_the_last_part_of_a_depth_may_be_less(network, depth, monkeypatch):
    model, images, least, layerwise = network
    strategy = Stripes(3, True, True, least, depth)
    monkeypatch.setitem(STRATEGIES, "stripes", lambda: strategy)
    package = aipu.compile(model, calibration=images, strategy="stripes")
    assert_the_same(package, layerwise, images[:1])


def test_the_strategy_costs_less(network):
    model, images, _, layerwise = network
    package = aipu.compile(model, calibration=images, strategy="dp")
    assert package.profile.cycles < layerwise.profile.cycles
    assert all(row.equal for row in package.verify())


def test_rows_that_nobody_reads_are_not_among_the_least(monkeypatch):
    """The last ones, over which no window of a stride of 5 stands."""
    net = Network()
    net.conv("x", "a", (16, 16), 1)
    net.conv("a", "b", (16, 16), 1, stride=5)
    model, images = net.model(16, "b"), samples(16)
    monkeypatch.setitem(STRATEGIES, "stripes", lambda: Stripes(20, False, True, 2))
    package = aipu.compile(model, calibration=images, strategy="stripes")
    assert_within_bounds(package.report)


def test_stripes_without_room_are_refused(monkeypatch):
    net = Network()
    net.conv("x", "a", (64, 512), 1)
    net.conv("a", "b", (512, 512), 3, pad=1)
    model, images = net.model(64, "b"), samples(64)
    strategy = Stripes(13, False, True, 2)
    monkeypatch.setitem(STRATEGIES, "stripes", lambda: strategy)
    with pytest.raises(AipuError, match=r"its stripes need .* bytes of SRAM"):
        aipu.compile(model, calibration=images, strategy="stripes")
