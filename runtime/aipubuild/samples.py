"""Arrays of samples as the vendor's tool takes them: NHWC, whatever the model is."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from xdsl.dialects.builtin import f32

from ...passes.quantising.calibration.network_input import Input
from ...passes.quantising.calibration.samples import Samples, read_samples
from .log import Log

TO_NCHW = (0, 3, 1, 2)
TO_NHWC = (0, 2, 3, 1)

DATASETS: Mapping[str, bool] = {
    "numpydataset": False,
    "numpymultiinputdataset": False,
    "numpymultiinputnchwdataset": False,
    "numpynhwc2nchwdataset": False,
    "numpynchw2nhwcdataset": False,
    "numpywithdimdataset": False,
    "tensorfromnumpymultiinputdataset": False,
    "nhwcrgb2nhwcbgrdataset": True,
    "numpynhwcrgb2ncbgrhwdataset": True,
}
"""The plugins that read plain arrays: whether they take RGB to BGR. That they turn them
goes without saying here."""


def read_turned(
    path: Path, inputs: Sequence[Input], log: Log, *, reverses_channels: bool = False
) -> Samples:
    """The samples of a file, in the layout of each input.

    Args:
        path: the file.
        inputs: of the network.
        log: takes what is done to them.
        reverses_channels: from RGB in the file to BGR.

    Raises:
        AipuError: the file is missing or damaged, or has another number of arrays.
    """
    samples = dict(read_samples(path, inputs))
    for each in inputs:
        if each.name in samples:
            array = _elements(samples[each.name], each)
            if reverses_channels and array.ndim == 4:
                array = array[..., ::-1]
            samples[each.name] = _turned(each.name, array, each.shape, log)
    return samples


def _turned(name: str, array: np.ndarray, shape: Sequence[int], log: Log) -> np.ndarray:
    """`array` with its axes in the order of `shape`, if that is all it needs."""
    if array.ndim != 4 or len(shape) != 4 or array.shape[1:] == tuple(shape[1:]):
        return array
    for layout, order in (("NHWC", TO_NCHW), ("NCHW", TO_NHWC)):
        turned = array.transpose(order)
        if turned.shape[1:] == tuple(shape[1:]):
            say = log.info if layout == "NHWC" else log.warning
            say(f"the samples for '{name}' are {layout}: turned for the input")
            return turned
    return array


def _elements(array: np.ndarray, each: Input) -> np.ndarray:
    """Integers for an input that the model has as reals are those reals here."""
    plain = each.element == f32 and each.stored is None
    return array.astype(np.float32) if plain and array.dtype.kind in "iu" else array
