"""What others need for the same network: onnxruntime in int8, and plain numpy."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import onnxruntime
from onnxruntime.quantization import (
    CalibrationDataReader,
    QuantFormat,
    QuantType,
    quantize_static,
)
from onnxruntime.quantization.shape_inference import quant_pre_process
from xdsl.dialects.builtin import ModuleOp

from aipu.dialects import nn

Run = Callable[[], object]
EXACT = 1024
"""So many products of int8 add up exactly in float32: 1024 x 2^14 = 2^24."""


class OneSample(CalibrationDataReader):
    """Calibration data: one input."""

    def __init__(self, name: str, sample: np.ndarray):
        self.samples = iter([{name: sample}])

    def get_next(self) -> dict[str, np.ndarray]:
        return next(self.samples, {})


def onnxruntime_int8(
    model: Path, folder: Path, sample: np.ndarray, threads: int
) -> Run:
    """A run of the network that onnxruntime quantised: int8 x int8, per channel, QDQ.

    Args:
        model: the float network; it has one input.
        folder: for the networks that are made on the way.
        sample: the input, to calibrate with and to run.
        threads: how many threads it may use.
    """
    name = onnxruntime.InferenceSession(model).get_inputs()[0].name
    clean, quantised = folder / "clean.onnx", folder / "quantised.onnx"
    quant_pre_process(model, clean, skip_symbolic_shape=True)
    quantize_static(
        clean,
        quantised,
        OneSample(name, sample),
        quant_format=QuantFormat.QDQ,
        activation_type=QuantType.QInt8,
        weight_type=QuantType.QInt8,
        per_channel=True,
    )
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(quantised, options)
    return lambda: session.run(None, {name: sample})


def numpy_layers(module: ModuleOp) -> Run:
    """A run of every layer with weights of a quantised network, each at once.

    Windows as a matrix, products in float32, exactly; then scaled, rounded, clipped.
    The values are random: only the time counts.
    """
    layers = list(_layers(module))
    return lambda: [layer() for layer in layers]


def _layers(module: ModuleOp) -> Iterator[Run]:
    generator = np.random.default_rng(0)

    def integers(*shape: int) -> np.ndarray:
        return generator.integers(-128, 128, shape, np.int8)

    for op in module.walk():
        if isinstance(op, nn.Conv2dOp):
            ifm, weight = integers(*nn.shape(op.ifm)), integers(*nn.shape(op.weight))
            matrix = weight.reshape(len(weight), -1).T.astype(np.float32)
            stride, pad = op.stride.get_values(), op.pad.get_values()
            extents = weight.shape[1:3]
            yield lambda i=ifm, m=matrix, e=extents, s=stride, p=pad: _product(
                _windows(i, e, s, p), m
            )
        elif isinstance(op, nn.FullyConnectedOp):
            ifm, weight = integers(*nn.shape(op.ifm)), integers(*nn.shape(op.weight))
            matrix = weight.T.astype(np.float32)
            yield lambda i=ifm, m=matrix: _product(i, m)


def _windows(
    ifm: np.ndarray,
    extents: tuple[int, ...],
    stride: tuple[int, ...],
    pad: tuple[int, ...],
) -> np.ndarray:
    """[pixels, window x channels] of a map [1, H, W, C]."""
    top, left, bottom, right = pad
    padded = np.pad(ifm[0], ((top, bottom), (left, right), (0, 0)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, extents, (0, 1))
    strided = windows[:: stride[0], :: stride[1]].transpose(0, 1, 3, 4, 2)
    return strided.reshape(-1, extents[0] * extents[1] * ifm.shape[3])


def _product(rows: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    """int8, the scaled product; sums longer than are exact are cut."""
    total = np.zeros((len(rows), matrix.shape[1]), np.float64)
    for start in range(0, len(matrix), EXACT):
        part = slice(start, start + EXACT)
        total += rows[:, part].astype(np.float32) @ matrix[part]
    return np.clip(np.rint(total * 2.0**-10), -128, 127).astype(np.int8)
