"""Networks whose latencies on a newer Zhouyi are public, with weights at random.

YOLOv8 as its configuration says (Ultralytics, 2023), up to the tensors that its boxes
are decoded from; the image encoder of CLIP ViT-B/32 (Radford et al. 2021, after
Dosovitskiy et al. 2020). What is public of their parameters stands beside theirs in the
results.
"""

from collections.abc import Sequence
from math import sqrt
from typing import NamedTuple

import numpy as np
from onnx import ModelProto, TensorProto, helper, numpy_helper

from aipu.examples.networks.network import OPSET, Network

CLASSES, BINS = 80, 16


class Size(NamedTuple):
    """How deep, how wide, and how many channels at most."""

    depth: float
    width: float
    most: int

    def channels(self, number: int) -> int:
        return 8 * -(-int(min(number, self.most) * self.width) // 8)

    def repeats(self, number: int) -> int:
        return max(1, round(number * self.depth))


SIZES = {
    "n": Size(0.33, 0.25, 1024),
    "s": Size(0.33, 0.50, 1024),
    "l": Size(1.00, 1.00, 512),
}


class Yolo:
    """YOLOv8 of a size: layers, and the channels of what they write."""

    def __init__(self, size: Size):
        self.size = size
        self.network = Network(0)
        self.channels = {"input": 3}

    def conv(
        self, name: str, ifm: str, channels: int, kernel: int = 3, stride: int = 1
    ) -> str:
        """A convolution, its batch norm in it, and a silu."""
        inside = self.channels[ifm], channels
        made = self.network.conv(name, ifm, inside, kernel, stride, bias=True)
        gate = self.network.node("Sigmoid", f"{name}.sigmoid", made)
        return self.wrote(
            self.network.node("Mul", f"{name}.silu", made, gate), channels
        )

    def wrote(self, name: str, channels: int) -> str:
        self.channels[name] = channels
        return name

    def concat(self, name: str, *parts: str) -> str:
        total = sum(self.channels[part] for part in parts)
        return self.wrote(self.network.node("Concat", name, *parts, axis=1), total)

    def c2f(self, name: str, ifm: str, channels: int, blocks: int, add: bool) -> str:
        """Blocks of two convolutions in a chain, all joined at the end."""
        half = channels // 2
        both = self.conv(f"{name}.cv1", ifm, channels, 1)
        parts = [self.half(f"{name}.{k}", both, k, half) for k in range(2)]
        for number in range(blocks):
            inner = self.conv(f"{name}.m{number}.cv1", parts[-1], half)
            inner = self.conv(f"{name}.m{number}.cv2", inner, half)
            if add:
                total = f"{name}.m{number}.add"
                inner = self.network.node("Add", total, inner, parts[-1])
            parts.append(self.wrote(inner, half))
        return self.conv(f"{name}.cv2", self.concat(f"{name}.cat", *parts), channels, 1)

    def half(self, name: str, ifm: str, number: int, channels: int) -> str:
        ends = (number * channels, (number + 1) * channels, 1)
        names = [self.constant(f"{name}.{each}", [each]) for each in ends]
        made = self.network.node("Slice", name, ifm, *names[:2], names[2])
        return self.wrote(made, channels)

    def constant(self, name: str, values: Sequence[int]) -> str:
        array = np.array(values, np.int64)
        self.network.weights.append(numpy_helper.from_array(array, name))
        return name

    def sppf(self, name: str, ifm: str, channels: int) -> str:
        """A map beside itself, pooled once, twice and three times."""
        parts = [self.conv(f"{name}.cv1", ifm, self.channels[ifm] // 2, 1)]
        window = {"kernel_shape": [5, 5], "pads": [2] * 4, "strides": [1, 1]}
        for number in range(3):
            pool = f"{name}.pool{number}"
            pooled = self.network.node("MaxPool", pool, parts[-1], **window)
            parts.append(self.wrote(pooled, self.channels[parts[0]]))
        return self.conv(f"{name}.cv2", self.concat(f"{name}.cat", *parts), channels, 1)

    def up(self, name: str, ifm: str) -> str:
        scales = numpy_helper.from_array(
            np.array([1, 1, 2, 2], np.float32), f"{name}.x"
        )
        self.network.weights.append(scales)
        made = self.network.node("Resize", name, ifm, "", f"{name}.x")
        return self.wrote(made, self.channels[ifm])

    def detect(self, levels: Sequence[str]) -> list[str]:
        """For each level the bins of four sides, and the scores of all classes."""
        first = self.channels[levels[0]]
        box, score = max(16, first // 4, 4 * BINS), max(first, min(CLASSES, 100))
        made: list[str] = []
        for number, level in enumerate(levels):
            kinds = (("box", box, 4 * BINS), ("class", score, CLASSES))
            for kind, inside, outside in kinds:
                name = f"detect{number}.{kind}"
                ofm = self.conv(f"{name}.0", level, inside)
                ofm = self.conv(f"{name}.1", ofm, inside)
                made.append(
                    self.network.conv(name, ofm, (inside, outside), 1, bias=True)
                )
        return made


def yolov8(size: str) -> ModelProto:
    """YOLOv8 of size n, s or l: input [1, 3, 640, 640], six maps as outputs."""
    net = Yolo(SIZES[size])
    channels, repeats = net.size.channels, net.size.repeats
    ofm = net.conv("stem", "input", channels(64), stride=2)
    kept: list[str] = []
    for number, (width, blocks) in enumerate([(128, 3), (256, 6), (512, 6), (1024, 3)]):
        ofm = net.conv(f"down{number}", ofm, channels(width), stride=2)
        ofm = net.c2f(f"stage{number}", ofm, channels(width), repeats(blocks), True)
        kept.append(ofm)
    ofm = net.sppf("sppf", ofm, channels(1024))
    blocks, deep = repeats(3), ofm
    ofm = net.concat("join0", net.up("up0", deep), kept[2])
    middle = net.c2f("head0", ofm, channels(512), blocks, False)
    ofm = net.concat("join1", net.up("up1", middle), kept[1])
    fine = net.c2f("head1", ofm, channels(256), blocks, False)
    ofm = net.concat("join2", net.conv("back0", fine, channels(256), stride=2), middle)
    coarse = net.c2f("head2", ofm, channels(512), blocks, False)
    ofm = net.concat("join3", net.conv("back1", coarse, channels(512), stride=2), deep)
    coarsest = net.c2f("head3", ofm, channels(1024), blocks, False)
    outputs = net.detect([fine, coarse, coarsest])
    return model(net.network, f"yolov8{size}", (1, 3, 640, 640), outputs)


WIDTH, HEADS, LAYERS, PATCH, EMBEDDING = 768, 12, 12, 32, 512


class Encoder:
    """A transformer's nodes on [tokens, channels]."""

    def __init__(self, tokens: int):
        self.tokens = tokens
        self.network = Network(0)

    def shape(self, name: str, *extents: int) -> str:
        array = np.array(extents, np.int64)
        self.network.weights.append(numpy_helper.from_array(array, name))
        return name

    def linear(self, name: str, ifm: str, inside: int, outside: int) -> str:
        weight = self.network.weight(f"{name}.w", 0, inside**-0.5, inside, outside)
        product = self.network.node("MatMul", f"{name}.product", ifm, weight)
        bias = self.network.weight(f"{name}.b", 0, 0.02, outside)
        return self.network.node("Add", name, product, bias)

    def norm(self, name: str, ifm: str) -> str:
        gain = self.network.weight(f"{name}.gain", 1, 0.02, WIDTH)
        offset = self.network.weight(f"{name}.offset", 0, 0.02, WIDTH)
        return self.network.node("LayerNormalization", name, ifm, gain, offset)

    def heads(self, name: str, ifm: str, order: list[int]) -> str:
        extents = self.shape(f"{name}.extents", self.tokens, HEADS, WIDTH // HEADS)
        apart = self.network.node("Reshape", f"{name}.apart", ifm, extents)
        return self.network.node("Transpose", name, apart, perm=order)

    def attention(self, name: str, ifm: str) -> str:
        query, key, value = (
            self.heads(
                f"{name}.{part}.heads",
                self.linear(f"{name}.{part}", ifm, WIDTH, WIDTH),
                order,
            )
            for part, order in (("q", [1, 0, 2]), ("k", [1, 2, 0]), ("v", [1, 0, 2]))
        )
        scale = self.network.weight(f"{name}.scale", sqrt(HEADS / WIDTH), 0, 1)
        scores = self.network.node("MatMul", f"{name}.scores", query, key)
        scores = self.network.node("Mul", f"{name}.scaled", scores, scale)
        shares = self.network.node("Softmax", f"{name}.shares", scores, axis=-1)
        mixed = self.network.node("MatMul", f"{name}.mixed", shares, value)
        turned = self.network.node("Transpose", f"{name}.turned", mixed, perm=[1, 0, 2])
        extents = self.shape(f"{name}.extents", self.tokens, WIDTH)
        joined = self.network.node("Reshape", f"{name}.joined", turned, extents)
        return self.linear(f"{name}.out", joined, WIDTH, WIDTH)

    def perceptron(self, name: str, ifm: str) -> str:
        """With x * sigmoid(1.702 x) inside, as CLIP has it for a gelu."""
        inner = self.linear(f"{name}.in", ifm, WIDTH, 4 * WIDTH)
        slope = self.network.weight(f"{name}.slope", 1.702, 0, 1)
        steep = self.network.node("Mul", f"{name}.steep", inner, slope)
        gate = self.network.node("Sigmoid", f"{name}.gate", steep)
        inner = self.network.node("Mul", f"{name}.gelu", inner, gate)
        return self.linear(f"{name}.out", inner, 4 * WIDTH, WIDTH)

    def layer(self, name: str, ifm: str) -> str:
        made = self.attention(f"{name}.mix", self.norm(f"{name}.norm1", ifm))
        ifm = self.network.node("Add", f"{name}.add1", ifm, made)
        made = self.perceptron(f"{name}.mlp", self.norm(f"{name}.norm2", ifm))
        return self.network.node("Add", f"{name}.add2", ifm, made)


def clip_image() -> ModelProto:
    """CLIP's ViT-B/32: input [1, 3, 224, 224], its embedding."""
    patches = (224 // PATCH) ** 2
    net = Encoder(patches + 1)
    network = net.network
    pads = [0] * 4
    ofm = network.conv("patches", "input", (3, WIDTH), PATCH, PATCH, pads=pads)
    ofm = network.node("Reshape", "rows", ofm, net.shape("s", WIDTH, patches))
    ofm = network.node("Transpose", "tokens", ofm, perm=[1, 0])
    start = network.weight("class", 0, 0.02, 1, WIDTH)
    ofm = network.node("Concat", "all", start, ofm, axis=0)
    places = network.weight("places", 0, 0.02, patches + 1, WIDTH)
    ofm = net.norm("before", network.node("Add", "placed", ofm, places))
    for number in range(LAYERS):
        ofm = net.layer(f"layer{number}", ofm)
    ends = [net.shape(f"end{n}", n) for n in (0, 1)]
    ofm = network.node("Slice", "first", ofm, *ends, net.shape("axis", 0))
    head = network.weight("head", 0, WIDTH**-0.5, WIDTH, EMBEDDING)
    ofm = network.node("MatMul", "embedding", net.norm("after", ofm), head)
    return model(network, "clip_vit_b32", (1, 3, 224, 224), [ofm])


def model(
    network: Network, name: str, shape: Sequence[int], outputs: Sequence[str]
) -> ModelProto:
    """The model, of an input and several outputs."""
    real = TensorProto.FLOAT
    graph = helper.make_graph(
        network.nodes,
        name,
        [helper.make_tensor_value_info("input", real, shape)],
        [helper.make_tensor_value_info(each, real, None) for each in outputs],
        network.weights,
    )
    opset = max(OPSET, 17)
    return helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8
    )
