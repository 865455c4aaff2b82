"""Every row is made once, and lies on chip as long as it is read."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from aipu.passes.scheduling.striped.stripes import stripes
from aipu.tests.passes.scheduling.striped.graphs import graphs


@given(graphs(), st.integers(1, 9))
def test_rows_are_made_once_and_in_order(graph, rows):
    found = stripes(graph, rows)
    for tensor in range(len(graph.maps)):
        for now, then in pairwise(found):
            assert then[tensor].start == now[tensor].end
            assert then[tensor].first >= now[tensor].first
            assert now[tensor].first <= now[tensor].start <= now[tensor].end
    assert found[-1][graph.result].end == graph.maps[graph.result][1]
    for tensor in graph.also:
        assert found[-1][tensor].end >= graph.maps[tensor][1]
    assert found[0][graph.result].start == 0


@given(graphs(), st.integers(1, 9))
def test_what_is_read_lies_on_chip(graph, rows):
    for stripe in stripes(graph, rows):
        for number, operator in enumerate(graph.operators):
            made = stripe[graph.tensor_of(number)]
            height = operator.stage.ofm[1]
            start, end = max(made.start, 0), min(made.end, height)
            for tensor in operator.reads if end > start else ():
                assert stripe[tensor].first <= operator.first_row(start)
                assert operator.end_row(end) <= stripe[tensor].end


@given(graphs(), st.integers(1, 9))
def test_nothing_is_made_that_nobody_reads(graph, rows):
    """The last stripe ends with what the last windows need."""
    last = stripes(graph, rows)[-1]
    for tensor in range(len(graph.maps) - 1):
        needed = [
            graph.operators[n].end_row(
                min(last[graph.tensor_of(n)].end, graph.operators[n].stage.ofm[1])
            )
            for n in graph.readers[tensor]
            if last[graph.tensor_of(n)].end > 0
        ]
        if needed:
            assert last[tensor].end <= max(*needed, graph.maps[tensor][1], 0)
