"""Small timelines that were worked out by hand.

On the tiny machine a launch takes 1000 cycles, and one instruction a cycle to issue. A
transfer of 16 bytes has a latency of 10 cycles and then the bus for 16. The 4 x 4 array
takes 4 + 2 * 4 + 4 - 2 = 14 cycles for four pixels, the vector unit of 4 lanes 4 for
16 elements. All times count from the launch of the last work.
"""

from typing import NamedTuple

from aipu.tests.machines import Numbers, tiny_machine
from aipu.tests.runtime.simulator.assembled import (
    FILL,
    conv,
    launch,
    load,
    prepared,
    program,
    requantise,
    store,
    sync,
    times,
)


class Times(NamedTuple):
    """Of one instruction: when it could start, did, got the bus, and was done."""

    free: int
    start: int
    bus: int
    end: int


def timeline(*body: str, **machine: Numbers) -> list[Times]:
    """The times of the instructions of a work; all SRAM was written before it."""
    entry = prepared(program(*FILL, *body), tiny_machine(**machine))
    work, found = entry.stream.works[-1], entry.timeline
    columns = (found.free, found.start, found.bus, found.end)
    begin = found.begins[-1]
    return [
        Times(*(int(column[at] - begin) for column in columns))
        for at in range(work.start, work.stop)
    ]


def test_a_transfer_has_a_latency_and_then_the_bus() -> None:
    assert timeline(load("p", "x")) == [Times(1001, 1001, 1011, 1027)]


def test_a_chain_of_tokens_runs_one_after_another() -> None:
    assert timeline(
        load("p", "x", "signal a"),
        conv("p", "q", "wait a signal b"),
        requantise("q", "r[0]", "wait b signal c"),
        store("r[0]", "y", "wait c"),
    ) == [
        Times(1001, 1001, 1011, 1027),
        Times(1002, 1027, 1027, 1027 + 14),
        Times(1003, 1041, 1041, 1041 + 4),
        Times(1004, 1045, 1055, 1055 + 16),
    ]


def test_engines_that_share_nothing_run_side_by_side() -> None:
    found = timeline(load("p", "x"), conv("q", "r[0]"), requantise("weight", "r[1]"))
    assert [times.start for times in found] == [1001, 1002, 1003]
    assert [times.end for times in found] == [1027, 1002 + 14, 1003 + 4]


def test_an_engine_does_one_thing_at_a_time() -> None:
    found = timeline(load("p", "x"), load("q", "x"))
    assert found[1] == Times(1027, 1027, 1037, 1053)


def test_load_and_store_share_the_bus_but_not_their_latency() -> None:
    found = timeline(load("p", "x"), store("q", "y"))
    assert found == [Times(1001, 1001, 1011, 1027), Times(1002, 1002, 1027, 1043)]


def test_the_bus_goes_to_the_first_who_asks() -> None:
    """The store asks at 1014, the load that is before it in the text at 1027."""
    found = timeline(
        requantise("weight", "r[0]", "signal a", size="16"),
        sync("load", "wait a"),
        load("p", "x"),
        store("q", "y"),
        vector={"lanes": 1},
    )
    assert found[0].end == 1001 + 16
    assert found[2] == Times(1017, 1017, 1030, 1046)
    assert found[3] == Times(1004, 1004, 1014, 1030)


def test_of_two_tokens_the_later_counts() -> None:
    found = timeline(
        load("p", "x", "signal a"),
        requantise("q", "q", "signal b"),
        conv("p", "r[0]", "wait a, b"),
    )
    assert found[1].end == 1006
    assert found[2].start == found[0].end == 1027


def test_a_sync_takes_no_time_but_waits_its_turn() -> None:
    found = timeline(
        load("p", "x", "signal a"), sync("mac", "wait a"), conv("q", "r[0]")
    )
    assert found[1] == Times(1002, 1027, 1027, 1027)
    assert found[2].start == 1027


def test_two_slots_let_the_next_tile_come_in_behind_the_running_one() -> None:
    """Loads of 26 cycles hide 3 of the 4 convolutions: 14 is left of the last."""
    found = timeline(
        launch(credits="a: 2"),
        times(
            4,
            load("r[i]", "x", "wait a signal b"),
            conv("r[i]", "q", "wait b signal a"),
        ),
    )
    loads, convolutions = found[::2], found[1::2]
    assert [t.start for t in loads] == [1001, 1027, 1053, 1079]
    assert [t.start for t in convolutions] == [1027, 1053, 1079, 1105]
    assert convolutions[-1].end == 1105 + 14


def test_one_slot_makes_them_take_turns() -> None:
    """Each turn is a load of 26 cycles and a convolution of 14."""
    found = timeline(
        launch(credits="a: 1"),
        times(
            4,
            load("p", "x", "wait a signal b"),
            conv("p", "q", "wait b signal a"),
        ),
    )
    assert [t.start for t in found[::2]] == [1001, 1041, 1081, 1121]
    assert [t.start for t in found[1::2]] == [1027, 1067, 1107, 1147]


def test_the_sequencer_stalls_while_a_queue_is_full() -> None:
    """In a queue of one the third load waits until the second starts, at 1027."""
    body = [load("p", "x"), load("q", "x"), load("r[0]", "x"), conv("weight", "r[1]")]
    assert timeline(*body)[3].start == 1004
    assert timeline(*body, control={"queue": 2})[3].start == 1004
    assert timeline(*body, control={"queue": 1})[3].start == 1028


def test_issuing_takes_its_cycles() -> None:
    body = [load("p", "x"), conv("q", "r[0]"), requantise("weight", "r[1]")]
    found = timeline(*body, control={"issue": 7})
    assert [t.start for t in found] == [1007, 1014, 1021]


def test_a_launch_waits_for_all_engines() -> None:
    """The work before ends with its store, at 1043."""
    body = [load("p", "x"), store("q", "y"), launch("next"), load("q", "x")]
    entry = prepared(program(*FILL, *body), tiny_machine())
    first, second = entry.timeline.begins[-2:].tolist()
    assert second - first == 1043
    assert entry.timeline.ends.tolist()[-2:] == [second, second + 1027]
    assert entry.timeline.cycles == second + 1027


def test_a_launch_without_instructions_takes_its_time() -> None:
    entry = prepared(program(launch("a"), launch("b")), tiny_machine())
    assert entry.timeline.begins.tolist() == [0, 1000]
    assert entry.timeline.cycles == 2000


def test_nothing_takes_no_time() -> None:
    assert prepared(program(), tiny_machine()).timeline.cycles == 0


def test_bandwidth_latency_and_clock_scale_a_transfer() -> None:
    """16 bytes at half a byte a cycle, after 25 ns: 25 + 32 cycles."""
    slow: Numbers = {"bandwidth": 500_000_000, "latency": 25}
    assert timeline(load("p", "x"), dram=slow) == [Times(1001, 1001, 1026, 1058)]


def test_a_transfer_of_nothing_takes_the_time_to_fill() -> None:
    """16 bytes at 4 a cycle; it neither waits for a latency nor for the bus."""
    outside = load("p", "x").replace("origin=[0, 0, 0, 0]", "origin=[1, 0, 0, 0]")
    assert timeline(outside, store("q", "y")) == [
        Times(1001, 1001, 1001, 1005),
        Times(1002, 1002, 1012, 1028),
    ]


def test_which_token_came_last_is_known() -> None:
    body = [load("p", "x", "signal a"), requantise("q", "q", "signal b")]
    entry = prepared(
        program(*FILL, *body, conv("p", "r[0]", "wait a, b")), tiny_machine()
    )
    assert entry.timeline.token[-3:].tolist() == [-1, -1, 0]


def test_work_that_is_joined_waits_for_all_engines_and_costs_no_launch() -> None:
    body = [
        load("p", "x"),
        store("q", "y"),
        "join work=next credits=[]",
        load("q", "x"),
    ]
    entry = prepared(program(*FILL, *body), tiny_machine())
    first, second = entry.timeline.begins[-2:].tolist()
    assert second - first == 1043
    assert entry.timeline.ends.tolist()[-2:] == [second, second + 27]
    assert [len(launching) for launching in entry.timeline.launching[-2:]] == [1, 0]


def test_work_that_follows_waits_for_nothing_but_tokens() -> None:
    """The load of the next work runs while the array is busy with the one before."""
    body = [
        load("p", "x", "signal a"),
        conv("p", "r[0]", "wait a"),
        "follow work=next",
        load("q", "x", "signal b"),
        conv("q", "r[1]", "wait b"),
    ]
    entry = prepared(program(*FILL, *body), tiny_machine())
    timeline = entry.timeline
    *_, second_load, second_conv = timeline.start.tolist()
    first_done = int(timeline.end[-3])
    assert second_load < first_done
    assert second_conv >= first_done
    first, second = timeline.begins[-2:].tolist()
    assert first < second == second_conv
    assert timeline.ends.tolist()[-2:] == [second, int(timeline.end.max())]
    assert not timeline.launching[-1]
    one, other = entry.profile.layers[-2:]
    for layer in (one, other):
        assert sum(layer.causes.values()) == layer.cycles


def test_work_that_is_resumed_is_launched_twice_and_keeps_its_tokens() -> None:
    """The load before ends at 1027; the rest is launched then, and takes its token."""
    body = [load("p", "x", "signal a"), "resume", load("q", "x", "wait a")]
    entry = prepared(program(*FILL, *body), tiny_machine())
    begin = int(entry.timeline.begins[-1])
    assert entry.timeline.launching[-1] == [
        (begin, begin + 1000),
        (begin + 1027, begin + 2027),
    ]
    assert int(entry.timeline.ends[-1]) == begin + 2027 + 27
    assert entry.profile.layers[-1].causes["launch"] == 2000
