"""The int8 type of a range."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aipu.passes.quantising.arithmetic.scales import uniform_type

MAGNITUDE = st.floats(1e-30, 1e30)


@pytest.mark.parametrize(
    ("low", "high", "scale", "zero_point"),
    [
        (0.0, 255.0, 1.0, -128),
        (-128.0, 127.0, 1.0, 0),
        (-255.0, 0.0, 1.0, 127),
        (0.0, 6.0, 0.0235294, -128),
        (0.0, 0.0, 1.0, -128),
        (2.0, 25.5, 0.1, -128),
    ],
)
def test_known_ranges(low, high, scale, zero_point):
    element = uniform_type(low, high)
    assert (element.scale, element.zero_point) == (scale, zero_point)


@given(MAGNITUDE, MAGNITUDE)
def test_covers_its_range_to_half_a_step(below, above):
    element = uniform_type(-below, above)
    low, high = element.real_limits
    reach = 0.501 * element.scale
    assert low <= -below + reach
    assert high >= above - reach
    assert element.scale <= (below + above) / 255 * 1.00001
