"""Programs and instructions that make no sense by themselves."""

import re

import pytest

from aipu.runtime.simulator.faults import HazardError
from aipu.tests.machines import tiny_machine
from aipu.tests.runtime.simulator.assembled import (
    FILL,
    LARGE,
    avg_pool,
    check,
    conv,
    fault,
    launch,
    load,
    prepared,
    program,
    requantise,
    store,
    sync,
    times,
)


@pytest.mark.parametrize(
    ("line", "operand"),
    [
        (load("p{}", "x"), "sram"),
        (load("r[1]{}", "x"), "sram"),
        (load("p", "x{}"), "dram"),
        (load("wide", "many{}", size=80), "dram"),
        (store("p{}", "y"), "sram"),
        (store("p", "y{}"), "dram"),
        (conv("p{}", "q"), "ifm"),
        (conv("p", "q{}"), "ofm"),
        (conv("p", "q", weight="weight{}"), "weight"),
        (conv("p", "q", records="records{}"), "parameters"),
        (requantise("p{}", "q"), "ifm"),
        (requantise("p", "r[0]{}"), "ofm"),
    ],
)
@pytest.mark.parametrize("off", [" - 1", " + 1"])
def test_one_byte_outside_is_too_far(line: str, operand: str, off: str) -> None:
    message = fault(*FILL, line.format(off) + " @node", buffers=LARGE)
    assert re.search(rf"instruction 8 \(.*\) of 'node': its {operand} reaches", message)
    check(*FILL, line.format("") + " @node", buffers=LARGE)


def test_the_turn_that_reaches_outside_is_named() -> None:
    inside = times(4, load("p + 4*i", "x", "@node", size=4))
    outside = times(5, load("p + 4*i", "x", "@node", size=4))
    check(launch(), inside)
    assert fault(launch(), outside) == (
        "instruction 2 (dma.load at [4]) of 'node': its sram reaches from 0x10 to "
        "0x13, outside of 'p' at 0x0 to 0xf"
    )


def test_a_box_may_reach_out_of_its_tensor_but_not_of_its_buffer() -> None:
    reaching = "shape=[1, 1, 1, {}] strides=[16, 16, 16, 1] box=[1, 1, 1, 16] fill=0"
    line = "dma.load sram=p dram=x origin=[0, 0, 0, 8] " + reaching
    check(launch(), line.format(16))
    assert "its dram reaches from 0x8 to 0x10" in fault(launch(), line.format(17))


def test_numbers_beyond_any_memory_do_not_wrap_around() -> None:
    strides = f"strides=[{1 << 30}, {1 << 30}, {1 << 30}, 1]"
    line = load("p", "x").replace("strides=[16, 16, 16, 1]", strides)
    line = line.replace("[1, 1, 1, 16]", f"[{1 << 31}, 1, 1, 16]")
    assert "its sram reaches" in fault(launch(), line)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (conv("p", "q").replace("columns=4 ch", "columns=0 ch"), "its columns must"),
        (conv("p", "q").replace("stride=[1, 1]", "stride=[1, 0]"), "its stride must"),
        (conv("p", "q", rows="1 of 2 at 2"), "its rows must be at least 1, found 0"),
        (conv("p", "q", rows="1 of 2 at 5"), "its rows must be at least 1, found -3"),
        (requantise("p", "q", size="0"), "its elements must be at least 1, found 0"),
        (load("p", "x", size=0), "its box must be at least 1, found 0"),
    ],
)
def test_there_is_no_tile_of_nothing(line: str, message: str) -> None:
    assert message in fault(*FILL, line)


def test_the_turn_that_has_nothing_left_is_named() -> None:
    line = requantise("p", "q", size="8 of 16 at 8*i")
    check(*FILL, times(2, line))
    assert "(vector.requantise at [2]): its elements" in fault(*FILL, times(3, line))


def test_the_sequencer_has_no_queue() -> None:
    message = fault(launch(), sync("sequencer", "@node"))
    assert message == "instruction 1 (sync) of 'node': the sequencer has no queue"


def test_the_array_must_have_the_dataflow() -> None:
    numbers = {"dataflows": ["os", "is"]}
    text = program(*FILL, conv("p", "q", "@node"))
    with pytest.raises(HazardError) as error:
        _ = prepared(text, tiny_machine(array=numbers)).sound
    assert str(error.value) == (
        "instruction 8 (mac.conv) of 'node': the array of tiny has no dataflow 'ws', "
        "it has os, is"
    )


def test_weights_are_not_written() -> None:
    message = fault(*FILL, store("p", "const", "@node"))
    assert message == "instruction 8 (dma.store) of 'node' writes its dram into weights"


def strided_store(strides: str, box: str) -> str:
    return (
        f"dma.store sram=p dram=y shape=[1, 2, 2, 2] strides={strides} "
        f"origin=[0, 0, 0, 0] box={box} @node"
    )


@pytest.mark.parametrize(
    ("strides", "box"),
    [
        ("[8, 4, 2, 0]", "[1, 2, 2, 2]"),
        ("[8, 4, 1, 1]", "[1, 2, 2, 2]"),
        ("[8, 3, 2, 1]", "[1, 2, 2, 2]"),
        ("[8, 2, 0, 1]", "[1, 1, 2, 2]"),
    ],
)
def test_a_store_writes_no_byte_twice(strides: str, box: str) -> None:
    """Also where the bytes that meet are not neighbours: 3 is 2 and 1."""
    message = fault(*FILL, strided_store(strides, box))
    assert message == (
        f"instruction 8 (dma.store) of 'node' writes bytes of its dram twice: {box} "
        f"elements, {strides} bytes apart"
    )


@pytest.mark.parametrize(
    ("strides", "box"),
    [
        ("[8, 4, 2, 1]", "[1, 2, 2, 2]"),
        ("[0, 4, 2, 0]", "[1, 2, 2, 1]"),
        ("[0, 2, 4, 1]", "[1, 2, 2, 2]"),
        ("[0, 3, 0, 2]", "[1, 2, 1, 2]"),
        ("[8, 0, 0, 0]", "[1, 1, 1, 1]"),
    ],
)
def test_a_store_may_interleave_its_bytes(strides: str, box: str) -> None:
    check(*FILL, strided_store(strides, box))


def test_a_load_may_repeat_what_it_reads() -> None:
    line = load("p", "x").replace("strides=[16, 16, 16, 1]", "strides=[0, 0, 0, 0]")
    check(launch(), line)


@pytest.mark.parametrize(
    ("counts", "corner", "rows", "found"),
    [
        (3, "-1", "2", "from 1 to 4"),
        (2, "-1", "2", "from 1 to 4"),
        (4, "-2", "1", "from 0 to 0"),
        (4, "2", "2", "from 0 to 2"),
    ],
)
def test_a_window_has_a_record_for_what_it_holds(
    counts: int, corner: str, rows: str, found: str
) -> None:
    """Of a window of 2x2 at a corner of the map one element lies inside."""
    line = avg_pool("p", "q", "@node", counts=counts, corner=corner, rows=rows)
    assert fault(*FILL, line) == (
        f"instruction 8 (vector.avg_pool) of 'node': its windows hold {found} elements "
        f"of the feature map, its records are for 1 to {counts}"
    )


def test_the_turn_whose_window_has_no_record_is_named() -> None:
    line = avg_pool("p", "q", "@node", counts=4, corner="-1 + 2*i", rows="1")
    check(*FILL, times(2, line))
    assert "(vector.avg_pool at [2])" in fault(*FILL, times(3, line))


def test_with_one_record_it_does_not_matter_what_a_window_holds() -> None:
    check(*FILL, avg_pool("p", "q", counts=1, corner="-2"))


@pytest.mark.parametrize(
    ("section", "bytes", "message"),
    [
        ("sram", 111, "needs 112 bytes of SRAM, tiny has 111: 1 too many"),
        ("dram", 79, "needs 80 bytes of DRAM, tiny has 79: 1 too many"),
    ],
)
def test_the_buffers_must_fit_the_memories(
    section: str, bytes: int, message: str
) -> None:
    """112 bytes of tiles; 32 of feature maps and 48 of weights."""
    prepared(program(), tiny_machine(**{section: {"bytes": bytes + 1}}))
    with pytest.raises(HazardError, match=message):
        prepared(program(), tiny_machine(**{section: {"bytes": bytes}}))
