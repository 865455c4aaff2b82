"""Calibration arrays as the vendor's tool takes them: NHWC, whatever the model is."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ...passes.calibration.samples import Input, Samples, read_samples
from .log import Log

TO_NCHW = (0, 3, 1, 2)
TO_NHWC = (0, 2, 3, 1)


def calibration_samples(path: Path, inputs: Sequence[Input], log: Log) -> Samples:
    """The samples of a file, in the layout of each input.

    Raises:
        AipuError: the file is missing or damaged, or has another number of arrays.
    """
    samples = read_samples(path, inputs)
    shapes = {each.name: each.shape for each in inputs}
    return {
        name: _turned(name, array, shapes[name], log) if name in shapes else array
        for name, array in samples.items()
    }


def _turned(name: str, array: np.ndarray, shape: Sequence[int], log: Log) -> np.ndarray:
    """`array` with its axes in the order of `shape`, if that is all it needs."""
    array = _as_reals(array)
    if array.ndim != 4 or len(shape) != 4 or array.shape[1:] == tuple(shape[1:]):
        return array
    for layout, order in (("NHWC", TO_NCHW), ("NCHW", TO_NHWC)):
        turned = array.transpose(order)
        if turned.shape[1:] == tuple(shape[1:]):
            say = log.info if layout == "NHWC" else log.warning
            say(f"the calibration data for '{name}' is {layout}: turned for the input")
            return turned
    return array


def _as_reals(array: np.ndarray) -> np.ndarray:
    return array.astype(np.float32) if array.dtype.kind in "iu" else array
