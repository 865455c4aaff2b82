"""Build ResNet-50 v1 as an ONNX file, with random weights.

    python examples/resnet50_v1.py resnet50_v1.onnx --seed 0

v1 halves the feature map in the first 1x1 convolution of a stage (v1.5, the later
variant, in its 3x3): 3,857,973,248 multiply-accumulates at 224 x 224, 25.5 million
parameters. He et al. 2015, "Deep residual learning for image recognition", table 1.
"""

import argparse
from pathlib import Path

import numpy as np
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper

STAGES = ((3, 64, 256), (4, 128, 512), (6, 256, 1024), (3, 512, 2048))
"""Blocks, and the channels inside and after them."""

RESIDUAL_GAIN = 0.35
"""Of a batch norm before a sum, so that 16 blocks do not make the values grow."""


class Network:
    """Nodes and weights, one after another; every method returns a tensor's name."""

    def __init__(self, seed: int):
        self.generator = np.random.Generator(np.random.PCG64(seed))
        self.nodes: list[NodeProto] = []
        self.weights: list[TensorProto] = []

    def node(
        self, operator: str, name: str, *inputs: str, **attributes: int | list[int]
    ) -> str:
        """A node, and the tensor that it writes, under one name."""
        node = helper.make_node(operator, inputs, [name], name)
        node.attribute.extend(
            helper.make_attribute(key, value) for key, value in attributes.items()
        )
        self.nodes.append(node)
        return name

    def weight(self, name: str, mean: float, deviation: float, *shape: int) -> str:
        array = self.generator.normal(mean, deviation, shape).astype(np.float32)
        self.weights.append(numpy_helper.from_array(array, name))
        return name

    def conv(
        self,
        name: str,
        ifm: str,
        channels: tuple[int, int],
        kernel: int,
        stride: int = 1,
    ) -> str:
        """A convolution without bias, He-initialised, that keeps or divides the map."""
        shape = (channels[1], channels[0], kernel, kernel)
        deviation = (2 / (channels[0] * kernel * kernel)) ** 0.5
        weight = self.weight(f"{name}.weight", 0, deviation, *shape)
        return self.node(
            "Conv",
            name,
            ifm,
            weight,
            kernel_shape=[kernel, kernel],
            strides=[stride, stride],
            pads=[kernel // 2] * 4,
        )

    def norm(self, name: str, ifm: str, channels: int, gain: float = 1.0) -> str:
        """A batch norm whose statistics are those of outputs nearly normal already."""
        statistics = (
            self.weight(f"{name}.gain", gain, 0.1 * gain, channels),
            self.weight(f"{name}.offset", 0, 0.1 * gain, channels),
            self.weight(f"{name}.mean", 0, 0.1, channels),
            self.weight(f"{name}.variance", 1, 0.1, channels),
        )
        return self.node("BatchNormalization", name, ifm, *statistics)

    def block(
        self, name: str, ifm: str, channels: tuple[int, int, int], stride: int
    ) -> str:
        """`relu(conv3(conv2(conv1(ifm))) + ifm)`, projected where the shapes differ."""
        before, inside, after = channels
        branch = self.conv(f"{name}.conv1", ifm, (before, inside), 1, stride)
        branch = self.norm(f"{name}.norm1", branch, inside)
        branch = self.node("Relu", f"{name}.relu1", branch)
        branch = self.conv(f"{name}.conv2", branch, (inside, inside), 3)
        branch = self.norm(f"{name}.norm2", branch, inside)
        branch = self.node("Relu", f"{name}.relu2", branch)
        branch = self.conv(f"{name}.conv3", branch, (inside, after), 1)
        branch = self.norm(f"{name}.norm3", branch, after, RESIDUAL_GAIN)
        if before != after:
            ifm = self.conv(f"{name}.projection", ifm, (before, after), 1, stride)
            ifm = self.norm(f"{name}.projection_norm", ifm, after, RESIDUAL_GAIN)
        return self.node("Relu", name, self.node("Add", f"{name}.add", branch, ifm))


def resnet50_v1(seed: int) -> ModelProto:
    """The model: input [1, 3, 224, 224], output [1, 1000], probabilities."""
    network = Network(seed)
    ofm = network.conv("stem.conv", "input", (3, 64), 7, 2)
    ofm = network.node("Relu", "stem.relu", network.norm("stem.norm", ofm, 64))
    window = {"kernel_shape": [3, 3], "strides": [2, 2], "pads": [1, 1, 1, 1]}
    ofm = network.node("MaxPool", "stem.pool", ofm, **window)
    channels = 64
    for stage, (blocks, inside, after) in enumerate(STAGES, start=1):
        for block in range(1, blocks + 1):
            stride = 2 if block == 1 and stage > 1 else 1
            name = f"stage{stage}.block{block}"
            ofm = network.block(name, ofm, (channels, inside, after), stride)
            channels = after
    ofm = network.node("GlobalAveragePool", "pool", ofm)
    ofm = network.node("Flatten", "flatten", ofm)
    weight = network.weight(
        "classifier.weight", 0, (2 / channels) ** 0.5, 1000, channels
    )
    bias = network.weight("classifier.bias", 0, 0.1, 1000)
    ofm = network.node("Gemm", "classifier", ofm, weight, bias, transB=1)
    network.node("Softmax", "output", ofm)
    graph = helper.make_graph(
        network.nodes,
        "resnet50_v1",
        [helper.make_tensor_value_info("input", TensorProto.FLOAT, [1, 3, 224, 224])],
        [helper.make_tensor_value_info("output", TensorProto.FLOAT, [1, 1000])],
        network.weights,
    )
    return helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8
    )


def main() -> None:
    parser = argparse.ArgumentParser(description="Build ResNet-50 v1 as ONNX.")
    parser.add_argument("out", type=Path, metavar="OUT.onnx")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    arguments.out.write_bytes(resnet50_v1(arguments.seed).SerializeToString())


if __name__ == "__main__":
    main()
