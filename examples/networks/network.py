"""What networks are written with: nodes and weights of ONNX, one after another."""

from collections.abc import Sequence

import numpy as np
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper

OPSET = 13


class Network:
    """Nodes and weights, one after another; every method returns a tensor's name.

    Weights are drawn at random, convolutions after He, so that values keep their size.
    """

    def __init__(self, seed: int):
        self.generator = np.random.Generator(np.random.PCG64(seed))
        self.nodes: list[NodeProto] = []
        self.weights: list[TensorProto] = []

    def node(
        self,
        operator: str,
        name: str,
        *inputs: str,
        **attributes: int | float | list[int],
    ) -> str:
        """A node, and the tensor that it writes, under one name."""
        node = helper.make_node(operator, inputs, [name], name)
        node.attribute.extend(
            helper.make_attribute(key, value) for key, value in attributes.items()
        )
        self.nodes.append(node)
        return name

    def weight(self, name: str, mean: float, deviation: float, *shape: int) -> str:
        """A weight of normal values."""
        array = self.generator.normal(mean, deviation, shape).astype(np.float32)
        self.weights.append(numpy_helper.from_array(array, name))
        return name

    def conv(
        self,
        name: str,
        ifm: str,
        channels: tuple[int, int],
        kernel: int | tuple[int, int],
        stride: int = 1,
        *,
        groups: int = 1,
        pads: Sequence[int] | None = None,
        bias: bool = False,
    ) -> str:
        """A convolution that keeps or divides the map, unless `pads` says otherwise.

        Args:
            name: of the node and of the tensor that it writes.
            ifm: what it reads.
            channels: of its input and of its result.
            kernel: rows and columns, or one number for both.
            stride: of rows and of columns.
            groups: that the channels are divided into.
            pads: above, left, below and right; by default half the kernel.
            bias: whether it has one: none before a batch norm.
        """
        rows, columns = (kernel, kernel) if isinstance(kernel, int) else kernel
        inputs = channels[0] // groups
        deviation = (2 / (inputs * rows * columns)) ** 0.5
        shape = (channels[1], inputs, rows, columns)
        weights = [self.weight(f"{name}.weight", 0, deviation, *shape)]
        if bias:
            weights.append(self.weight(f"{name}.bias", 0, 0.1, channels[1]))
        return self.node(
            "Conv",
            name,
            ifm,
            *weights,
            kernel_shape=[rows, columns],
            strides=[stride, stride],
            pads=list(pads or (rows // 2, columns // 2) * 2),
            **({"group": groups} if groups > 1 else {}),
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

    def classifier(self, ifm: str, channels: int, classes: int) -> None:
        """The end of a network: a mean of every channel, a product, a softmax."""
        ofm = self.node("GlobalAveragePool", "pool", ifm)
        ofm = self.node("Flatten", "flatten", ofm)
        deviation = (2 / channels) ** 0.5
        weight = self.weight("classifier.weight", 0, deviation, classes, channels)
        bias = self.weight("classifier.bias", 0, 0.1, classes)
        ofm = self.node("Gemm", "classifier", ofm, weight, bias, transB=1)
        self.node("Softmax", "output", ofm)

    def model(self, name: str, shape: Sequence[int], classes: int) -> ModelProto:
        """The model: `input` of a shape, `output` [1, classes]."""
        real = TensorProto.FLOAT
        graph = helper.make_graph(
            self.nodes,
            name,
            [helper.make_tensor_value_info("input", real, shape)],
            [helper.make_tensor_value_info("output", real, [1, classes])],
            self.weights,
        )
        return helper.make_model(
            graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=8
        )
