"""Images of a batch in stripes compute the same bits as layer by layer."""

import pytest

from aipu.errors import AipuError
from aipu.runtime.figures.figures import figures
from aipu.tests.passes.scheduling.striped.compared import Compared
from aipu.tests.passes.scheduling.striped.networks import NETWORKS, Network, samples
from aipu.tests.passes.scheduling.striped.strategies import EachKept, Stripes
from aipu.tests.quantised import Quantised

BATCH = 4
SHAPES = ("bottleneck", "downsampled", "inverted", "stem", "fire", "padded")


@pytest.fixture(scope="module", params=SHAPES)
def network(request):
    """A network, and how many of its operators run together."""
    model, channels, least = NETWORKS[request.param]()
    return Compared(model, samples(channels), BATCH), least


@pytest.mark.parametrize(
    "rows, streams, at_once",
    [(1, False, 1), (3, True, 2), (100, True, 2), (100, True, 4), (100, True, 1)],
)
def test_some_at_once_compute_the_same(network, rows, streams, at_once):
    compared, least = network
    package = compared.checked(Stripes(rows, streams, streams, least, images=at_once))
    if not streams:
        assert package.report["dram_bytes"] < compared.layerwise.report["dram_bytes"]


@pytest.mark.parametrize("rows, streams", [(3, False), (20, True)])
def test_batches_that_stay_on_chip_are_the_same(network, rows, streams):
    compared, _ = network
    compared.checked(EachKept(rows, streams))


def test_the_strategy_costs_less(network):
    compared, _ = network
    package = compared.checked("dp")
    assert package.profile.cycles < compared.layerwise.profile.cycles


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


@pytest.fixture(scope="module", params=[pointed, spread])
def shape(request):
    net, channels = request.param()
    result = list(net.nodes)[-1].output[0]
    return Compared(net.model(channels, result), samples(channels), BATCH)


@pytest.mark.parametrize("streams", [False, True])
def test_rows_between_images_are_written_where_they_are_read(shape, streams):
    shape.checked(Stripes(100, streams, True, 3, images=2))


@pytest.mark.parametrize("at_once", [2, 4])
def test_sums_of_images_wait_as_those_of_one(at_once):
    """Tiles of weights are 3 of 8 channels deep."""
    net = Network()
    net.conv("x", "a", (8, 8), 3, pad=1)
    compared = Compared(net.model(8, "a"), samples(8), BATCH)
    compared.checked(Stripes(100, True, True, 1, 3, at_once))


@pytest.fixture(scope="module")
def wide():
    net = Network()
    net.conv("x", "a", (8, 64), 3, pad=1)
    net.conv("a", "b", (64, 64), 3, pad=1)
    return Quantised(net.model(8, "b"), samples(8), batch=BATCH)


def test_sums_of_images_apart_are_refused(wide):
    """The result has padding between images, where nothing else may be written."""
    with pytest.raises(AipuError, match="would wait for more channels of 2 images"):
        wide.by(Stripes(20, True, True, 2, 3, 2))


def test_images_at_once_share_what_is_streamed(wide):
    packages = [wide.by(Stripes(20, True, True, 2, images=n)) for n in (1, 2, 4)]
    moved = [figures(package.report).dram_bytes for package in packages]
    weights = 9 * 64 * (8 + 64)
    assert moved[0] - moved[1] >= 2 * weights
    assert moved[1] - moved[2] >= weights


def test_images_at_once_divide_the_batch(wide):
    with pytest.raises(AipuError, match="3 images at once do not divide the 4"):
        wide.by(Stripes(5, True, True, 2, images=3))
