"""Sums and means of pinned integers, against how each runtime rounds all of them."""

from fractions import Fraction

import numpy as np
import pytest

from aipu.dialects.quant import UniformType
from aipu.passes.quantising.arithmetic.pinned_rescales import (
    exact_sum,
    tflite_mean,
    tflite_rescale,
    tflite_sum,
)

INT8 = np.arange(-128, 128)
SUMS = [(0.06, 0.12, 0.15), (0.31, 0.017, 0.29), (1e-3, 1e-3, 2e-3)]


def types(scales):
    """Of lhs, rhs and ofm, with different zero points."""
    return [UniformType(s, z) for s, z in zip(scales, (-128, 4, -7), strict=True)]


def summed(attribute, elements, sign):
    """What the machine makes of all pairs of integers."""
    (outer, left, right), shift = attribute.data
    assert max(outer, left, right) < 1 << 15
    lhs, rhs, ofm = elements
    x, y = (INT8 - lhs.zero_point)[:, np.newaxis], INT8 - rhs.zero_point
    scaled = np.ldexp((x * left + sign * y * right) * float(outer), -shift)
    return np.clip(np.rint(scaled) + ofm.zero_point, -128, 127)


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("scales", SUMS)
def test_an_exact_sum_is_right_for_all_integers(scales, sign):
    elements = types(scales)
    lhs, rhs, ofm = elements
    x, y = (INT8 - lhs.zero_point)[:, np.newaxis], INT8 - rhs.zero_point
    exact = (x * lhs.scale + sign * y * rhs.scale) / ofm.scale
    expected = np.clip(np.rint(exact) + ofm.zero_point, -128, 127)
    away_from_ties = np.abs(exact % 1 - 0.5) > 1e-4
    found = summed(exact_sum(lhs, rhs, ofm, sign), elements, sign)
    assert (found == expected)[away_from_ties].all()


def test_a_sum_of_tflite_is_what_its_runtime_makes_of_all_integers():
    """Scales of mobilenet_v2, where exact ones round 13 pairs in another way.

    The whole numbers are what XNNPACK computes of them: 21 bits and 20 places.
    """
    scales = [float(np.float32(s)) for s in (0.18986915, 0.16990492, 0.18754955)]
    lhs, rhs, ofm = (
        UniformType(s, z) for s, z in zip(scales, (-6, -31, -14), strict=True)
    )
    x, y = (INT8 + 6)[:, np.newaxis], INT8 + 31
    whole = (x * 1061545 + y * 949926 + (1 << 19)) >> 20
    expected = np.clip(whole - 14, -128, 127)
    found = summed(tflite_sum(lhs, rhs, ofm, 1), (lhs, rhs, ofm), 1)
    assert np.array_equal(found, expected)


@pytest.mark.parametrize("zero_point, wrong", [(-128, 0), (127, 0), (9, 1)])
@pytest.mark.parametrize("ratio", [0.0123, 0.42287, 0.75, 1.129, 6.693])
def test_a_rescale_of_tflite_is_what_its_runtime_makes(ratio, zero_point, wrong):
    """Half up, in 256th; with integers on both sides of 0 not all ties can be so."""
    ifm, ofm = UniformType(0.1 * ratio, zero_point), UniformType(0.1, 5)
    (multiplier,), shift = tflite_rescale(ifm, ofm).data
    x = INT8 - zero_point
    expected = np.clip(((x * round(256 * ratio) + 128) >> 8) + 5, -128, 127)
    found = np.clip(np.rint(np.ldexp(x * float(multiplier), -shift)) + 5, -128, 127)
    assert multiplier < 1 << 15
    ties = (x * round(256 * ratio)) % 256 == 128
    assert np.count_nonzero(found != expected) <= wrong * np.count_nonzero(ties)


@pytest.mark.parametrize(("count", "wrong"), [(4, 0), (49, 0), (196, 0), (1089, 4)])
def test_a_mean_is_right_for_almost_all_sums(count, wrong):
    """For all, unless there are so many that no multiplier is."""
    ifm, ofm = UniformType(0.0235294122248888, -128), UniformType(0.0190778318792, -128)
    (multiplier,), shift = tflite_mean(ifm, ofm, count, [count], None).data
    sums = np.arange(255 * count + 1)
    ratio = np.float32(ifm.scale) / (np.float32(ofm.scale) * np.float32(count))
    expected = np.rint(sums.astype(np.float32) * ratio)
    found = np.rint(np.ldexp(sums * float(multiplier), -shift))
    differing = np.minimum(found, 255) != np.minimum(expected, 255)
    assert np.count_nonzero(differing) <= wrong


@pytest.mark.parametrize("count", [4, 49, 64, 1089])
def test_ties_of_a_mean_go_away_from_what_it_is_counted_from(count):
    element = UniformType(0.1, -128)
    (multiplier,), shift = tflite_mean(element, element, count, [count], 0).data
    sums = np.arange(-128 * count, 127 * count + 1)
    expected = np.sign(sums) * ((np.abs(sums) + count // 2) // count)
    found = np.rint(np.ldexp(sums * float(multiplier), -shift))
    assert np.array_equal(found, expected)


def test_a_mean_has_a_multiplier_for_each_count_that_occurs():
    element = UniformType(0.1, 3)
    multipliers, shift = tflite_mean(element, element, 9, [4, 6, 9], 0).data
    for count, multiplier in enumerate(multipliers, start=1):
        expected = 1 / count if count in (4, 6, 9) else 0
        ratio = float(Fraction(multiplier, 1 << shift))
        assert ratio == pytest.approx(expected, rel=1e-6)
