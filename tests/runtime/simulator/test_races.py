"""The smallest program for every way to lose an order, and beside it the same program
put right."""

import re
from collections.abc import Callable

import pytest

from aipu.tests.runtime.simulator.assembled import (
    BUFFERS,
    FILL,
    check,
    conv,
    copy_pixels,
    fault,
    launch,
    load,
    requantise,
    store,
    sync,
    times,
)


def test_sram_must_be_written_before_it_is_read() -> None:
    message = fault(launch(), store("p", "y", "@save"))
    assert message == (
        "instruction 1 (dma.store) of 'save' reads its sram (sram 0x0 to 0xf) where "
        "nobody wrote 'p': 16 of 16 bytes"
    )
    check(launch(), load("p", "x", "signal a"), store("p", "y", "wait a @save"))


def test_one_unwritten_byte_is_enough() -> None:
    message = fault(
        launch(), load("p", "x", "signal a", 15), store("p", "y", "wait a @save")
    )
    assert "where nobody wrote 'p': 1 of 16 bytes" in message


def test_dram_must_be_written_before_it_is_read() -> None:
    body = (launch(), load("p", "x", "signal a"))
    message = fault(*body, load("q", "y", "@again"))
    assert "instruction 2 (dma.load) of 'again' reads its dram (dram 0x10" in message
    check(*body, store("p", "y", "wait a signal b"), load("q", "y", "wait b @again"))


def test_an_output_must_be_written_whole() -> None:
    body = (launch(), load("p", "x", "signal a"))
    message = fault(*body, store("p", "y", "wait a", 12), outputs="y")
    assert message == "nobody writes the output 'y' of 'main': 4 of 16 bytes"
    check(*body, store("p", "y", "wait a"), outputs="y")


SHARED = f"""{BUFFERS}
.buffer z dram at 16 bytes 16
.buffer s sram at 8  bytes 16
"""
"""`z` lies where `y` does, `s` over halves of `p` and `q`."""


def test_what_was_written_as_another_buffer_is_not_there() -> None:
    body = (launch(), load("p", "x", "signal a"))
    into_z = store("p", "z", "wait a signal b")
    again = load("q", "y", "wait b @again")
    assert fault(*body, into_z, again, buffers=SHARED).endswith(
        "reads its dram (dram 0x10 to 0x1f) where nobody wrote 'y': 16 of 16 bytes, "
        "which are those of 'z'"
    )
    check(*body, into_z.replace("dram=z", "dram=y"), again, buffers=SHARED)


def test_what_another_buffer_was_written_over_is_gone() -> None:
    body = (launch(), load("p", "x"), load("s", "x", "signal a"))
    assert fault(*body, store("p", "y", "wait a"), buffers=SHARED).endswith(
        "where nobody wrote 'p': 8 of 16 bytes, which are those of 's'"
    )
    check(*body, store("s", "y", "wait a"), buffers=SHARED)


def test_an_output_must_be_written_as_itself() -> None:
    body = (launch(), load("p", "x", "signal a"))
    message = fault(*body, store("p", "z", "wait a"), buffers=SHARED, outputs="y")
    assert message == (
        "nobody writes the output 'y' of 'main': 16 of 16 bytes, which are those of 'z'"
    )


def test_an_input_is_there_under_its_own_name_alone() -> None:
    over_x = f"{BUFFERS}\n.buffer w dram at 0 bytes 16\n"
    assert fault(launch(), load("p", "w"), buffers=over_x).endswith(
        "where nobody wrote 'w': 16 of 16 bytes, which are those of 'x'"
    )


def test_what_a_launch_waited_for_is_written() -> None:
    check(launch("first"), load("p", "x"), launch("second"), store("p", "y"))


Line = Callable[[str], str]


def writer(engine: str) -> Line | None:
    """An instruction of an engine that writes tile p."""
    lines: dict[str, Line] = {
        "load": lambda ending: load("p", "x", ending),
        "mac": lambda ending: conv("q", "p", ending),
        "vector": lambda ending: requantise("q", "p", ending),
    }
    return lines.get(engine)


def reader(engine: str) -> Line | None:
    """An instruction of an engine that reads tile p."""
    lines: dict[str, Line] = {
        "store": lambda ending: store("p", "y", ending),
        "mac": lambda ending: conv("p", "r[0]", ending),
        "vector": lambda ending: requantise("p", "r[1]", ending),
    }
    return lines.get(engine)


ENGINES = ("load", "store", "mac", "vector")
KINDS = {
    "read after write": (writer, reader),
    "write after read": (reader, writer),
    "write after write": (writer, writer),
}
RACES = [
    pytest.param(first(one), second(two), id=f"{kind}: {one}, {two}")
    for kind, (first, second) in KINDS.items()
    for one in ENGINES
    for two in ENGINES
    if one != two and first(one) and second(two)
]


def test_every_pair_of_engines_can_race() -> None:
    """7 ways to read what another writes, 7 the other way round, 6 to write alike."""
    assert len(RACES) == 20


@pytest.mark.parametrize(("first", "second"), RACES)
def test_a_token_must_order_what_two_engines_do_to_a_tile(
    first: Line, second: Line
) -> None:
    message = fault(*FILL, first("@first"), second("@second"))
    assert re.fullmatch(
        r"race: instruction 8 \(.*\) of 'first' (reads|writes) its .*, and "
        r"instruction 9 \(.*\) of 'second' (reads|writes) its .*; no token orders them",
        message,
    )
    check(*FILL, first("signal a @first"), second("wait a @second"))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (store("p", "y", "{} @first"), load("q", "y", "{} @second")),
        (load("q", "x", "{} @first"), store("p", "x", "{} @second")),
    ],
    ids=["read after write", "write after read"],
)
def test_a_token_must_order_what_both_transfers_do_to_dram(
    first: str, second: str
) -> None:
    message = fault(*FILL, first.format(""), second.format(""))
    assert "race: instruction 8" in message and "'second'" in message
    check(*FILL, first.format("signal a"), second.format("wait a"))


def test_tiles_race_if_they_share_a_byte() -> None:
    apart = requantise("q", "p", size="15")
    shares = requantise("q", "p", size="16")
    late = store("p + 15", "y", size=1)
    assert "race" in fault(*FILL, shares, late)
    check(*FILL, apart, late)


def test_interleaved_tiles_do_not_race() -> None:
    """Even and odd bytes lie in the same interval, and share none."""
    shape = "shape=[1, 1, 8, 1] strides=[16, 16, 2, 1] box=[1, 1, 8, 1]"
    even = f"dma.store sram=p dram=y {shape} origin=[0, 0, 0, 0]"
    odd = f"dma.load sram=q dram=y + 1 {shape} origin=[0, 0, 0, 0] fill=0"
    whole = store("p", "y", "signal a")
    check(*FILL, whole, sync("load", "wait a"), even, odd)
    same = odd.replace("y + 1", "y")
    assert "race" in fault(*FILL, whole, sync("load", "wait a"), even, same)


def test_order_is_handed_on_from_engine_to_engine() -> None:
    """load, then mac, then vector, then store: load and store share no token."""
    chain = (
        load("p", "x", "signal a"),
        conv("p", "q", "wait a signal b"),
        requantise("q", "r[0]", "wait b signal c"),
        sync("store", "wait c"),
    )
    check(*FILL, *chain, store("p", "y"))
    assert "race" in fault(*FILL, *chain[:3], store("p", "y"))


def test_an_engine_keeps_its_own_order() -> None:
    check(*FILL, requantise("p", "q"), requantise("q", "p"), requantise("p", "q"))


def test_a_token_orders_only_what_came_before_it() -> None:
    late = (sync("load", "signal a"), load("p", "x"), store("p", "y", "wait a"))
    assert "race" in fault(*FILL, *late)


def test_as_many_turns_ahead_as_slots() -> None:
    turns = times(
        4, load("r[i]", "x", "wait a signal b"), store("r[i]", "y", "wait b signal a")
    )
    check(launch(credits="a: 2"), turns)
    message = fault(launch(credits="a: 3"), turns)
    assert "instruction 3 (dma.store at [0])" in message
    assert "instruction 2 (dma.load at [2])" in message


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (conv("p", "p"), "writes its ofm over its ifm"),
        (conv("q", "weight"), "writes its ofm over its weight"),
        (requantise("p", "p + 1", size="15"), "writes its ofm over its ifm"),
    ],
)
def test_an_instruction_must_not_overwrite_what_it_reads(
    line: str, message: str
) -> None:
    assert message in fault(*FILL, line)


def test_elements_may_be_replaced_in_their_place() -> None:
    check(*FILL, requantise("p", "p"))


def test_a_token_that_nobody_gives_is_a_deadlock() -> None:
    message = fault(launch(), load("p", "x", "wait a @first"))
    assert message == (
        "deadlock: instruction 1 (dma.load) of 'first' waits for token 'a', which no "
        "instruction before it has given"
    )
    check(launch(credits="a: 1"), load("p", "x", "wait a @first"))


def test_engines_that_wait_for_each_other_are_a_deadlock() -> None:
    first, second = sync("load", "wait b signal a"), sync("mac", "wait a signal b")
    assert "deadlock: instruction 1 (sync)" in fault(launch(), first, second)
    check(launch(credits="b: 1"), first, second)


def test_tokens_that_run_out_are_a_deadlock() -> None:
    turns = times(3, load("p", "x", "wait a"))
    assert "(dma.load at [2])" in fault(launch(credits="a: 2"), turns)
    check(launch(credits="a: 3"), turns)


def test_a_launch_sets_all_counts_anew() -> None:
    body = (launch("first", "a: 1"), launch("second"), load("p", "x", "wait a"))
    assert "deadlock" in fault(*body)


def test_in_place_every_element_keeps_its_place() -> None:
    """Two rows of two pixels of two bytes, in a map of four bytes a pixel."""
    size = (2, 2, 2)
    check(*FILL, copy_pixels("p", "p", size, ifm="8, 4", ofm="8, 4"))
    message = fault(*FILL, copy_pixels("p", "p", size, ifm="8, 4", ofm="4, 2"))
    assert "writes its ofm over its ifm" in message


def test_where_there_is_one_row_its_pitch_does_not_matter() -> None:
    check(*FILL, copy_pixels("p", "p", (1, 2, 2), ifm="9, 4", ofm="8, 4"))


def test_channels_side_by_side_do_not_meet() -> None:
    """The vector unit reads the first two of four channels, and writes the others."""
    check(*FILL, copy_pixels("p", "p + 2", (2, 2, 2), ifm="8, 4", ofm="8, 4"))


def test_half_of_a_map_is_not_all_of_it() -> None:
    half = copy_pixels("p", "q", (1, 4, 2), "wait a signal b", ifm="8, 2", ofm="16, 4")
    message = fault(
        launch(), load("p", "x", "signal a"), half, store("q", "y", "wait b")
    )
    assert "where nobody wrote 'q': 8 of 16 bytes" in message
