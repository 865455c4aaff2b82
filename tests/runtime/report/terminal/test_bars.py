"""Bars of characters."""

from hypothesis import given
from hypothesis import strategies as st

from aipu.runtime.report.terminal.bars import split

parts = st.dictionaries(st.text(max_size=2), st.integers(0, 10**9), min_size=1)


@given(parts, st.integers(0, 80))
def test_all_cells_are_shared_out(parts: dict[str, int], cells: int) -> None:
    found = split(parts, cells)
    assert list(found) == list(parts)
    assert sum(found.values()) == (cells if sum(parts.values()) else 0)


@given(parts, st.integers(0, 80))
def test_a_share_is_right_to_a_cell(parts: dict[str, int], cells: int) -> None:
    total = sum(parts.values()) or 1
    for name, length in split(parts, cells).items():
        assert abs(length - parts[name] * cells / total) < 1
