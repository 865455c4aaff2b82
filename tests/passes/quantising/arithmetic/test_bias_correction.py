"""The shift of a mean, against convolutions that are carried out."""

import numpy as np
import pytest

from aipu.passes.quantising.arithmetic.bias_correction import mean_shift


def mean_of_products(error, ifm, groups):
    """The mean of each ofm channel of a valid convolution, by its definition."""
    ofm_channels, rows, columns, ifm_channels = error.shape
    height, width, _ = ifm.shape
    means = []
    for m in range(ofm_channels):
        first = m // (ofm_channels // groups) * ifm_channels
        part = ifm[:, :, first : first + ifm_channels]
        sums = [
            (part[y : y + rows, x : x + columns] * error[m]).sum()
            for y in range(height - rows + 1)
            for x in range(width - columns + 1)
        ]
        means.append(np.mean(sums))
    return means


@pytest.mark.parametrize(
    ("weight_shape", "groups"),
    [((4, 3, 3, 5), 1), ((6, 3, 3, 1), 6), ((6, 1, 1, 2), 3), ((6, 3, 1, 1), 3)],
)
def test_is_exact_where_every_window_has_the_same_mean(weight_shape, groups):
    generator = np.random.default_rng(groups)
    error = generator.normal(size=weight_shape)
    mean = generator.normal(size=weight_shape[-1] * groups)
    ifm = np.broadcast_to(mean, (5, 6, len(mean)))
    expected = mean_of_products(error, ifm, groups)
    assert mean_shift(error, mean) == pytest.approx(expected)


def test_of_a_fully_connected_layer_is_exact():
    generator = np.random.default_rng(1)
    error, ifm = generator.normal(size=(3, 7)), generator.normal(size=(50, 7))
    expected = (ifm @ error.T).mean(axis=0)
    assert mean_shift(error, ifm.mean(axis=0)) == pytest.approx(expected)
