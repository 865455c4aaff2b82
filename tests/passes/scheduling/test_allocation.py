"""How far buffers reach is where the last of them ends."""

from hypothesis import given
from hypothesis import strategies as st

from aipu.passes.scheduling.allocation import (
    Lifetime,
    allocate,
    largest_first,
    reach,
)

SPANS = st.tuples(st.integers(1, 300), st.integers(0, 5), st.integers(0, 3))


@given(st.lists(SPANS, max_size=12), st.sampled_from((1, 16, 32)))
def test_buffers_reach_as_far_as_they_are_placed(spans, alignment):
    lives = [
        Lifetime(str(number), size, first, first + more)
        for number, (size, first, more) in enumerate(spans)
    ]
    addresses = allocate(lives, alignment)
    ends = [addresses[life.name] + life.bytes for life in lives]
    buffers = [(each.bytes, each.first, each.last) for each in largest_first(lives)]
    assert reach(buffers, alignment) == max(ends, default=0)


@given(st.lists(SPANS, max_size=12), st.sampled_from((1, 16, 32)))
def test_what_is_there_at_once_lies_apart(spans, alignment):
    lives = [
        Lifetime(str(number), size, first, first + more)
        for number, (size, first, more) in enumerate(spans)
    ]
    addresses = allocate(lives, alignment)
    for one in lives:
        assert addresses[one.name] % alignment == 0
        for other in lives:
            together = one.first <= other.last and other.first <= one.last
            if together and one is not other:
                start, end = addresses[one.name], addresses[one.name] + one.bytes
                begin = addresses[other.name]
                assert end <= begin or begin + other.bytes <= start
