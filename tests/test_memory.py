"""A build, a run and a verification take little more memory than what they work on."""

import pytest

from aipu.benchmarks.memory import CASES, measured


@pytest.mark.parametrize(("name", "extent"), [("map", 1536), ("weights", 1200)])
def test_memory_is_in_proportion(name: str, extent: int) -> None:
    """Bytes for each result of a large map, for each byte of many weights."""
    assert measured(name, extent) <= CASES[name].limit
