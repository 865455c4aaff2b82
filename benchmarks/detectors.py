"""Detectors with drawn weights, of the shapes that people run: for the benchmarks.

`detector` is a one-stage detector of 320x320 pixels with SiLU after every one of its 57
convolutions but those of the heads, written as exporters write it, `Sigmoid, Mul`.
`cascade` are the three small networks of a face cascade, with a PReLU of a slope a
channel after each layer.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper


class Graph:
    """An ONNX graph that grows node by node; values are names."""

    def __init__(self, seed: int = 0):
        self.generator = np.random.default_rng(seed)
        self.nodes: list[onnx.NodeProto] = []
        self.weights: list[onnx.TensorProto] = []
        self.channels: dict[str, int] = {}

    def node(
        self, kind: str, inputs: Sequence[str], channels: int, **attributes: Any
    ) -> str:
        """The result of a node."""
        name = f"{kind.lower()}{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [name], name, **attributes))
        self.channels[name] = channels
        return name

    def weight(self, array: np.ndarray) -> str:
        name = f"weight{len(self.weights)}"
        self.weights.append(numpy_helper.from_array(array.astype(np.float32), name))
        return name

    def integers(self, *values: int) -> str:
        name = f"weight{len(self.weights)}"
        array = np.array(values, np.int64)
        self.weights.append(numpy_helper.from_array(array, name))
        return name

    def conv(
        self,
        ifm: str,
        channels: int,
        kernel: int = 1,
        stride: int = 1,
        pad: bool = True,
    ) -> str:
        """A convolution with a bias."""
        depth = self.channels[ifm] * kernel * kernel
        shape = (channels, self.channels[ifm], kernel, kernel)
        weight = self.weight(self.generator.normal(0, (2 / depth) ** 0.5, shape))
        bias = self.weight(self.generator.normal(0, 0.1, channels))
        pads = [kernel // 2 if pad else 0] * 4
        strides = [stride, stride]
        inputs = [ifm, weight, bias]
        return self.node("Conv", inputs, channels, pads=pads, strides=strides)

    def silu(self, ifm: str) -> str:
        """Two nodes."""
        channels = self.channels[ifm]
        return self.node("Mul", [ifm, self.node("Sigmoid", [ifm], channels)], channels)

    def prelu(self, ifm: str, *, spelled: bool = False) -> str:
        """A slope a channel; one node, or spelled out in four."""
        channels = self.channels[ifm]
        slope = self.weight(self.generator.uniform(0.05, 0.45, (channels, 1, 1)))
        if not spelled:
            return self.node("PRelu", [ifm, slope], channels)
        above = self.node("Relu", [ifm], channels)
        below = self.node("Clip", [ifm, "", self.weight(np.zeros(()))], channels)
        scaled = self.node("Mul", [below, slope], channels)
        return self.node("Add", [above, scaled], channels)

    def pool(self, ifm: str, kernel: int, stride: int, pad: int = 0) -> str:
        sides = {"kernel_shape": [kernel] * 2, "strides": [stride] * 2}
        pads = [pad] * 4
        channels = self.channels[ifm]
        return self.node("MaxPool", [ifm], channels, pads=pads, ceil_mode=1, **sides)

    def concat(self, *parts: str) -> str:
        channels = sum(self.channels[part] for part in parts)
        return self.node("Concat", parts, channels, axis=1)

    def part(self, ifm: str, first: int, last: int) -> str:
        """Some channels."""
        ends = [self.integers(number) for number in (first, last, 1)]
        return self.node("Slice", [ifm, *ends], last - first)

    def model(self, extent: int, outputs: Sequence[str]) -> onnx.ModelProto:
        """The graph on one picture."""
        ifm = helper.make_tensor_value_info(
            "image", TensorProto.FLOAT, (1, 3, extent, extent)
        )
        results = [
            helper.make_tensor_value_info(each, TensorProto.FLOAT, None)
            for each in outputs
        ]
        graph = helper.make_graph(self.nodes, "net", [ifm], results, self.weights)
        opsets = [helper.make_opsetid("", 13)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=8)


def detector(extent: int = 320, width: int = 16) -> onnx.ModelProto:
    """A backbone of five strides, a neck of two ways, three heads; 1.1 GMAC at 320."""
    graph = Graph()
    graph.channels["image"] = 3

    def layer(ifm: str, channels: int, kernel: int = 1, stride: int = 1) -> str:
        return graph.silu(graph.conv(ifm, channels, kernel, stride))

    def stage(ifm: str, channels: int, depth: int, residual: bool = True) -> str:
        """Half of the channels go on through pairs of layers; all are joined."""
        whole, half = layer(ifm, channels), channels // 2
        parts = [graph.part(whole, 0, half), graph.part(whole, half, channels)]
        for _ in range(depth):
            made = layer(layer(parts[-1], half, 3), half, 3)
            if residual:
                made = graph.node("Add", [parts[-1], made], half)
            parts.append(made)
        return layer(graph.concat(*parts), channels)

    def twice(ifm: str) -> str:
        scales = graph.weight(np.array([1, 1, 2, 2]))
        inputs = [ifm, "", scales]
        return graph.node("Resize", inputs, graph.channels[ifm], mode="nearest")

    x = layer(layer("image", width, 3, 2), 2 * width, 3, 2)
    x = layer(stage(x, 2 * width, 1), 4 * width, 3, 2)
    early = stage(x, 4 * width, 2)
    middle = stage(layer(early, 8 * width, 3, 2), 8 * width, 2)
    x = stage(layer(middle, 16 * width, 3, 2), 16 * width, 1)
    pools = [layer(x, 8 * width)]
    for _ in range(3):
        pools.append(graph.pool(pools[-1], 5, 1, 2))
    late = layer(graph.concat(*pools), 16 * width)

    down = stage(graph.concat(twice(late), middle), 8 * width, 1, residual=False)
    first = stage(graph.concat(twice(down), early), 4 * width, 1, residual=False)
    x = graph.concat(layer(first, 4 * width, 3, 2), down)
    second = stage(x, 8 * width, 1, residual=False)
    x = graph.concat(layer(second, 8 * width, 3, 2), late)
    third = stage(x, 16 * width, 1, residual=False)

    outputs: list[str] = []
    for scale in (first, second, third):
        for hidden, channels in ((4 * width, 64), (5 * width, 80)):
            made = layer(layer(scale, hidden, 3), hidden, 3)
            outputs.append(graph.conv(made, channels))
    return graph.model(extent, outputs)


def cascade(*, spelled: bool = False) -> dict[str, onnx.ModelProto]:
    """A proposal network on a picture, and the two that look at what it proposes.

    Each PReLU is one node, or `spelled` out.
    """

    def layers(graph: Graph, *shapes: tuple[int, int, int]) -> str:
        """Channels, kernel and the extent of the pool behind; 0 where there is none."""
        x = "image"
        for channels, kernel, pool in shapes:
            x = graph.conv(x, channels, kernel, pad=False)
            x = graph.prelu(x, spelled=spelled)
            x = graph.pool(x, pool, 2) if pool else x
        return x

    def heads(graph: Graph, ifm: str, *channels: int) -> list[str]:
        return [graph.conv(ifm, each) for each in channels]

    made: dict[str, onnx.ModelProto] = {}
    for name, extent, shapes, last in (
        ("proposals", 96, ((10, 3, 2), (16, 3, 0), (32, 3, 0)), (2, 4)),
        ("refinement", 24, ((28, 3, 3), (48, 3, 3), (64, 2, 0), (128, 3, 0)), (2, 4)),
        (
            "output",
            48,
            ((32, 3, 3), (64, 3, 3), (64, 3, 2), (128, 2, 0), (256, 3, 0)),
            (2, 4, 10),
        ),
    ):
        graph = Graph()
        graph.channels["image"] = 3
        made[name] = graph.model(extent, heads(graph, layers(graph, *shapes), *last))
    return made
