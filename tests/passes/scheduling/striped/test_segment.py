"""Which neighbours can run together in stripes."""

import pytest

from aipu.passes.machine_forms.stage import Map
from aipu.passes.scheduling.striped.segment import Member, segment
from aipu.tests.passes.scheduling.striped.graphs import summed

MAP: Map = (1, 6, 5, 4)


def sum_of(
    name: str, reads: tuple[str, str], directly: tuple[bool, bool] = (True, True)
) -> Member:
    """A sum of two maps; its result stays in the network."""
    return Member(name, summed(MAP), reads, directly, MAP, (MAP, MAP), False)


def both(one: Member, other: Member, others: tuple[str, ...] = ()) -> bool:
    """Whether two neighbours can run together, if `others` read the first, too."""
    readers = {one.name: [other.name, *others], other.name: ["reader"]}
    return segment([one, other], readers) is not None


def test_a_sum_can_run_on_the_rows_of_a_sum() -> None:
    assert both(sum_of("a", ("x", "y")), sum_of("b", ("a", "x")))


def test_what_others_read_leaves_the_group_too() -> None:
    members = [sum_of("a", ("x", "y")), sum_of("b", ("a", "x"))]
    found = segment(members, {"a": ["b", "c"], "b": ["reader"]})
    assert found is not None
    graph = found.apart
    assert graph.also == (2,)
    assert graph.results == (2, 3)


def test_what_none_of_them_reads_is_made_elsewhere() -> None:
    members = [sum_of("a", ("x", "y")), sum_of("b", ("x", "y"))]
    assert segment(members, {"a": ["c"], "b": ["reader"]}) is None


@pytest.mark.parametrize("directly, fits", [(True, True), (False, False)])
def test_what_is_reshaped_in_between_has_other_rows(directly: bool, fits: bool) -> None:
    assert (
        both(sum_of("a", ("x", "y")), sum_of("b", ("a", "x"), (directly, True))) is fits
    )


def test_two_reshapes_of_a_map_may_be_unlike() -> None:
    first = sum_of("a", ("x", "y"), (False, True))
    assert both(first, sum_of("b", ("a", "y")))
    assert not both(first, sum_of("b", ("a", "x"), (True, False)))
