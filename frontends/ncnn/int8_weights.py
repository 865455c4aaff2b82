"""Weights that a `.bin` holds in int8, as the reals that they stand for."""

from collections.abc import Sequence

import numpy as np

from ...errors import AipuError
from .param_file import NcnnLayer, integer

BIAS_TERM = {
    "Convolution": 5,
    "ConvolutionDepthWise": 5,
    "InnerProduct": 1,
}
"""Layers with such weights, and the parameter that says if they have a bias."""


def has_activation_scales(layer: NcnnLayer) -> bool:
    """Whether the file also says the scales of what a layer reads, or makes."""
    return layer.operator in BIAS_TERM and integer(layer, 8, 0) != 0


def dequantised(layer: NcnnLayer, arrays: Sequence[np.ndarray]) -> list[np.ndarray]:
    """The weights of a layer in float32: an integer q of a channel is `q / scale`.

    Raises:
        AipuError: no scale lies beside the integers.
    """
    if not any(array.dtype == np.int8 for array in arrays):
        return list(arrays)
    position = 1 + bool(integer(layer, BIAS_TERM.get(layer.operator, 0), 0))
    if layer.operator not in BIAS_TERM or position >= len(arrays):
        raise AipuError("its weight is in int8 without scales", place=layer.place)
    integers, scales = arrays[0].astype(np.float32), arrays[position]
    if not scales.size or integers.size % scales.size or not scales.all():
        raise AipuError(
            f"{scales.size} scales do not fit a weight of {integers.size} elements",
            place=layer.place,
        )
    reals = integers.reshape(scales.size, -1) / scales[:, np.newaxis]
    return [reals.reshape(-1), *arrays[1:]]
