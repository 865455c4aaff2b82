"""What a quantised ONNX model computes, in exact integers: plain numpy, layer by layer.

Every sum is exact. A result is `round(sum * scales) + zero point`, half to even, with
the scales in float64. Written against the operators' definitions alone.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import onnx
from numpy.lib.stride_tricks import sliding_window_view
from onnx import numpy_helper

Attributes = Mapping[str, onnx.AttributeProto]


@dataclass(frozen=True)
class Tensor:
    """`array * scale`; of integers less their zero point, in float64, which is exact.

    The scale is one number, or one a channel of the first axis.
    """

    array: np.ndarray
    scale: np.ndarray

    @property
    def reals(self) -> np.ndarray:
        return self.array * self.scale.reshape(-1, *[1] * (self.array.ndim - 1))


def plain(array: np.ndarray) -> Tensor:
    """As the model holds it."""
    return Tensor(array, np.ones(1))


def emulate(model: onnx.ModelProto, images: np.ndarray) -> np.ndarray:
    """The first output of a model on its first input."""
    graph = model.graph
    weights = {each.name: numpy_helper.to_array(each) for each in graph.initializer}
    tensors = {name: plain(array) for name, array in weights.items()}
    tensors[graph.input[0].name] = plain(images)
    last = {name: node.output[0] for node in graph.node for name in node.input}
    for node in graph.node:
        inputs = [tensors[name] for name in node.input]
        given = {attribute.name: attribute for attribute in node.attribute}
        tensors[node.output[0]] = OPERATORS[node.op_type](inputs, given)
        for name in node.input:
            if last[name] == node.output[0]:
                del tensors[name]
    return tensors[graph.output[0].name].reals


def dequantised(inputs: Sequence[Tensor]) -> Tensor:
    """Of integers, scale and zero point; per channel along the first axis."""
    values, scale, zero = (each.array for each in inputs)
    columns = zero.astype(np.float64).reshape(-1, *[1] * (values.ndim - 1))
    return Tensor(values - columns, scale.astype(np.float64).reshape(-1))


def quantised(values: np.ndarray, target: Sequence[Tensor]) -> Tensor:
    """With a scale and a zero point."""
    scale, zero = (each.array for each in target)
    limits = np.iinfo(zero.dtype)
    rounded = np.rint(values / np.float64(scale)) + zero
    return plain(np.clip(rounded, limits.min, limits.max).astype(zero.dtype))


def per_channel(ifm: Tensor, weight: Tensor, rank: int) -> np.ndarray:
    """The scale of the sums, of each channel of the second axis."""
    return (ifm.scale * weight.scale).reshape(-1, *[1] * (rank - 2))


def convolution(
    ifm: Tensor, weight: Tensor, bias: np.ndarray, given: Attributes
) -> np.ndarray:
    """[N, C, H, W] by [M, C / groups, KH, KW]; in one group, or one a channel."""
    top, left, bottom, right = given["pads"].ints
    rows, columns = given["strides"].ints
    assert list(given["dilations"].ints) == [1, 1]
    kernel, groups = weight.array, given["group"].i
    frame = np.pad(ifm.array, [(0, 0), (0, 0), (top, bottom), (left, right)])
    windows = sliding_window_view(frame, kernel.shape[2:], axis=(2, 3))
    windows = windows[:, :, ::rows, ::columns]
    if groups == 1:
        sums = np.stack([np.tensordot(kernel, each, AXES) for each in windows])
    else:
        assert groups == frame.shape[1] == len(kernel)
        sums = np.zeros(windows.shape[:4])
        for row, column in np.ndindex(*kernel.shape[2:]):
            sums += windows[..., row, column] * kernel[:, :1, row, column, None]
    return (sums + bias.reshape(-1, 1, 1)) * per_channel(ifm, weight, 4)


AXES = ((1, 2, 3), (0, 3, 4))
"""Channels, rows and columns of a kernel, and of the windows of an image."""


def product(
    ifm: Tensor, weight: Tensor, bias: np.ndarray, given: Attributes
) -> np.ndarray:
    assert (given["alpha"].f, given["transA"].i, given["transB"].i) == (1, 0, 1)
    sums = ifm.array @ weight.array.T + bias
    return sums * per_channel(ifm, weight, 2)


Layer = Callable[[Tensor, Tensor, np.ndarray, Attributes], np.ndarray]
Operator = Callable[[Sequence[Tensor], Attributes], Tensor]


def between_pairs(layer: Layer) -> Operator:
    """The integers of the bias are those of the sums."""

    def compute(inputs: Sequence[Tensor], given: Attributes) -> Tensor:
        ifm, weight, bias = inputs
        return plain(layer(ifm, weight, bias.array, given))

    return compute


def on_integers(layer: Layer, bias: int, result: int) -> Operator:
    """`bias` and `result` are the positions of inputs."""

    def compute(inputs: Sequence[Tensor], given: Attributes) -> Tensor:
        ifm, weight = dequantised(inputs[:3]), dequantised(inputs[3:6])
        sums = layer(ifm, weight, inputs[bias].array.astype(np.float64), given)
        return quantised(sums, inputs[result : result + 2])

    return compute


def quantize_linear(inputs: Sequence[Tensor], given: Attributes) -> Tensor:
    return quantised(inputs[0].reals, inputs[1:])


def dequantize_linear(inputs: Sequence[Tensor], given: Attributes) -> Tensor:
    return dequantised(inputs)


def add(inputs: Sequence[Tensor], given: Attributes) -> Tensor:
    return plain(inputs[0].reals + inputs[1].reals)


def qlinear_add(inputs: Sequence[Tensor], given: Attributes) -> Tensor:
    sides = [dequantised(inputs[:3]), dequantised(inputs[3:6])]
    return quantised(add(sides, given).array, inputs[6:8])


def mean(inputs: Sequence[Tensor], given: Attributes) -> Tensor:
    """Over rows and columns."""
    ifm = inputs[0]
    keep = "keepdims" not in given or bool(given["keepdims"].i)
    sums = ifm.array.sum(axis=(2, 3), keepdims=keep)
    return plain(sums * ifm.scale / np.prod(ifm.array.shape[2:]))


def reshape(inputs: Sequence[Tensor], given: Attributes) -> Tensor:
    """To [N, -1]."""
    array = inputs[0].array
    return Tensor(array.reshape(len(array), -1), inputs[0].scale)


OPERATORS: Mapping[str, Operator] = {
    "QuantizeLinear": quantize_linear,
    "DequantizeLinear": dequantize_linear,
    "Conv": between_pairs(convolution),
    "Gemm": between_pairs(product),
    "Add": add,
    "ReduceMean": mean,
    "GlobalAveragePool": mean,
    "Reshape": reshape,
    "QLinearConv": on_integers(convolution, bias=8, result=6),
    "QGemm": on_integers(product, bias=6, result=7),
    "QLinearAdd": qlinear_add,
}
