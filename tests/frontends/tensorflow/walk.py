"""What a GraphDef computes, found by walking it: plain numpy, node by node.

Nothing of the frontend is used. A loop is carried out as TensorFlow does it: a node has
a value for each turn, and is computed when that is asked for.
"""

from collections.abc import Callable, Mapping, Sequence
from math import erfc

import numpy as np
from tensorboard.util import tensor_util

from aipu.tests.frontends.tensorflow.protos import Graph, Node, copy

Turn = int
DEAD = object()


def walk(
    graph: Graph, feeds: Mapping[str, np.ndarray], outputs: Sequence[str]
) -> list[np.ndarray]:
    """The outputs for given values of some tensors."""
    walker = Walker(graph, feeds)
    return [np.asarray(walker.value(name, 0)) for name in outputs]


class Walker:
    """The values of tensors, by name and turn of the loop, computed when needed."""

    def __init__(self, graph: Graph, feeds: Mapping[str, np.ndarray]):
        self.nodes = {node.name: node for node in graph.node}
        self.feeds = feeds
        self.known: dict[tuple[str, Turn], object] = {}
        self.inside = self._inside_loops()

    def _inside_loops(self) -> set[str]:
        """The nodes of which every turn has another value: what an Enter leads to."""
        inside: set[str] = set()
        grown = True
        while grown:
            grown = False
            for node in self.nodes.values():
                if node.name in inside or node.op == "Exit":
                    continue
                read = {name.lstrip("^").split(":")[0] for name in node.input}
                if node.op == "Enter" or read & inside:
                    inside.add(node.name)
                    grown = True
        return inside

    def value(self, name: str, turn: Turn) -> object:
        """One output of a node in one turn."""
        base, _, output = name.partition(":")
        if base in self.feeds:
            return self.feeds[base]
        if base not in self.inside:
            turn = 0
        if (base, turn) not in self.known:
            self.known[base, turn] = self._compute(self.nodes[base], turn)
        results = self.known[base, turn]
        return results[int(output or 0)] if isinstance(results, tuple) else results

    def _compute(self, node: Node, turn: Turn) -> object:
        if node.op == "Enter":
            return self.value(node.input[0], 0)
        if node.op == "NextIteration":
            return self.value(node.input[0], turn - 1)
        if node.op == "Exit":
            return self._after_the_last_turn(node)
        if node.op == "Merge":
            return self._merged(node, turn)
        arguments = [self.value(name, turn) for name in node.input if name[0] != "^"]
        if any(argument is DEAD for argument in arguments):
            return DEAD
        return OPERATORS[node.op](node, *arguments)

    def _merged(self, node: Node, turn: Turn) -> object:
        operators = [self.nodes[name.split(":")[0]].op for name in node.input]
        if "NextIteration" in operators:
            comes_back = operators.index("NextIteration")
            return self.value(node.input[comes_back if turn else 1 - comes_back], turn)
        values = [self.value(name, turn) for name in node.input]
        return next((value for value in values if value is not DEAD), DEAD)

    def _after_the_last_turn(self, node: Node) -> object:
        for turn in range(10_000):
            found = self.value(node.input[0], turn)
            if found is not DEAD:
                return found
        raise AssertionError(f"{node.name} is never reached")


def pads(node: Node, extents: Sequence[int], reach: Sequence[int]) -> list:
    """Before and after the rows and columns of an NHWC map."""
    mode = node.attr["padding"].s
    if mode == b"EXPLICIT":
        flat = node.attr["explicit_paddings"].list.i
        return [(flat[2], flat[3]), (flat[4], flat[5])]
    if mode == b"VALID":
        return [(0, 0), (0, 0)]
    strides = node.attr["strides"].list.i[1:3]
    found = []
    for extent, n, stride in zip(extents, reach, strides, strict=True):
        missing = max((-(-extent // stride) - 1) * stride + n - extent, 0)
        found.append((missing // 2, missing - missing // 2))
    return found


def windows(
    node: Node, ifm: np.ndarray, kernel: Sequence[int], fill: float
) -> np.ndarray:
    """[N, rows, columns, C, KH, KW]: what each window sees."""
    strides = node.attr["strides"].list.i[1:3]
    dilations = list(node.attr["dilations"].list.i[1:3]) or [1, 1]
    reach = [(n - 1) * d + 1 for n, d in zip(kernel, dilations, strict=True)]
    rows, columns = pads(node, ifm.shape[1:3], reach)
    padded = np.pad(ifm, [(0, 0), rows, columns, (0, 0)], constant_values=fill)
    seen = np.lib.stride_tricks.sliding_window_view(padded, reach, (1, 2))
    return seen[:, :: strides[0], :: strides[1], :, :: dilations[0], :: dilations[1]]


def spatial(function: Callable[..., np.ndarray]) -> Callable[..., np.ndarray]:
    """A function of NHWC maps, on maps of the node's own layout."""

    def apply(node: Node, ifm: np.ndarray, *rest: np.ndarray) -> np.ndarray:
        if node.attr["data_format"].s != b"NCHW":
            return function(node, ifm, *rest)
        last = copy(node)
        for key in ("strides", "ksize", "dilations"):
            values = list(node.attr[key].list.i)
            if values:
                del last.attr[key].list.i[:]
                last.attr[key].list.i.extend([values[0], *values[2:], values[1]])
        found = function(last, ifm.transpose(0, 2, 3, 1), *rest)
        return found.transpose(0, 3, 1, 2)

    return apply


def conv2d(node: Node, ifm: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    rows, columns, depth, count = kernel.shape
    seen = windows(node, ifm, (rows, columns), 0.0)
    groups = ifm.shape[3] // depth
    parts = [
        np.einsum(
            "nyxcij,ijcm->nyxm",
            seen[:, :, :, group * depth : (group + 1) * depth],
            kernel[..., group * count // groups : (group + 1) * count // groups],
        )
        for group in range(groups)
    ]
    return np.concatenate(parts, 3)


def depthwise(node: Node, ifm: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    seen = windows(node, ifm, kernel.shape[:2], 0.0)
    found = np.einsum("nyxcij,ijcm->nyxcm", seen, kernel)
    return found.reshape(*found.shape[:3], -1)


def max_pool(node: Node, ifm: np.ndarray) -> np.ndarray:
    return windows(node, ifm, node.attr["ksize"].list.i[1:3], -np.inf).max((4, 5))


def average_pool(node: Node, ifm: np.ndarray) -> np.ndarray:
    return np.nanmean(
        windows(node, ifm, node.attr["ksize"].list.i[1:3], np.nan), (4, 5)
    )


def batch_norm(node: Node, ifm, gain, offset, mean, variance) -> np.ndarray:
    epsilon = node.attr["epsilon"].f
    return gain * (ifm - mean) / np.sqrt(variance + epsilon) + offset


def bias_add(node: Node, value: np.ndarray, bias: np.ndarray) -> np.ndarray:
    return value + bias


def matmul(node: Node, lhs: np.ndarray, rhs: np.ndarray) -> np.ndarray:
    lhs = lhs.T if node.attr["transpose_a"].b else lhs
    return lhs @ (rhs.T if node.attr["transpose_b"].b else rhs)


def softmax(node: Node, value: np.ndarray) -> np.ndarray:
    powers = np.exp(value - value.max(-1, keepdims=True))
    return powers / powers.sum(-1, keepdims=True)


def strided_slice(node: Node, value, begins, ends, strides) -> np.ndarray:
    def bit(mask: str, entry: int) -> bool:
        return bool(node.attr[mask].i >> entry & 1)

    index: list = []
    for entry, (begin, end, stride) in enumerate(
        zip(begins, ends, strides, strict=True)
    ):
        if bit("ellipsis_mask", entry):
            index.append(Ellipsis)
        elif bit("new_axis_mask", entry):
            index.append(np.newaxis)
        elif bit("shrink_axis_mask", entry):
            index.append(int(begin))
        else:
            first = None if bit("begin_mask", entry) else begin
            last = None if bit("end_mask", entry) else end
            index.append(slice(first, last, stride))
    return np.asarray(value)[tuple(index)]


def switch(node: Node, value: object, taken: np.ndarray) -> tuple:
    return (DEAD, value) if taken else (value, DEAD)


def scatter(node: Node, handle, indices, value, flow) -> dict:
    return {**flow, **dict(zip(indices.tolist(), value, strict=True))}


def on_a_grid(node: Node, x: np.ndarray, low, high) -> np.ndarray:
    """The nearest of the reals that integers stand for, one of which is 0."""
    least = np.float64(node.attr["narrow_range"].b)
    most = np.float64(2 ** (node.attr["num_bits"].i or 8) - 1)
    scale = (np.float64(high) - low) / (most - least)
    zero = np.round(np.clip(least - low / scale, least, most))
    whole = np.clip(np.round(x / scale) + zero, least, most)
    return (whole - zero) * scale


def bicubic(node: Node, ifm: np.ndarray, size: np.ndarray) -> np.ndarray:
    """Pixel after pixel, rows and then columns, as the formula has it."""
    half, corners = node.attr["half_pixel_centers"].b, node.attr["align_corners"].b
    a = -0.5 if half else -0.75

    def weight(x: float) -> float:
        x = abs(x)
        if x <= 1:
            return (a + 2) * x**3 - (a + 3) * x**2 + 1
        return a * x**3 - 5 * a * x**2 + 8 * a * x - 4 * a if x < 2 else 0.0

    for axis, count in enumerate(size.tolist(), start=1):
        extent, found = ifm.shape[axis], []
        for at in range(count):
            scale = (extent - 1) / (count - 1) if corners else extent / count
            place = (at + 0.5) * scale - 0.5 if half else at * scale
            first = int(np.floor(place))
            part = np.round((place - first) * 1024) / 1024
            total, whole = 0.0, 0.0
            for near in range(-1, 3):
                if half and not 0 <= first + near < extent:
                    continue
                pixel = ifm.take(min(max(first + near, 0), extent - 1), axis)
                total = total + weight(part - near) * pixel
                whole += weight(part - near)
            found.append(total / whole)
        ifm = np.stack(found, axis)
    return ifm


def cumulated(node: Node, x: np.ndarray, axis: np.ndarray) -> np.ndarray:
    """One partial sum after another."""
    turned = np.moveaxis(np.asarray(x), int(axis), 0)
    order = range(len(turned))
    backwards, without = node.attr["reverse"].b, node.attr["exclusive"].b
    total, found = np.zeros_like(turned[0]), list(turned)
    for at in reversed(order) if backwards else order:
        found[at] = total if without else total + turned[at]
        total = total + turned[at]
    return np.moveaxis(np.stack(found), 0, int(axis))


def reduced(function: Callable[..., np.ndarray]) -> Callable[..., np.ndarray]:
    return lambda node, value, axes: function(
        value, axis=tuple(np.ravel(axes)), keepdims=node.attr["keep_dims"].b
    )


OPERATORS: Mapping[str, Callable[..., object]] = {
    "Const": lambda node: tensor_util.make_ndarray(node.attr["value"].tensor),
    "Identity": lambda node, x: x,
    "PlaceholderWithDefault": lambda node, x: x,
    "LoopCond": lambda node, x: x,
    "Switch": switch,
    "TensorArrayV3": lambda node, size: ({}, {}),
    "TensorArrayScatterV3": scatter,
    "TensorArrayReadV3": lambda node, handle, index, flow: flow[int(index)],
    "TensorArrayWriteV3": lambda node, handle, index, x, flow: {**flow, int(index): x},
    "TensorArrayGatherV3": lambda node, handle, indices, flow: np.stack(
        [flow[index] for index in indices.tolist()]
    ),
    "TensorArraySizeV3": lambda node, handle, flow: np.int32(len(flow)),
    "Conv2D": spatial(conv2d),
    "DepthwiseConv2dNative": spatial(depthwise),
    "MaxPool": spatial(max_pool),
    "AvgPool": spatial(average_pool),
    "FusedBatchNorm": spatial(batch_norm),
    "FusedBatchNormV3": spatial(batch_norm),
    "BiasAdd": spatial(bias_add),
    "MatMul": matmul,
    "Softmax": softmax,
    "Einsum": lambda node, *xs: np.einsum(node.attr["equation"].s.decode(), *xs),
    "Cumsum": cumulated,
    "ResizeBicubic": bicubic,
    "TopKV2": lambda node, x, k: (
        -np.sort(-x, -1)[..., : int(k)],
        np.argsort(-x, -1, "stable")[..., : int(k)],
    ),
    "FakeQuantWithMinMaxArgs": lambda node, x: on_a_grid(
        node, x, node.attr["min"].f, node.attr["max"].f
    ),
    "FakeQuantWithMinMaxVars": on_a_grid,
    "FakeQuantWithMinMaxVarsPerChannel": on_a_grid,
    "ReverseV2": lambda node, x, axes: np.flip(x, tuple(axes)),
    "Erfc": lambda node, x: np.vectorize(erfc)(x).astype(np.float32),
    "FloorDiv": lambda node, a, b: np.floor_divide(a, b),
    "FloorMod": lambda node, a, b: np.mod(a, b),
    "Relu": lambda node, x: np.maximum(x, 0),
    "Relu6": lambda node, x: np.clip(x, 0, 6),
    "Elu": lambda node, x: np.where(x > 0, x, np.expm1(x)),
    "Sigmoid": lambda node, x: 1 / (1 + np.exp(-x)),
    "Tanh": lambda node, x: np.tanh(x),
    "Rsqrt": lambda node, x: 1 / np.sqrt(x),
    "Add": lambda node, a, b: a + b,
    "AddV2": lambda node, a, b: a + b,
    "Sub": lambda node, a, b: a - b,
    "Mul": lambda node, a, b: a * b,
    "RealDiv": lambda node, a, b: a / b,
    "Maximum": lambda node, a, b: np.maximum(a, b),
    "Minimum": lambda node, a, b: np.minimum(a, b),
    "SquaredDifference": lambda node, a, b: (a - b) ** 2,
    "Less": lambda node, a, b: a < b,
    "GreaterEqual": lambda node, a, b: a >= b,
    "Cast": lambda node, x: x.astype(np.float32),
    "RandomUniform": lambda node, shape: np.random.default_rng(0).random(shape),
    "LogicalAnd": lambda node, a, b: a and b,
    "Shape": lambda node, x: np.array(x.shape, np.int32),
    "Range": lambda node, start, limit, delta: np.arange(start, limit, delta),
    "Fill": lambda node, shape, value: np.full(shape, value),
    "Pack": lambda node, *xs: np.stack(xs, node.attr["axis"].i),
    "Unpack": lambda node, x: tuple(np.moveaxis(x, node.attr["axis"].i, 0)),
    "Concat": lambda node, axis, *xs: np.concatenate(xs, int(axis)),
    "ConcatV2": lambda node, *xs: np.concatenate(xs[:-1], int(xs[-1])),
    "Split": lambda node, axis, x: tuple(
        np.split(x, node.attr["num_split"].i, int(axis))
    ),
    "SplitV": lambda node, x, sizes, axis: tuple(
        np.split(x, np.cumsum(sizes)[:-1], int(axis))
    ),
    "Reshape": lambda node, x, shape: x.reshape(shape),
    "Squeeze": lambda node, x: x.squeeze(
        tuple(node.attr["squeeze_dims"].list.i) or None
    ),
    "ExpandDims": lambda node, x, axis: np.expand_dims(x, int(axis)),
    "Transpose": lambda node, x, order: x.transpose(order),
    "Pad": lambda node, x, amounts: np.pad(x, amounts),
    "PadV2": lambda node, x, amounts, value: np.pad(x, amounts, constant_values=value),
    "MirrorPad": lambda node, x, amounts: np.pad(
        x, amounts, node.attr["mode"].s.decode().lower()
    ),
    "Slice": lambda node, x, starts, sizes: x[
        tuple(
            slice(start, None if size == -1 else start + size)
            for start, size in zip(starts, sizes, strict=True)
        )
    ],
    "StridedSlice": strided_slice,
    "Tile": lambda node, x, counts: np.tile(x, counts),
    "GatherV2": lambda node, x, indices, axis: np.take(x, indices, int(axis)),
    "Mean": reduced(np.mean),
    "Max": reduced(np.max),
    "Sum": reduced(np.sum),
}
"""What each operator computes of a node and its inputs."""
