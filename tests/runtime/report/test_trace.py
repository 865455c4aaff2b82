"""A trace holds a frame in true time, in the format that viewers read."""

import json
from collections import Counter
from itertools import pairwise

import pytest

from aipu import compile
from aipu.runtime.building.package import Package
from aipu.runtime.figures.figures import Figures
from aipu.runtime.report.findings import findings
from aipu.runtime.report.trace import trace
from aipu.tests.small_model import images, small_model

HOST, CROSSINGS, LAYERS, ENGINES, WAITING = 1, 2, 3, (4, 5, 6, 7), 8
EVERY_THREAD = (HOST, CROSSINGS, LAYERS, *ENGINES, WAITING)
CYCLE = 1 / 800
"""Microseconds at 800 MHz."""

NANOSECOND = 1e-3
"""Times are rounded to it, start and end each."""


@pytest.fixture(scope="module")
def events(package: Package) -> list[dict]:
    return json.loads(trace(findings(package)))["traceEvents"]


def on(events: list[dict], *threads: int) -> list[dict]:
    """The complete events of some threads."""
    return [e for e in events if e["ph"] == "X" and e["tid"] in threads]


def test_times_are_those_of_the_board(events: list[dict]) -> None:
    for event in on(events, LAYERS, *ENGINES, WAITING):
        microseconds = event["args"]["cycles"] * CYCLE
        assert event["dur"] == pytest.approx(microseconds, abs=NANOSECOND)


def test_everything_takes_time(events: list[dict]) -> None:
    assert all(event["dur"] > 0 for event in events if event["ph"] == "X")


def test_the_last_event_ends_with_the_frame(
    small_figures: Figures, events: list[dict]
) -> None:
    ends = [event["ts"] + event["dur"] for event in on(events, *EVERY_THREAD)]
    assert max(ends) == pytest.approx(small_figures.latency_ms * 1e3, abs=NANOSECOND)
    assert min(event["ts"] for event in on(events, *EVERY_THREAD)) == 0


def test_every_thread_has_a_name(events: list[dict]) -> None:
    names = {
        event["tid"]: event["args"]["name"]
        for event in events
        if event["name"] == "thread_name"
    }
    assert names == {
        1: "host, an estimate",
        2: "crossings, an estimate",
        3: "layers",
        4: "DMA load",
        5: "MAC array",
        6: "vector unit",
        7: "DMA store",
        8: "waiting",
    }


def test_no_event_of_a_thread_overlaps_another(events: list[dict]) -> None:
    for thread in EVERY_THREAD:
        ordered = sorted(on(events, thread), key=lambda e: (e["ts"], e["dur"]))
        for before, after in pairwise(ordered):
            end = round((before["ts"] + before["dur"]) * 1e3)
            assert end <= round(after["ts"] * 1e3)


def test_host_crossings_and_machine_take_turns(
    small_figures: Figures, events: list[dict]
) -> None:
    """The host's operators in order; each tensor crosses before it is waited for."""
    turns = sorted(on(events, HOST, CROSSINGS, LAYERS), key=lambda e: e["ts"])
    layers = [layer.name for layer in small_figures.layers]
    assert [event["name"] for event in turns] == [
        "first/transpose",
        "first/quantise to the machine",
        *layers[:3],
        "sum to the host",
        "normal",
        "normal/quantise to the machine",
        *layers[3:],
        "classes to the host",
        "scores",
    ]
    for before, after in pairwise(turns):
        end = before["ts"] + before["dur"]
        assert after["ts"] == pytest.approx(end, abs=2 * NANOSECOND)


def test_the_host_s_slices_take_what_the_report_says(
    small_figures: Figures, events: list[dict]
) -> None:
    found = {event["name"]: event["dur"] for event in on(events, HOST)}
    assert found == {
        each.name: pytest.approx((each.ms or 0) * 1e3, abs=NANOSECOND)
        for each in small_figures.host.operators
    }
    crossing = sum(event["dur"] for event in on(events, CROSSINGS))
    assert crossing == pytest.approx(
        small_figures.crossing_ms * 1e3, abs=4 * NANOSECOND
    )


def test_a_target_without_host_shows_the_machine_only() -> None:
    package = compile(small_model(), target="square-32x32", calibration=images(8))
    events = json.loads(trace(findings(package)))["traceEvents"]
    assert on(events, HOST, CROSSINGS) == []
    title = next(e for e in events if e["name"] == "process_name")["args"]["name"]
    assert title == "small on square-32x32, machine only"


def test_layers_say_what_the_profile_says(package: Package, events: list[dict]) -> None:
    for event, layer in zip(on(events, LAYERS), package.profile.layers, strict=True):
        assert event["name"] == layer.name
        assert event["args"]["cycles"] == layer.cycles
        assert event["args"]["MACs"] == layer.macs
        assert event["args"]["bytes"] == layer.dram_bytes


def test_there_is_an_event_for_every_instruction_that_takes_time(
    package: Package, events: list[dict]
) -> None:
    found = Counter(event["name"] for event in on(events, *ENGINES))
    expected: Counter[str] = Counter()
    for prepared in package.simulator.entries.values():
        took = prepared.timeline.end > prepared.timeline.start
        for issue in prepared.stream.issues:
            name = f"{issue.spec.mnemonic} {issue.instruction.source}"
            expected[name] += int(took[issue.order].sum())
    assert found == +expected


def test_instructions_add_up_to_their_layer(
    package: Package, events: list[dict]
) -> None:
    for quantity, total in (
        ("MACs", {layer.name: layer.macs for layer in package.profile.layers}),
        ("bytes", {layer.name: layer.dram_bytes for layer in package.profile.layers}),
    ):
        found: Counter[str] = Counter()
        for event in on(events, *ENGINES):
            found[event["args"]["layer"]] += event["args"][quantity]
        assert dict(found) == total


def test_an_engine_works_as_long_as_the_profile_says(
    package: Package, events: list[dict]
) -> None:
    found: Counter[str] = Counter()
    for event in on(events, *ENGINES):
        found[event["name"]] += event["args"]["cycles"]
    expected: Counter[str] = Counter()
    for profile in package.profile.entries:
        for each in profile.instructions:
            expected[f"{each.mnemonic} {each.source}"] += each.busy
    assert found == +expected


def test_stalls_are_those_of_the_profile(package: Package, events: list[dict]) -> None:
    found: Counter[tuple[str, str]] = Counter()
    for event in on(events, *ENGINES):
        if "token" in event["args"]:
            found[event["name"], event["args"]["token"]] += event["args"]["stall"]
    expected: Counter[tuple[str, str]] = Counter()
    for profile in package.profile.entries:
        for each in profile.instructions:
            for token, cycles in each.stalls.items():
                expected[f"{each.mnemonic} {each.source}", token] += cycles
    assert +found == +expected


def test_waiting_is_the_rest_of_the_time(package: Package, events: list[dict]) -> None:
    waited = sum(event["args"]["cycles"] for event in on(events, WAITING))
    layers = package.profile.layers
    causes = ("launch", "dma_wait", "sync")
    assert waited == sum(layer.causes[cause] for layer in layers for cause in causes)


def area(events: list[dict], name: str) -> float:
    """What a counter shows, times how long it does, in microseconds."""
    steps = [event for event in events if event["ph"] == "C" and event["name"] == name]
    assert steps == sorted(steps, key=lambda event: event["ts"])
    (last,) = steps[-1]["args"].values()
    assert last == 0
    return sum(
        value * (after["ts"] - before["ts"])
        for before, after in pairwise(steps)
        for value in before["args"].values()
    )


def test_counters_add_up_to_the_report(
    small_figures: Figures, package: Package, events: list[dict]
) -> None:
    """A megabyte a second is a byte a microsecond; rounded times are not exact."""
    layers = package.profile.layers
    read, written = (area(events, f"DRAM {what}, MB/s") for what in ("read", "written"))
    assert read == pytest.approx(sum(each.dram_read for each in layers), rel=0.01)
    assert written == pytest.approx(sum(each.dram_written for each in layers), rel=0.01)
    macs = area(events, "array in use, %") / 100 * 128 * 800
    assert macs == pytest.approx(small_figures.macs, rel=0.01)


def test_the_sram_is_what_each_layer_reserves(
    small_figures: Figures, events: list[dict]
) -> None:
    reserved = [
        event["args"]["kB"]
        for event in events
        if event["ph"] == "C" and event["name"] == "SRAM reserved, kB"
    ]
    assert len(reserved) == len(small_figures.layers) + 2
    assert max(reserved) == small_figures.sram_peak_bytes / 1e3
