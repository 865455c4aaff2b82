"""Sums on the float32 units of the host are exact however long they are, and so is
the scaling of the greatest accumulators.

A sum is read through an ofm of 8 bits: its bias takes off what the sum must be.
"""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aipu.backend_aipu.program import Entry, Instruction, Value
from aipu.dialects.aipu import whole
from aipu.runtime.simulator.stream import unroll
from aipu.runtime.simulator.values import ArrayState, execution

RECORD = np.dtype([("bias", "<i4"), ("multiplier", "<u2"), ("shift", "<u2")])
PARAMETERS = np.dtype([("bias", "<i4"), ("scaling", "<u4")])
"""As one word: the multiplier has more bits above the shift."""
LAUNCH = Instruction("launch", {"work": "work", "credits": ()})
WINDOW: dict[str, Value] = {"stride": (1, 1), "dilation": (1, 1)}
RANGE: dict[str, Value] = {"zero_point": 0, "low": -128, "high": 127}


def executed(
    instruction: Instruction,
    ifm: np.ndarray,
    weight: np.ndarray,
    records: np.ndarray,
    ofm_shape: tuple[int, ...],
) -> np.ndarray:
    """The ofm of one instruction on arrays; 99 where it wrote nothing."""
    issue = unroll(Entry("main", (), (), (LAUNCH, instruction))).issues[0]
    ofm = np.full(ofm_shape, 99, np.int8)
    parameters = records.view(np.int8).reshape(-1, 8)
    views = {"ifm": ifm, "weight": weight, "parameters": parameters, "ofm": ofm}
    execution(issue, ArrayState())(views, 0)
    return ofm


def product(
    pixels: np.ndarray, weight: np.ndarray, records: np.ndarray, zero_point: int = 0
) -> np.ndarray:
    """`mac.conv` of one row of pixels [M, K] with weights [N, K]: int8 [M, N]."""
    depth: Value = whole(weight.shape[1])
    fields = {**WINDOW, **RANGE, "kernel": (1, 1), "depth": depth}
    fields["zero_point"] = zero_point
    shape = (1, len(pixels), len(weight))
    conv = Instruction("mac.conv", fields)
    return executed(conv, pixels[None], weight[:, None], records, shape)[0]


def error(pixels: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """How far the sums of equal pixels [K] are from what they must be: int8 [5, N]."""
    exact = weight.astype(np.int64) @ pixels.astype(np.int64)
    records = np.zeros(len(weight), RECORD)
    records["bias"], records["multiplier"] = -exact, 1
    return product(np.tile(pixels, (5, 1)), weight, records)


@settings(max_examples=40)
@given(
    depth=st.sampled_from([1, 7, 1023, 1024, 1025, 2048, 2500, 5000]),
    magnitude=st.sampled_from([1, 30, 100, 127]),
    positive=st.booleans(),
    seed=st.integers(0, 1 << 16),
)
def test_products_of_any_depth_are_exact(
    depth: int, magnitude: int, positive: bool, seed: int
) -> None:
    generator = np.random.default_rng(seed)
    least = 110 if positive else -128
    pixels = generator.integers(least, 128, depth, np.int8)
    least = magnitude - 1 if positive else -magnitude
    weight = generator.integers(least, magnitude + 1, (3, depth), np.int8)
    assert not error(pixels, weight).any()


@pytest.mark.parametrize("pixel", [-128, 127])
@pytest.mark.parametrize("last", [7, 8, 9])
def test_weights_at_the_bound_of_float32(pixel: int, last: int) -> None:
    """1032 weights of 127 and one of 8 make sums of up to 2 ** 24 with |pixel| 128."""
    weight = np.array([[127] * 1032 + [last]], np.int8)
    assert 128 * int(weight.sum(dtype=np.int64)) - (1 << 24) == 128 * (last - 8)
    pixels = np.full(1033, pixel, np.int8)
    pixels[::2] += 1 if pixel < 0 else -1
    assert not error(pixels, weight).any()


@pytest.mark.parametrize("sign", [-1, 1])
@pytest.mark.parametrize("size", [32, 33, 60])
def test_a_large_depthwise_window_is_exact(size: int, sign: int) -> None:
    generator = np.random.default_rng(size)
    ifm = sign * generator.integers(126, 128, (size, size, 2), np.int8)
    weight = generator.integers(124, 128, (2, size * size), np.int8)
    pixels = ifm.reshape(-1, 2).astype(np.int64)
    records = np.zeros(2, RECORD)
    records["bias"] = -(pixels * weight.T).sum(axis=0)
    records["multiplier"] = 1
    depthwise = Instruction(
        "mac.depthwise", {**WINDOW, **RANGE, "kernel": (size, size)}
    )
    assert not executed(depthwise, ifm, weight, records, (1, 1, 2)).any()


def scaled(accumulator: int, multiplier: int, shift: int, zero_point: int) -> int:
    """What the output stage makes of an accumulator: its bias, all weights being 0."""
    records = np.zeros(1, RECORD)
    records["bias"], records["multiplier"] = accumulator, multiplier
    records["shift"] = shift
    nothing = np.zeros((1, 1), np.int8)
    return int(product(nothing, nothing, records, zero_point)[0, 0])


def expected(accumulator: int, multiplier: int, shift: int, zero_point: int) -> int:
    rounded = round(Fraction(accumulator * multiplier, 1 << shift))
    return min(max(rounded + zero_point, -128), 127)


@settings(max_examples=300)
@given(
    accumulator=st.integers(-(1 << 31), (1 << 31) - 1),
    multiplier=st.integers(0, 32767),
    shift=st.integers(0, 47),
    zero_point=st.integers(-128, 127),
)
def test_scaling_any_accumulator_is_exact(
    accumulator: int, multiplier: int, shift: int, zero_point: int
) -> None:
    arguments = (accumulator, multiplier, shift, zero_point)
    assert scaled(*arguments) == expected(*arguments)


@pytest.mark.parametrize("accumulator", [-(1 << 31), 1 - (1 << 31), (1 << 31) - 1])
def test_the_greatest_accumulators(accumulator: int) -> None:
    for multiplier, shift in ((32767, 39), (32767, 40), (1, 24), (1, 25), (1, 0)):
        arguments = (accumulator, multiplier, shift, 0)
        assert scaled(*arguments) == expected(*arguments)


@pytest.mark.parametrize("accumulator", [6488063, 6750207, -7012351])
def test_a_float32_multiplier_rounds_the_product_to_float32(accumulator: int) -> None:
    """Exactly it lies just below a half, which a float32 of its size cannot say."""
    multiplier, shift = (1 << 23) + 1, 40
    records = np.zeros(1, PARAMETERS)
    high, low = divmod(multiplier, 1 << 16)
    records["bias"] = accumulator
    records["scaling"] = low | shift << 16 | high << 22 | 1 << 31
    nothing = np.zeros((1, 1), np.int8)
    found = int(product(nothing, nothing, records)[0, 0])
    factor = np.float32(multiplier * 2.0**-shift)
    assert found == round(float(np.float32(accumulator) * factor))
    assert found != round(Fraction(accumulator * multiplier, 1 << shift))


def test_ties_go_to_the_even_neighbour() -> None:
    halves = {half: scaled(half, 1 << 14, 15, 0) for half in range(-7, 8, 2)}
    assert halves == {-7: -4, -5: -2, -3: -2, -1: 0, 1: 0, 3: 2, 5: 2, 7: 4}


def test_a_neighbour_of_a_tie_is_none_however_many_bits_it_has() -> None:
    tie = (1 << 30) + (1 << 23)
    assert [scaled(tie + step, 1, 24, 0) for step in (-1, 0, 1)] == [64, 64, 65]
