"""Groups in stripes compute the same bits, without a hazard, with less traffic."""

import pytest

from aipu.errors import AipuError
from aipu.tests.passes.scheduling.striped.compared import Compared
from aipu.tests.passes.scheduling.striped.networks import NETWORKS, Network, samples
from aipu.tests.passes.scheduling.striped.strategies import EachKept, Stripes
from aipu.tests.quantised import Quantised
from aipu.tests.within_bounds import assert_within_bounds

STRIPES = [(1, False, True), (3, False, True), (20, False, True)]
STREAMED = [(1, True, True), (20, True, True), (3, True, False)]
OTHERS = [(2, False, True), *((rows, True, True) for rows in (2, 3))]
OTHERS += [(rows, True, False) for rows in (1, 2, 20)]
"""Rows of a stripe, whether weights are streamed, and whether rows come in ahead."""

KEPT = [(1, False), (20, True)]
OTHERS_KEPT = [(3, False), (20, False), (1, True), (3, True)]


def long(values):
    """Parameters for the long suite."""
    return [pytest.param(*each, marks=pytest.mark.long) for each in values]


@pytest.fixture(scope="module", params=NETWORKS)
def network(request):
    """A network, and how many of its operators run together."""
    model, channels, least = NETWORKS[request.param]()
    return Compared(model, samples(channels)), least


@pytest.mark.parametrize("rows, streams, ahead", [*STRIPES, *STREAMED, *long(OTHERS)])
def test_stripes_of_any_height_compute_the_same(network, rows, streams, ahead):
    compared, least = network
    package = compared.checked(Stripes(rows, streams, ahead, least))
    if not streams:  # weights that come again in every stripe may be more
        assert package.report["dram_bytes"] < compared.layerwise.report["dram_bytes"]


@pytest.mark.parametrize("rows, streams", [*KEPT, *long(OTHERS_KEPT)])
def test_results_that_stay_on_chip_are_the_same(network, rows, streams):
    """Every operator by itself in stripes, each result kept where it can be."""
    compared, _ = network
    package = compared.checked(EachKept(rows, streams))
    if not streams:
        assert package.report["dram_bytes"] < compared.layerwise.report["dram_bytes"]


@pytest.mark.parametrize("depth", [1, 3, *long([(7,)])])
def test_the_last_part_of_a_depth_may_be_less(network, depth):
    compared, least = network
    compared.checked(Stripes(3, True, True, least, depth))


def test_the_strategy_costs_less(network):
    compared, _ = network
    package = compared.checked("dp")
    assert package.profile.cycles < compared.layerwise.profile.cycles


def test_rows_that_nobody_reads_are_not_among_the_least():
    """The last ones, over which no window of a stride of 5 stands."""
    net = Network()
    net.conv("x", "a", (16, 16), 1)
    net.conv("a", "b", (16, 16), 1, stride=5)
    quantised = Quantised(net.model(16, "b"), samples(16))
    assert_within_bounds(quantised.by(Stripes(20, False, True, 2)).report)


def test_stripes_without_room_are_refused():
    net = Network()
    net.conv("x", "a", (64, 512), 1)
    net.conv("a", "b", (512, 512), 3, pad=1)
    quantised = Quantised(net.model(64, "b"), samples(64)[:1])
    with pytest.raises(AipuError, match=r"its stripes need .* bytes of SRAM"):
        quantised.by(Stripes(13, False, True, 2))
