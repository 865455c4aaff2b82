"""Networks of all kinds of operators, some of which only the host runs, by a seed."""

from collections.abc import Callable

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

Shape = tuple[int, int, int, int]
Grow = Callable[[str, Shape], None]
GROWTH = 10


class Mixed:
    """A network that grows by operators which the generator of a seed chooses."""

    def __init__(self, seed: int):
        self.random = np.random.default_rng(seed)
        self.nodes: list[onnx.NodeProto] = []
        self.weights: list[onnx.TensorProto] = []
        size = int(self.random.choice([5, 6, 8, 11]))
        self.input = (int(self.random.choice([1, 1, 2])), 4, size, size)
        self.maps: list[tuple[str, Shape]] = [("image", self.input)]

    def model(self) -> onnx.ModelProto:
        """Its result, and what no operator reads, are the outputs."""
        for _ in range(GROWTH):
            self.grow()
        self.classify()
        read = {name for node in self.nodes for name in node.input}
        made = [name for node in self.nodes for name in node.output]
        outputs = [name for name in made if name not in read]
        graph = helper.make_graph(
            self.nodes,
            "mixed",
            [helper.make_tensor_value_info("image", TensorProto.FLOAT, self.input)],
            [
                helper.make_tensor_value_info(name, TensorProto.FLOAT, None)
                for name in outputs
            ],
            self.weights,
        )
        opsets = [helper.make_opsetid("", 13)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=8)

    def grow(self) -> None:
        """One operator more, on one of the last results."""
        number = int(self.random.integers(max(0, len(self.maps) - 3), len(self.maps)))
        growing = self.growing()
        grown = growing[int(self.random.integers(len(growing)))]
        grown(*self.maps[number])

    def growing(self) -> list[Grow]:
        """What it grows by, some more often than others."""
        return [
            self.convolve,
            self.convolve,
            self.activate,
            self.activate,
            self.normalise,
            self.combine,
            self.divide,
            self.pool,
            self.join,
            self.turn,
        ]

    def emit(
        self,
        operator: str,
        inputs: list[str],
        shape: Shape,
        **attributes: float | list[int],
    ) -> None:
        """A node, and the tensor that it writes, under one name."""
        name = f"{operator.lower()}{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, inputs, [name], name))
        self.nodes[-1].attribute.extend(
            helper.make_attribute(key, value) for key, value in attributes.items()
        )
        self.maps.append((name, shape))

    def weight(self, *shape: int) -> str:
        name = f"weight{len(self.weights)}"
        values = self.random.normal(0, 0.4, shape).astype(np.float32)
        self.weights.append(numpy_helper.from_array(values, name))
        return name

    def one(self) -> str:
        name = f"one{len(self.weights)}"
        self.weights.append(numpy_helper.from_array(np.ones(1, np.float32), name))
        return name

    def convolve(self, ifm: str, shape: Shape) -> None:
        """Plain, pointwise, in groups, depthwise, with a stride, of a large kernel."""
        images, channels, rows, columns = shape
        size, stride = self.random.choice([(1, 1), (3, 1), (3, 2), (5, 1)]).tolist()
        groups = int(self.random.choice([1, 1, 2, channels]))
        if channels % groups:
            groups = 1
        weight = self.weight(channels, channels // groups, size, size)
        ofm = (images, channels, -(-rows // stride), -(-columns // stride))
        around = size // 2
        self.emit(
            "Conv",
            [ifm, weight, self.weight(channels)],
            ofm,
            kernel_shape=[size, size],
            pads=[around] * 4,
            strides=[stride, stride],
            group=groups,
        )

    def activate(self, ifm: str, shape: Shape) -> None:
        words = ["Relu", "Sigmoid", "Tanh", "HardSigmoid", "Softplus", "Abs"]
        self.emit(words[int(self.random.integers(len(words)))], [ifm], shape)

    def normalise(self, ifm: str, shape: Shape) -> None:
        self.emit("LRN", [ifm], shape, size=3)

    def combine(self, ifm: str, shape: Shape) -> None:
        """With another of the same shape."""
        same = [name for name, other in self.maps if other == shape]
        other = same[int(self.random.integers(len(same)))]
        word = ["Add", "Mul", "Sub", "Max"][int(self.random.integers(4))]
        self.emit(word, [ifm, other], shape)

    def divide(self, ifm: str, shape: Shape) -> None:
        """By what is 1 or more, in integers too; only the host computes quotients."""
        self.emit("Sigmoid", [ifm], shape)
        self.emit("Add", [self.maps[-1][0], self.one()], shape)
        self.emit("Div", [ifm, self.maps[-1][0]], shape)

    def pool(self, ifm: str, shape: Shape) -> None:
        word = ["MaxPool", "AveragePool"][int(self.random.integers(2))]
        around = [1, 1, 1, 1]
        self.emit(word, [ifm], shape, kernel_shape=[3, 3], pads=around)

    def join(self, ifm: str, shape: Shape) -> None:
        """Both halves of the channels, the other way round."""
        if shape[1] < 2:
            return
        half = shape[1] // 2
        ends = [[0], [half], [shape[1]], [1]]
        names = [f"{ifm}/{number}/{len(self.nodes)}" for number in range(4)]
        for name, values in zip(names, ends, strict=True):
            array = np.array(values, np.int64)
            self.weights.append(numpy_helper.from_array(array, name))
        low, middle, high, axis = names
        part = (shape[0], half, *shape[2:])
        self.emit("Slice", [ifm, low, middle, axis], part)
        first = self.maps.pop()[0]
        self.emit("Slice", [ifm, middle, high, axis], part)
        second = self.maps.pop()[0]
        self.emit("Concat", [second, first], shape, axis=1)

    def turn(self, ifm: str, shape: Shape) -> None:
        """Rows become columns."""
        turned = (*shape[:2], shape[3], shape[2])
        self.emit("Transpose", [ifm], turned, perm=[0, 1, 3, 2])

    def classify(self) -> None:
        """The mean of each channel, weighted; sometimes a softmax behind it."""
        ifm, shape = self.maps[-1]
        self.emit("GlobalAveragePool", [ifm], (*shape[:2], 1, 1))
        self.emit("Flatten", [self.maps[-1][0]], shape)
        weight = self.weight(10, shape[1])
        self.emit("Gemm", [self.maps[-1][0], weight], shape, transB=1)
        if self.random.random() < 0.5:
            self.emit("Softmax", [self.maps[-1][0]], shape)


class Gapped(Mixed):
    """One whose operators also leave out much of what they could read."""

    def growing(self) -> list[Grow]:
        gaps = [self.stride, self.thin, self.cut, self.pick, self.crop]
        return [*super().growing(), *gaps, *gaps]

    def below(self, least: int, limit: int) -> int:
        return int(self.random.integers(least, limit))

    def whole(self, *values: int) -> str:
        """A constant of integers."""
        name = f"whole{len(self.weights)}"
        array = np.array(values, np.int64)
        self.weights.append(numpy_helper.from_array(array, name))
        return name

    def stride(self, ifm: str, shape: Shape) -> None:
        """A 1x1 convolution that steps over pixels."""
        images, channels, rows, columns = shape
        down, across = self.below(1, 4), self.below(1, 4)
        ofm = (images, channels, -(-rows // down), -(-columns // across))
        inputs = [ifm, self.weight(channels, channels, 1, 1)]
        self.emit("Conv", inputs, ofm, strides=[down, across])

    def thin(self, ifm: str, shape: Shape) -> None:
        """A pool whose windows leave gaps between them, or rows behind the last."""
        images, channels, rows, columns = shape
        size, step = min(self.below(1, 3), rows, columns), self.below(1, 4)
        ofm = (
            images,
            channels,
            (rows - size) // step + 1,
            (columns - size) // step + 1,
        )
        word = ["MaxPool", "AveragePool"][self.below(0, 2)]
        kernel = [size, size]
        self.emit(word, [ifm], ofm, kernel_shape=kernel, strides=[step, step])

    def cut(self, ifm: str, shape: Shape) -> None:
        """A slice along one axis, perhaps of every other element."""
        axis, step = self.below(1, 4), self.below(1, 3)
        first = self.below(0, shape[axis])
        stop = self.below(first + 1, shape[axis] + 1)
        ends = [self.whole(value) for value in (first, stop, axis, step)]
        ofm = list(shape)
        ofm[axis] = -(-(stop - first) // step)
        self.emit("Slice", [ifm, *ends], as_shape(ofm))

    def pick(self, ifm: str, shape: Shape) -> None:
        """Some elements along an axis, in any order, perhaps some of them twice."""
        axis = self.below(1, 4)
        count = self.below(1, shape[axis] + 2)
        places = self.random.integers(0, shape[axis], count).tolist()
        ofm = list(shape)
        ofm[axis] = count
        self.emit("Gather", [ifm, self.whole(*places)], as_shape(ofm), axis=axis)

    def crop(self, ifm: str, shape: Shape) -> None:
        """A row or column more or less on each side."""
        if min(shape[2:]) < 3:
            return
        top, left, bottom, right = (self.below(-1, 2) for _ in range(4))
        pads = self.whole(0, 0, top, left, 0, 0, bottom, right)
        ofm = (*shape[:2], shape[2] + top + bottom, shape[3] + left + right)
        self.emit("Pad", [ifm, pads], ofm)


def as_shape(extents: list[int]) -> Shape:
    images, channels, rows, columns = extents
    return images, channels, rows, columns
