"""Weights and biases as integers, for well-behaved channels and for the others."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aipu.dialects.quant import UniformType
from aipu.errors import AipuError
from aipu.passes.quantising.arithmetic.parameters import quantise_parameters

IFM, OFM = UniformType(0.02, -128), UniformType(0.05, 10)


def reals(parameters, ifm, ofm):
    """The weight, the bias and the ofm scale that the integers stand for."""
    columns = parameters.scale.reshape(-1, *[1] * (parameters.weight.ndim - 1))
    step = ifm.scale * parameters.scale
    factor = parameters.multiplier * 2.0 ** -parameters.shift.astype(float)
    return parameters.weight * columns, parameters.bias * step, step / factor


@given(st.integers(0), st.floats(1e-3, 1e2), st.floats(1e-3, 1e2))
@settings(max_examples=50)
def test_integers_stand_for_the_reals(seed, weights, biases):
    generator = np.random.default_rng(seed)
    weight = generator.normal(0, weights, (5, 3, 3, 4))
    bias = generator.normal(0, biases, 5)
    ofm = UniformType(float(weights), 0)
    made = quantise_parameters(weight, bias, IFM, ofm)
    found_weight, found_bias, found_scale = reals(made, IFM, ofm)
    steps = made.scale.reshape(-1, 1, 1, 1)
    assert np.all(np.abs(found_weight - weight) <= 0.5001 * steps)
    assert np.all(np.abs(found_bias - bias) <= 0.5001 * IFM.scale * made.scale)
    assert np.allclose(found_scale, ofm.scale, rtol=2**-14)


def test_each_channel_uses_its_whole_range():
    weight = np.array([[0.5, -2.0], [0.001, 0.0003]])
    made = quantise_parameters(weight, np.zeros(2), IFM, UniformType(1e-3, 0))
    assert made.weight.tolist() == [[32, -127], [127, 38]]
    assert made.scale.tolist() == pytest.approx([2 / 127, 0.001 / 127])


def test_dtypes_are_those_of_the_machine():
    made = quantise_parameters(np.ones((2, 3), np.float32), np.ones(2), IFM, OFM)
    dtypes = [array.dtype for array in made]
    assert dtypes == [np.int8, np.int32, np.int16, np.int8, np.float64]


@pytest.mark.parametrize("bias", [0.0, 1.0, -3.7, 6.0])
def test_a_dead_channel_gives_its_bias(bias):
    made = quantise_parameters(np.zeros((1, 9)), np.array([bias]), IFM, OFM)
    assert not made.weight.any()
    _, found_bias, found_scale = reals(made, IFM, OFM)
    assert found_bias / found_scale == pytest.approx(bias / OFM.scale, abs=0.01)


@pytest.mark.parametrize("bias", [1e-20, 1e3, 1e9, -1e30])
@pytest.mark.parametrize("weight", [1e-30, 1e-9, 1.0])
def test_a_huge_bias_fits_by_widening_the_scale(weight, bias):
    made = quantise_parameters(np.full((1, 2), weight), np.array([bias]), IFM, OFM)
    assert abs(int(made.bias[0])) <= 1 << 30
    _, found_bias, found_scale = reals(made, IFM, OFM)
    found, expected = np.clip(
        [found_bias[0] / found_scale[0], bias / OFM.scale], -999, 999
    )
    assert found == pytest.approx(expected, abs=0.1), "beyond int8 both saturate"


def test_an_accumulator_beyond_int32_is_refused():
    weight = np.ones((2, 80000))
    weight[0] = 0
    with pytest.raises(AipuError, match="channel 1 can reach 2590800000"):
        quantise_parameters(weight, np.zeros(2), IFM, UniformType(1.0, 0))
