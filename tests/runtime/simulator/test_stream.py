"""Unrolled loops, against an interpreter that walks them one turn at a time."""

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aipu.backend_aipu.assembly import parse_assembly
from aipu.backend_aipu.program import Entry, Instruction, Reference
from aipu.dialects.aipu import Engine, Extent, Index, index
from aipu.dialects.aipu.index import MAX_DEPTH
from aipu.errors import AipuError
from aipu.runtime.simulator.stream import Stream, unroll
from aipu.tests.runtime.simulator.plain_machine import executed, number_at


def launch(work: str) -> Instruction:
    return Instruction("launch", {"work": work, "credits": ()})


@st.composite
def entries(draw: st.DrawFn) -> Entry:
    """Launches, and behind each of them instructions in loops of up to three turns."""
    body: list[Instruction] = []
    for work in range(draw(st.integers(1, 3))):
        body += [launch(str(work)), *draw(bodies(0))]
    return Entry("main", (), (), tuple(body))


@st.composite
def bodies(draw: st.DrawFn, depth: int) -> list[Instruction]:
    body: list[Instruction] = []
    for _ in range(draw(st.integers(0, 3))):
        if depth < MAX_DEPTH and draw(st.booleans()):
            fields = {"counter": f"d{depth}", "count": draw(st.integers(1, 3))}
            inside = draw(bodies(depth + 1))
            body += [Instruction("loop", fields), *inside, Instruction("end")]
        else:
            body.append(draw(lookups(depth)))
    return body


def lookups(depth: int) -> st.SearchStrategy[Instruction]:
    """An instruction with numbers that follow the loops around it."""
    small = st.integers(-50, 50)
    indices = st.builds(index, small, st.lists(small, max_size=depth))
    extents = st.builds(Extent, st.integers(0, 50), st.integers(0, 50), indices)
    references = st.builds(Reference, st.just("tile"), indices, indices)
    fields = st.tuples(references, extents)
    return fields.map(
        lambda pair: Instruction("vector.lookup", {"ifm": pair[0], "elements": pair[1]})
    )


def numbers_of(instruction: Instruction) -> Iterator[Index | Extent]:
    for value in instruction.fields.values():
        if isinstance(value, Extent):
            yield value
        if isinstance(value, Reference):
            yield from (value.slot, value.byte)


@settings(max_examples=60)
@given(entries())
def test_instances_are_those_of_loops_run_turn_by_turn(entry: Entry) -> None:
    stream = unroll(entry)
    expected = [
        (position, counters)
        for position, instruction, counters in executed(entry.instructions)
        if instruction.mnemonic != "launch"
    ]
    found = [
        (
            stream.issues[issue].position,
            stream.issues[issue].counters[:, instance].tolist(),
        )
        for issue, instance in zip(stream.issue_of, stream.instance_of, strict=True)
    ]
    assert found == expected
    assert stream.length == len(expected)


@settings(max_examples=60)
@given(entries())
def test_numbers_follow_the_counters(entry: Entry) -> None:
    for issue in unroll(entry).issues:
        for number in numbers_of(issue.instruction):
            expected = [number_at(number, row) for row in issue.counters.T.tolist()]
            assert issue.evaluate(number).tolist() == expected


@settings(max_examples=60)
@given(entries())
def test_a_work_reaches_to_the_next_launch(entry: Entry) -> None:
    works: list[list[int]] = []
    for position, instruction, _ in executed(entry.instructions):
        if instruction.mnemonic == "launch":
            works.append([])
        else:
            works[-1].append(position)
    stream = unroll(entry)
    positions = np.array([issue.position for issue in stream.issues], np.int64)
    found = [
        positions[stream.issue_of[work.start : work.stop]].tolist()
        for work in stream.works
    ]
    assert found == works


TEXT = """
.target tiny
.tokens full
.buffer x dram at 0 bytes 64
.buffer tile sram at 0 bytes 4 slots 2
.entry main inputs x outputs x
launch work=a credits=[full: 3]
sync engine=mac signal full
loop image times 2 {
  loop row times 3 {
    dma.load sram=tile[row] + image dram=x shape=[1, 1, 1, 64] strides=[0, 0, 0, 1]
      origin=[0, 0, 0, 8*row + 32*image] box=[1, 1, 1, 4] fill=0
  }
  sync engine=vector wait full
}
launch work=b credits=[]
"""


def text_stream() -> Stream:
    return unroll(parse_assembly(TEXT, "text").entries[0])


def test_the_order_of_a_nest_that_is_not_perfect() -> None:
    sync, load, last = text_stream().issues
    assert sync.order.tolist() == [0]
    assert load.order.tolist() == [1, 2, 3, 5, 6, 7]
    assert last.order.tolist() == [4, 8]


def test_a_launch_says_the_name_and_the_counts_of_tokens() -> None:
    first, second = text_stream().works
    assert (first.name, first.credits, first.start, first.stop) == ("a", (3,), 0, 9)
    assert (second.name, second.credits, second.start, second.stop) == ("b", (), 9, 9)


def test_an_instruction_is_in_the_queue_of_its_engine() -> None:
    engines = [issue.engine for issue in text_stream().issues]
    assert engines == [Engine.MAC, Engine.LOAD, Engine.VECTOR]


def test_columns_of_issues_are_put_into_the_order_of_execution() -> None:
    columns = [np.array([7]), np.arange(6), np.int64(9)]
    assert text_stream().scatter(columns).tolist() == [7, 0, 1, 2, 9, 3, 4, 5, 9]


def test_what_stands_before_the_first_launch_is_refused() -> None:
    program = parse_assembly(TEXT.replace("launch work=a credits=[full: 3]\n", ""), "")
    with pytest.raises(AipuError, match=r"instruction 0 \(sync\) stands before any"):
        unroll(program.entries[0])


def test_more_instances_than_memory_holds_are_refused() -> None:
    program = parse_assembly(TEXT.replace("row times 3", "row times 1000000"), "")
    with pytest.raises(AipuError, match="executes 2,000,003 instructions"):
        unroll(program.entries[0])
