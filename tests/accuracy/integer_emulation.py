"""What a quantised ONNX model computes, in exact integers: plain numpy, layer by layer.

Every sum is exact. A result is `round(sum * scales) + zero point`, half to even, with
the scales in float64. Written against the operators' definitions alone.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import onnx
from numpy.lib.stride_tricks import sliding_window_view
from onnx import helper, numpy_helper

Attributes = Mapping[str, object]


@dataclass(frozen=True)
class Scaled:
    """`integers * scale`: integers less their zero point, in float64, which is exact.

    The scale is one number, or one a channel of the first axis.
    """

    integers: np.ndarray
    scale: np.ndarray

    @property
    def reals(self) -> np.ndarray:
        return self.integers * self.scale.reshape(-1, *[1] * (self.integers.ndim - 1))


Tensor = np.ndarray | Scaled


def emulate(model: onnx.ModelProto, images: np.ndarray) -> np.ndarray:
    """The first output of a model on its first input."""
    graph = model.graph
    tensors: dict[str, Tensor] = {
        each.name: numpy_helper.to_array(each) for each in graph.initializer
    }
    tensors[graph.input[0].name] = images
    last = {name: node.output[0] for node in graph.node for name in node.input}
    for node in graph.node:
        inputs = [tensors[name] for name in node.input]
        attributes = {
            each.name: helper.get_attribute_value(each) for each in node.attribute
        }
        tensors[node.output[0]] = OPERATORS[node.op_type](inputs, attributes)
        for name in node.input:
            if last[name] == node.output[0]:
                del tensors[name]
    result = tensors[graph.output[0].name]
    return result.reals if isinstance(result, Scaled) else result


def dequantised(values: np.ndarray, scale: np.ndarray, zero: np.ndarray) -> Scaled:
    columns = zero.astype(np.float64).reshape(-1, *[1] * (values.ndim - 1))
    centred = values - columns if values.ndim else values - zero.astype(np.float64)
    return Scaled(centred, scale.astype(np.float64))


def quantised(values: np.ndarray, scale: np.ndarray, zero: np.ndarray) -> np.ndarray:
    limits = np.iinfo(zero.dtype)
    rounded = np.rint(values / np.float64(scale)) + zero
    return np.clip(rounded, limits.min, limits.max).astype(zero.dtype)


def by_channel(scale: np.ndarray, rank: int) -> np.ndarray:
    return scale.reshape(-1, *[1] * (rank - 2))


def convolution(ifm: Scaled, weight: Scaled, bias: np.ndarray, given: Attributes):
    """[N, C, H, W] by [M, C / groups, KH, KW], with one group or as many as channels."""
    top, left, bottom, right = given["pads"]
    rows, columns = given["strides"]
    assert list(given["dilations"]) == [1, 1]
    kernel = weight.integers
    frame = np.pad(ifm.integers, [(0, 0), (0, 0), (top, bottom), (left, right)])
    windows = sliding_window_view(frame, kernel.shape[2:], axis=(2, 3))
    windows = windows[:, :, ::rows, ::columns]
    if given["group"] == 1:
        sums = np.stack(
            [np.tensordot(kernel, image, ((1, 2, 3), (0, 3, 4))) for image in windows]
        )
    else:
        assert given["group"] == frame.shape[1] == len(kernel)
        sums = sum(
            windows[..., row, column] * kernel[:, 0, row, column, None, None]
            for row, column in np.ndindex(*kernel.shape[2:])
        )
    scale = by_channel(ifm.scale * weight.scale, 4)
    return (sums + bias.reshape(-1, 1, 1)) * scale


def product(ifm: Scaled, weight: Scaled, bias: np.ndarray, given: Attributes):
    assert (given["alpha"], given["transA"], given["transB"]) == (1, 0, 1)
    sums = ifm.integers @ weight.integers.T + bias
    return sums * by_channel(ifm.scale * weight.scale, 2)


def on_reals(layer: Callable[..., np.ndarray]) -> Callable[..., np.ndarray]:
    """Between dequantised operands; the integers of the bias are those of the sums."""

    def compute(inputs: list[Tensor], given: Attributes) -> np.ndarray:
        ifm, weight, bias = inputs
        return layer(ifm, weight, bias.integers, given)

    return compute


def on_integers(layer: Callable[..., np.ndarray]) -> Callable[..., np.ndarray]:
    def compute(inputs: list[np.ndarray], given: Attributes) -> np.ndarray:
        """Operands and result with scale and zero point, the bias in between or last."""
        ifm, weight = dequantised(*inputs[:3]), dequantised(*inputs[3:6])
        last = layer is convolution
        bias, scales = (inputs[8], inputs[6:8]) if last else (inputs[6], inputs[7:9])
        return quantised(layer(ifm, weight, bias.astype(np.float64), given), *scales)

    return compute


def add(inputs: list[Scaled], given: Attributes) -> np.ndarray:
    return inputs[0].reals + inputs[1].reals


def qlinear_add(inputs: list[np.ndarray], given: Attributes) -> np.ndarray:
    sides = [dequantised(*inputs[:3]), dequantised(*inputs[3:6])]
    return quantised(add(sides, given), *inputs[6:8])


def mean(inputs: list[Scaled], given: Attributes) -> np.ndarray:
    sums = inputs[0].integers.sum(axis=(2, 3), keepdims=bool(given.get("keepdims", 1)))
    return sums * inputs[0].scale / np.prod(inputs[0].integers.shape[2:])


def reshape(inputs: list[Tensor], given: Attributes) -> Scaled:
    """To [N, -1]."""
    integers = inputs[0].integers
    return Scaled(integers.reshape(len(integers), -1), inputs[0].scale)


OPERATORS: Mapping[str, Callable[..., Tensor]] = {
    "QuantizeLinear": lambda inputs, given: quantised(*inputs),
    "DequantizeLinear": lambda inputs, given: dequantised(*inputs),
    "Conv": on_reals(convolution),
    "Gemm": on_reals(product),
    "Add": add,
    "ReduceMean": mean,
    "GlobalAveragePool": mean,
    "Reshape": reshape,
    "QLinearConv": on_integers(convolution),
    "QGemm": on_integers(product),
    "QLinearAdd": qlinear_add,
}
