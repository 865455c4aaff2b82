"""Cycles as float64 are what they are as whole numbers."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from aipu.passes.scheduling.striped.cost.masks import mask, whole


@given(st.integers(1, 1 << 20), st.integers(1, 1 << 32), st.integers(-1, 1))
def test_parts_are_rounded_down_beside_whole_numbers(parts, quotient, more):
    total = parts * quotient + more
    found = whole(np.array([float(total)]), np.array([float(parts)]))
    assert found.tolist() == [total // parts]


@given(st.lists(st.booleans(), min_size=1))
def test_one_is_picked_where_something_holds(holds):
    where = mask(np.array(holds))
    one, other = np.arange(1.0, len(holds) + 1), np.full(len(holds), 0.5)
    expected = [one[n] if each else 0.5 for n, each in enumerate(holds)]
    assert where.pick(one, other).tolist() == expected
    assert where.only(one).tolist() == np.where(holds, one, 0).tolist()
