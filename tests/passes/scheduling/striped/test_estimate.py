"""What many schedules ask for at once is what each asks for by itself."""

from dataclasses import replace
from itertools import chain, combinations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from aipu.backend_aipu.machine import load_machine
from aipu.backend_aipu.systolic import gemm_cycles
from aipu.dialects.aipu import Dataflow
from aipu.dialects.tile import StripedSchedule
from aipu.passes.machine_forms.stage import Kind
from aipu.passes.scheduling.striped.alike.busy import Effort, busy_cycles
from aipu.passes.scheduling.striped.alike.questions import Question
from aipu.passes.scheduling.striped.alike.row_counts import row_counts
from aipu.passes.scheduling.striped.buffers.windows import layout
from aipu.passes.scheduling.striped.candidates import stripe_candidates
from aipu.passes.scheduling.striped.cost.estimate import all_asked_of, asked_of, one_of
from aipu.passes.scheduling.striped.graph import Graph
from aipu.passes.scheduling.striped.kept import kept
from aipu.passes.scheduling.striped.stripes import stripes
from aipu.tests.passes.scheduling.striped.graphs import graphs, windowed

R329 = load_machine("r329")


def some_of(graph: Graph) -> st.SearchStrategy[list[StripedSchedule]]:
    """A few of the schedules that are worth trying."""
    schedules = [*dict.fromkeys(stripe_candidates(graph, R329))]
    return st.lists(st.sampled_from(schedules), min_size=1, max_size=4, unique_by=repr)


@settings(max_examples=40)
@given(graphs(), st.data())
def test_schedules_ask_for_the_same_together_and_alone(graph, data):
    schedules = data.draw(some_of(graph))
    ends = (0, graph.result)
    found = [(t, kept(graph.maps[t], graph.reading(t))) for t in ends]
    maps = [(tensor, each) for tensor, each in found if each]
    stays = [*chain.from_iterable(combinations(maps, n) for n in range(3))]
    (asked,) = all_asked_of([Question(graph, schedules, stays)], R329)
    assert len(asked.schedules) == len(schedules) * len(stays)
    for at, (number, place) in enumerate(zip(*asked[:2], strict=True)):
        alone = replace(graph, kept=stays[place])
        assert one_of(asked.spent, at) == asked_of(alone, schedules[number], R329)


@settings(max_examples=40)
@given(graphs(), st.data())
def test_the_sram_is_what_the_layout_ends_with(graph, data):
    for schedule in data.draw(some_of(graph)):
        made = stripes(graph, schedule.rows)
        places = layout(graph, made, schedule, R329.sram.alignment)
        assert asked_of(graph, schedule, R329).sram_bytes == places.bytes


@given(graphs(), st.sets(st.integers(1, 24), min_size=1))
def test_counts_are_those_of_the_rows(graph, heights):
    heights = sorted(heights)
    counts = row_counts(graph, heights)
    for at, rows in enumerate(heights):
        made = stripes(graph, rows)
        assert counts.stripes[at] == len(made)
        for tensor, (_, height, *_) in enumerate(graph.maps):
            inside = [
                len(range(max(each[tensor].start, 0), min(each[tensor].end, height)))
                for each in made
            ]
            assert counts.made[tensor, at] == sum(inside)
            assert counts.first[tensor, at] == inside[0]
            assert counts.last[tensor, at] == inside[-1]
            assert counts.most[tensor, at] == max(inside)
            assert counts.held[tensor, at] == max(each[tensor].held for each in made)


@given(windowed((1, 12, 9, 20)), st.integers(1, 4), st.integers(1, 20), st.data())
def test_an_operator_takes_what_its_tiles_take(stage, channels, depth, data):
    stage = replace(stage, kind=Kind.CONVOLUTION)
    rows = data.draw(st.lists(st.integers(0, 12), min_size=1))
    total, deep = stage.ofm[3], stage.ifm[3]
    expected = [
        sum(
            gemm_cycles(
                R329.array,
                Dataflow.WS,
                count * stage.ofm[2],
                stage.window.size * min(depth, deep - part),
                min(channels, total - tile),
            ).total
            for tile in range(0, total, channels)
            for part in range(0, deep, depth)
        )
        if count
        else 0
        for count in rows
    ]
    each = np.ones(len(rows), np.int64)
    work = Effort(
        stage.ofm[2] * np.array(rows),
        total * each,
        deep * each,
        (channels * each, depth * each),
    )
    found = busy_cycles(stage, work, "ws", R329)
    assert found.tolist() == expected
