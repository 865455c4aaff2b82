"""What rounding the weights of a convolution does to the mean of its channels."""

import numpy as np

from ...machine_forms.arithmetic import Parameters
from .parameters import blocks


def mean_shift(error: np.ndarray, ifm_mean: np.ndarray) -> np.ndarray:
    """`sum(error[m,i,j,c] * ifm_mean[c])`: how far the mean of each ofm channel moves.

    Padding is left out of account, so it is exact inside the feature map.

    Args:
        error: of the weights, [M, ..., C / groups], or summed over the window.
        ifm_mean: of each ifm channel, [C].
    """
    each_channel = error.reshape(len(error), -1, error.shape[-1]).sum(axis=1)
    by_group = ifm_mean.reshape(-1, error.shape[-1])
    means = np.repeat(by_group, len(error) // len(by_group), axis=0)
    return (each_channel * means).sum(axis=1)


def rounding_error(weight: np.ndarray, made: Parameters) -> np.ndarray:
    """Weights less the reals that their integers stand for, summed over the window.

    Args:
        weight: in reals, [M, ..., C / groups].
        made: its integers and scales.

    Returns:
        float64 [M, C / groups].
    """
    columns = made.scale.reshape(-1, *[1] * (weight.ndim - 1))
    sums = np.empty((len(weight), weight.shape[-1]))
    for some in blocks(weight):
        error = weight[some] - made.weight[some] * columns[some]
        sums[some] = error.reshape(len(error), -1, error.shape[-1]).sum(axis=1)
    return sums
