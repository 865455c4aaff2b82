"""Images of a batch in stripes compute the same bits as layer by layer."""

import pytest

import aipu
from aipu.errors import AipuError
from aipu.passes.scheduling.strategy import STRATEGIES
from aipu.runtime.figures.figures import figures
from aipu.tests.passes.scheduling.striped.networks import NETWORKS, Network, samples
from aipu.tests.passes.scheduling.striped.strategies import (
    EachKept,
    Stripes,
    assert_the_same,
)

BATCH = 4
SHAPES = ("bottleneck", "downsampled", "inverted", "stem", "fire", "padded")


@pytest.fixture(scope="module", params=SHAPES)
def network(request):
    model, channels, least = NETWORKS[request.param]()
    images = samples(channels)
    layerwise = aipu.compile(
        model, calibration=images, strategy="layerwise", batch=BATCH
    )
    return model, images, least, layerwise


@pytest.mark.parametrize(
    "rows, streams, at_once",
    [(1, False, 1), (3, True, 2), (100, True, 2), (100, True, 4), (100, True, 1)],
)
def test_some_at_once_compute_the_same(network, rows, streams, at_once, monkeypatch):
    model, images, least, layerwise = network
    strategy = Stripes(rows, streams, streams, least, images=at_once)
    monkeypatch.setitem(STRATEGIES, "stripes", lambda: strategy)
    package = aipu.compile(model, calibration=images, strategy="stripes", batch=BATCH)
    assert_the_same(package, layerwise, images[:BATCH])
    if not streams:
        assert package.report["dram_bytes"] < layerwise.report["dram_bytes"]


@pytest.mark.parametrize("rows, streams", [(3, False), (20, True)])
def test_batches_that_stay_on_chip_are_the_same(network, rows, streams, monkeypatch):
    model, images, _, layerwise = network
    monkeypatch.setitem(STRATEGIES, "kept", lambda: EachKept(rows, streams))
    package = aipu.compile(model, calibration=images, strategy="kept", batch=BATCH)
    assert_the_same(package, layerwise, images[:BATCH])


def test_the_strategy_costs_less(network):
    model, images, _, layerwise = network
    package = aipu.compile(model, calibration=images, strategy="dp", batch=BATCH)
    assert package.profile.cycles < layerwise.profile.cycles
    assert_the_same(package, layerwise, images[:BATCH])


def pointed() -> tuple[Network, int]:
    """What is read without padding, by what others than windows read."""
    net = Network()
    net.conv("x", "a", (8, 8), 1)
    net.conv("a", "b", (8, 8), 1)
    net.conv("b", "c", (8, 8), 3, pad=1)
    return net, 8


def spread() -> tuple[Network, int]:
    """Padding of which some is less than the rows between images."""
    net = Network()
    net.conv("x", "a", (8, 8), 3, pad=1)
    net.conv("a", "b", (8, 8), 1)
    net.conv("b", "c", (8, 8), 7, pad=3)
    net.conv("c", "d", (8, 8), 1)
    return net, 8


@pytest.mark.parametrize("shape", [pointed, spread])
@pytest.mark.parametrize("streams", [False, True])
def test_rows_between_images_are_written_where_they_are_read(
    shape, streams, monkeypatch
):
    net, channels = shape()
    model, images = net.model(channels, list(net.nodes)[-1].output[0]), samples(8)
    layerwise = aipu.compile(
        model, calibration=images, strategy="layerwise", batch=BATCH
    )
    strategy = Stripes(100, streams, True, 3, images=2)
    monkeypatch.setitem(STRATEGIES, "stripes", lambda: strategy)
    package = aipu.compile(model, calibration=images, strategy="stripes", batch=BATCH)
    assert_the_same(package, layerwise, images[:BATCH])


@pytest.mark.parametrize("at_once", [2, 4])
def test_sums_of_images_wait_as_those_of_one(at_once, monkeypatch):
    """Tiles of weights are 3 of 8 channels deep."""
    net = Network()
    net.conv("x", "a", (8, 8), 3, pad=1)
    model, images = net.model(8, "a"), samples(8)
    layerwise = aipu.compile(
        model, calibration=images, strategy="layerwise", batch=BATCH
    )
    strategy = Stripes(100, True, True, 1, 3, at_once)
    monkeypatch.setitem(STRATEGIES, "stripes", lambda: strategy)
    package = aipu.compile(model, calibration=images, strategy="stripes", batch=BATCH)
    assert_the_same(package, layerwise, images[:BATCH])


def test_sums_of_images_apart_are_refused(monkeypatch):
    """The result has padding between images, where nothing else may be written."""
    model, images = wide().model(8, "b"), samples(8)
    monkeypatch.setitem(STRATEGIES, "stripes", lambda: Stripes(20, True, True, 2, 3, 2))
    with pytest.raises(AipuError, match="would wait for more channels of 2 images"):
        aipu.compile(model, calibration=images, strategy="stripes", batch=BATCH)


def wide() -> Network:
    net = Network()
    net.conv("x", "a", (8, 64), 3, pad=1)
    net.conv("a", "b", (64, 64), 3, pad=1)
    return net


def test_images_at_once_share_what_is_streamed(monkeypatch):
    model, images = wide().model(8, "b"), samples(8)
    moved: list[int] = []
    for at_once in (1, 2, 4):
        strategy = Stripes(20, True, True, 2, images=at_once)
        monkeypatch.setitem(STRATEGIES, "stripes", lambda own=strategy: own)
        package = aipu.compile(
            model, calibration=images, strategy="stripes", batch=BATCH
        )
        moved.append(figures(package.report).dram_bytes)
    weights = 9 * 64 * (8 + 64)
    assert moved[0] - moved[1] >= 2 * weights
    assert moved[1] - moved[2] >= weights


def test_images_at_once_divide_the_batch(monkeypatch):
    model, images = wide().model(8, "b"), samples(8)
    monkeypatch.setitem(
        STRATEGIES, "stripes", lambda: Stripes(5, True, True, 2, images=3)
    )
    with pytest.raises(AipuError, match="3 images at once do not divide the 4"):
        aipu.compile(model, calibration=images, strategy="stripes", batch=BATCH)
