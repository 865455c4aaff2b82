"""Networks of a few operators that run together in stripes, in shapes of many kinds."""

from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

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


def narrowed(net: Network, channels: int, stride: int = 1) -> str:
    """The three convolutions of a bottleneck."""
    net.conv("x", "a", (16, 8), 1)
    net.conv("a", "b", (8, 8), 3, pad=1, stride=stride)
    return net.conv("b", "c", (8, channels), 1)


def bottleneck() -> tuple[onnx.ModelProto, int, int]:
    net = Network()
    branch = narrowed(net, 16)
    return net.model(16, net.node("Add", [branch, "x"], "sum")), 16, 4


def downsampled() -> tuple[onnx.ModelProto, int, int]:
    net = Network()
    branch = narrowed(net, 32, stride=2)
    beside = net.conv("x", "p", (16, 32), 1, stride=2)
    return net.model(16, net.node("Add", [branch, beside], "sum")), 16, 5


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


def samples(channels: int) -> np.ndarray:
    shape = (8, channels, ROWS, COLUMNS)
    return np.random.default_rng(1).normal(0, 1, shape).astype(np.float32)
