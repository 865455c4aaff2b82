"""Groups in stripes compute the same bits, without a hazard, with less traffic."""

from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

import aipu
from aipu.dialects.tile import StripedSchedule, Weights
from aipu.errors import AipuError
from aipu.passes.machine_forms.stage import Kind
from aipu.passes.scheduling.layerwise import Layerwise
from aipu.passes.scheduling.strategy import STRATEGIES
from aipu.passes.scheduling.striped.segment import segment
from aipu.runtime.figures.figures import figures
from aipu.runtime.report.ladder import ladder
from aipu.tests.within_bounds import assert_within_bounds

ROWS, COLUMNS = 13, 10


class Network:
    """An ONNX model while it is written; its weights are always the same."""

    def __init__(self) -> None:
        self.generator = np.random.default_rng(0)
        self.nodes: list[onnx.NodeProto] = []
        self.weights: dict[str, np.ndarray] = {}

    def conv(
        self, ifm: str, ofm: str, channels: tuple[int, int], kernel: int, **options: int
    ) -> str:
        """A convolution with a relu; options: stride, pad, group."""
        inside, outside = channels
        group, pad = options.get("group", 1), options.get("pad", 0)
        shape = (outside, inside // group, kernel, kernel)
        self.weights[f"{ofm}.w"] = self.generator.normal(0, 0.2, shape)
        self.weights[f"{ofm}.b"] = self.generator.normal(0, 0.2, outside)
        self.nodes += [
            helper.make_node(
                "Conv",
                [ifm, f"{ofm}.w", f"{ofm}.b"],
                [f"{ofm}.c"],
                ofm,
                strides=[options.get("stride", 1)] * 2,
                pads=[pad] * 4,
                group=group,
            ),
            helper.make_node("Relu", [f"{ofm}.c"], [ofm], f"{ofm}.relu"),
        ]
        return ofm

    def node(self, kind: str, ifms: list[str], ofm: str, **attributes: Any) -> str:
        self.nodes.append(helper.make_node(kind, ifms, [ofm], ofm, **attributes))
        return ofm

    def model(self, channels: int, result: str) -> onnx.ModelProto:
        shape = [1, channels, ROWS, COLUMNS]
        graph = helper.make_graph(
            self.nodes,
            "net",
            [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)],
            [helper.make_tensor_value_info(result, TensorProto.FLOAT, None)],
            [
                numpy_helper.from_array(_as_stored(array), name)
                for name, array in self.weights.items()
            ],
        )
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)])


def _as_stored(array: np.ndarray) -> np.ndarray:
    """Reals in 32 bits, places as they are."""
    return array if array.dtype == np.int64 else array.astype(np.float32)


def bottleneck() -> tuple[onnx.ModelProto, int, int]:
    net = Network()
    net.conv("x", "a", (16, 8), 1)
    net.conv("a", "b", (8, 8), 3, pad=1)
    net.conv("b", "c", (8, 16), 1)
    return net.model(16, net.node("Add", ["c", "x"], "sum")), 16, 4


def downsampled() -> tuple[onnx.ModelProto, int, int]:
    net = Network()
    net.conv("x", "a", (16, 8), 1)
    net.conv("a", "b", (8, 8), 3, pad=1, stride=2)
    net.conv("b", "c", (8, 32), 1)
    net.conv("x", "p", (16, 32), 1, stride=2)
    return net.model(16, net.node("Add", ["c", "p"], "sum")), 16, 5


def inverted() -> tuple[onnx.ModelProto, int, int]:
    net = Network()
    net.conv("x", "a", (16, 48), 1)
    net.conv("a", "b", (48, 48), 3, pad=1, group=48)
    net.conv("b", "c", (48, 16), 1)
    net.conv("c", "d", (16, 32), 3)
    net.node("Sigmoid", ["d"], "act")
    return net.model(16, "act"), 16, 5


def stem() -> tuple[onnx.ModelProto, int, int]:
    net = Network()
    net.conv("x", "a", (3, 16), 5, pad=2)
    net.node(
        "MaxPool", ["a"], "max", kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1]
    )
    net.conv("max", "b", (16, 16), 3, pad=1)
    net.node("AveragePool", ["b"], "mean", kernel_shape=[2, 2])
    return net.model(3, "mean"), 3, 4


def skipping() -> tuple[onnx.ModelProto, int, int]:
    """Windows that leave rows out."""
    net = Network()
    net.conv("x", "a", (8, 8), 1, stride=2)
    net.conv("a", "b", (8, 8), 1)
    net.conv("b", "c", (8, 8), 1, stride=3)
    return net.model(8, "c"), 8, 3


def padded() -> tuple[onnx.ModelProto, int, int]:
    """The first rows need nothing but padding."""
    net = Network()
    net.conv("x", "a", (8, 8), 3)
    net.conv("a", "b", (8, 8), 1, pad=3)
    net.conv("b", "c", (8, 8), 3, pad=2)
    return net.model(8, "c"), 8, 3


def pooled() -> tuple[onnx.ModelProto, int, int]:
    """Pools that pad the same map with values of their own: not in one group."""
    net = Network()
    window = {"kernel_shape": [3, 3], "strides": [1, 1], "pads": [1, 1, 1, 1]}
    net.node("Tanh", ["x"], "a")
    net.node("MaxPool", ["a"], "max", **window)
    net.node("AveragePool", ["a"], "mean", **window, count_include_pad=1)
    net.conv(net.node("Add", ["max", "mean"], "sum"), "b", (8, 8), 3, pad=1)
    return net.model(8, "b"), 8, 2


def doubled() -> tuple[onnx.ModelProto, int, int]:
    """Sums and products of a map with itself, which are one function of it."""
    net = Network()
    net.conv("x", "a", (3, 5), 2, pad=2)
    net.node("Add", ["a", "a"], "twice")
    net.node("Mul", ["twice", "twice"], "square")
    net.conv("square", "b", (5, 7), 3, stride=2, pad=1)
    return net.model(3, "b"), 3, 3


def fire() -> tuple[onnx.ModelProto, int, int]:
    """Two results side by side, and what reads both with padding."""
    net = Network()
    net.conv("x", "a", (8, 6), 1)
    net.conv("a", "b", (6, 7), 1)
    net.conv("a", "c", (6, 9), 3, pad=1)
    net.node("Concat", ["b", "c"], "both", axis=1)
    return net.model(8, net.conv("both", "d", (16, 8), 3, pad=1)), 8, 5


def dense() -> tuple[onnx.ModelProto, int, int]:
    """What is read beside what is made of it, again and again."""
    net = Network()
    name, channels = "x", 8
    for turn in range(3):
        net.conv(name, f"a{turn}", (channels, 8), 1)
        net.conv(f"a{turn}", f"b{turn}", (8, 5), 3, pad=1)
        name = net.node("Concat", [name, f"b{turn}"], f"c{turn}", axis=1)
        channels += 5
    return net.model(8, net.conv(name, "d", (channels, 8), 3, pad=1)), 8, 6


def repeated() -> tuple[onnx.ModelProto, int, int]:
    """A map beside itself, and one that others read, too."""
    net = Network()
    net.conv("x", "a", (8, 8), 1)
    net.node("Concat", ["a", "a", "x"], "thrice", axis=1)
    net.conv("thrice", "b", (24, 8), 3, pad=1)
    net.node("Concat", ["b", "a"], "pair", axis=1)
    return net.model(8, net.conv("pair", "c", (16, 8), 3)), 8, 5


def split() -> tuple[onnx.ModelProto, int, int]:
    """Some channels go through windows, some beside them."""
    net = Network()
    net.conv("x", "a", (8, 16), 1)
    for name, start in (("low", 0), ("high", 8)):
        for end, value in (("starts", start), ("ends", start + 8), ("axes", 1)):
            net.weights[f"{name}.{end}"] = np.array([value], np.int64)
        ends = [f"{name}.{end}" for end in ("starts", "ends", "axes")]
        net.node("Slice", ["a", *ends], name)
    net.conv("high", "b", (8, 8), 3, pad=1)
    net.node("Sigmoid", ["low"], "c")
    net.node("Add", ["b", "c"], "sum")
    net.node("Concat", ["low", "sum"], "both", axis=1)
    return net.model(8, net.conv("both", "d", (16, 8), 1)), 8, 7


def renamed() -> tuple[onnx.ModelProto, int, int]:
    """Maps under other names of the same shape."""
    net = Network()
    for name, shape in (("rows", (1, 8, ROWS, COLUMNS)), ("flat", (1, 8, -1))):
        net.weights[name] = np.array(shape, np.int64)
    net.conv("x", "a", (8, 8), 3, pad=1)
    for name, made in (("a", "a.flat"), ("x", "x.flat")):
        net.node("Reshape", [name, "flat"], made)
    net.node("Reshape", ["a.flat", "rows"], "a.rows")
    net.node("Reshape", ["x.flat", "rows"], "x.rows")
    net.node("Add", ["a.rows", "x.rows"], "sum")
    return net.model(8, net.conv("sum", "b", (8, 8), 3, pad=1)), 8, 3


def branching() -> tuple[onnx.ModelProto, int, int]:
    """Maps that others read, too: with padding around them, and after them."""
    net = Network()
    net.conv("x", "a", (8, 8), 3, pad=1)
    net.conv("a", "b", (8, 8), 3, pad=1)
    net.node("Add", ["a", "b"], "c")
    net.conv("c", "d", (8, 8), 1, stride=2)
    net.node("Softmax", ["d"], "e", axis=1)
    net.node("Softmax", ["c"], "f", axis=1)
    net.node("GlobalAveragePool", ["f"], "g")
    return net.model(8, net.node("Add", ["e", "g"], "h")), 8, 4


NETWORKS = {
    "branching": branching,
    "renamed": renamed,
    "bottleneck": bottleneck,
    "fire": fire,
    "dense": dense,
    "repeated": repeated,
    "split": split,
    "downsampled": downsampled,
    "inverted": inverted,
    "stem": stem,
    "skipping": skipping,
    "padded": padded,
    "pooled": pooled,
    "doubled": doubled,
}


class Stripes:
    """All that can run together in stripes of so many rows, so many images of a batch
    at once, the rest by itself; tiles of weights are 5 channels wide, and of a depth
    where one is given.
    """

    def __init__(
        self,
        rows: int,
        streams: bool,
        ahead: bool,
        least: int,
        depth: int = 0,
        images: int = 1,
    ):
        self.rows, self.streams, self.ahead = rows, streams, ahead
        self.least, self.depth, self.images = least, depth, images

    def schedule(self, graph, machine):
        alone = Layerwise().schedule(graph, machine)
        links = graph.links
        readers = {
            link.name: [other.name for other in links if link.name in other.reads]
            for link in links
        }
        start, end = max(
            (
                (start, end)
                for start in range(len(links))
                for end in range(start + 1, len(links) + 1)
                if segment(links[start:end], readers)
            ),
            key=lambda part: part[1] - part[0],
        )
        assert end - start >= self.least
        weights = tuple(
            Weights(2, 5, self._depth(link.stage))
            if self.streams and link.stage.weight_bytes
            else Weights()
            for link in links[start:end]
        )
        names = tuple(link.name for link in links[start:end])
        together = graph.together(start, end)
        images = min(self.images, together.images)
        striped = StripedSchedule(self.rows, weights, "ws", self.ahead, images=images)
        return {
            **{link.name: alone[link.name] for link in links[:start]},
            names: striped,
            **{link.name: alone[link.name] for link in links[end:]},
        }

    def _depth(self, stage):
        convolves = stage.kind is Kind.CONVOLUTION
        return min(self.depth, stage.ifm[3]) if convolves else 0


class EachKept:
    """Each operator by itself in stripes, if it can be; its result stays on chip."""

    def __init__(self, rows: int, streams: bool):
        self.rows, self.streams = rows, streams

    def schedule(self, graph, machine):
        alone = Layerwise().schedule(graph, machine)
        striped = {n for n in range(len(graph.links)) if graph.together(n, n + 1)}
        place = {link.name: number for number, link in enumerate(graph.links)}
        found = {}
        for number, link in enumerate(graph.links):
            stays = graph.stays(number)
            readers = {place[name] for name in graph.readers[link.name]}
            between = set(range(number, stays[1] + 1)) if stays else {-1}
            kept = readers | between <= striped
            streams = self.streams and link.stage.weight_bytes
            weights = Weights(3, 5) if streams else Weights()
            found[link.name if number not in striped else (link.name,)] = (
                StripedSchedule(self.rows, (weights,), "ws", True, number > 0, kept)
                if number in striped
                else alone[link.name]
            )
        return found


def samples(channels: int) -> np.ndarray:
    shape = (8, channels, ROWS, COLUMNS)
    return np.random.default_rng(1).normal(0, 1, shape).astype(np.float32)


@pytest.fixture(scope="module", params=NETWORKS)
def network(request):
    model, channels, least = NETWORKS[request.param]()
    images = samples(channels)
    return model, images, least, aipu.compile(model, calibration=images)


@pytest.mark.parametrize("rows", [1, 2, 3, 20])
@pytest.mark.parametrize("streams, ahead", [(False, True), (True, True), (True, False)])
def test_stripes_of_any_height_compute_the_same(
    network, rows, streams, ahead, monkeypatch
):
    model, images, least, layerwise = network
    strategy = Stripes(rows, streams, ahead, least)
    monkeypatch.setitem(STRATEGIES, "stripes", lambda: strategy)
    package = aipu.compile(model, calibration=images, strategy="stripes")
    inputs = {"x": images[:1]}
    (ours,), (theirs,) = (
        each.run(inputs).outputs.values() for each in (package, layerwise)
    )
    np.testing.assert_array_equal(ours, theirs)
    assert ladder(package.verify(inputs), figures(package.report)).exact
    if not streams:  # weights that come again in every stripe may be more
        assert package.report["dram_bytes"] < layerwise.report["dram_bytes"]


@pytest.mark.parametrize("rows", [1, 3, 20])
@pytest.mark.parametrize("streams", [False, True])
def test_results_that_stay_on_chip_are_the_same(network, rows, streams, monkeypatch):
    """Every operator by itself in stripes, each result kept where it can be."""
    model, images, _, layerwise = network
    monkeypatch.setitem(STRATEGIES, "kept", lambda: EachKept(rows, streams))
    package = aipu.compile(model, calibration=images, strategy="kept")
    inputs = {"x": images[:1]}
    (ours,), (theirs,) = (
        each.run(inputs).outputs.values() for each in (package, layerwise)
    )
    np.testing.assert_array_equal(ours, theirs)
    rows_ = package.verify(inputs)
    assert all(row.equal for row in rows_)
    if not streams:
        assert package.report["dram_bytes"] < layerwise.report["dram_bytes"]


@pytest.mark.parametrize("depth", [1, 3, 7])
def test_the_last_part_of_a_depth_may_be_less(network, depth, monkeypatch):
    model, images, least, layerwise = network
    strategy = Stripes(3, True, True, least, depth)
    monkeypatch.setitem(STRATEGIES, "stripes", lambda: strategy)
    package = aipu.compile(model, calibration=images, strategy="stripes")
    inputs = {"x": images[:1]}
    (ours,), (theirs,) = (
        each.run(inputs).outputs.values() for each in (package, layerwise)
    )
    np.testing.assert_array_equal(ours, theirs)


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
