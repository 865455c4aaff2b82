"""What differs among many numbers is found whichever way it is looked for."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from aipu.passes.scheduling.striped.alike.distinct import SPARSE, distinct


@given(st.lists(st.integers(0, 40), min_size=1), st.sampled_from((41, 41 * SPARSE**2)))
def test_each_number_is_found_once(numbers, bound):
    keys, one, at = distinct(np.array(numbers), bound)
    assert keys.tolist() == sorted({*numbers})
    assert [numbers[place] for place in one] == keys.tolist()
    assert keys[at].tolist() == numbers
