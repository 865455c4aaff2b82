"""A trace holds the timeline of the profile, in the format that viewers read."""

import json
from collections import Counter
from itertools import pairwise

import pytest

from aipu.runtime.package import Package
from aipu.runtime.report.trace import trace

LAYERS, ENGINES, WAITING = 1, (2, 3, 4, 5), 6


@pytest.fixture(scope="module")
def events(package: Package) -> list[dict]:
    entries = list(package.simulator.entries.values())
    return json.loads(trace(entries, "small"))["traceEvents"]


def on(events: list[dict], *threads: int) -> list[dict]:
    """The complete events of some threads."""
    return [e for e in events if e["ph"] == "X" and e["tid"] in threads]


def test_times_are_numbers_of_cycles(events: list[dict]) -> None:
    for event in on(events, LAYERS, *ENGINES, WAITING):
        assert isinstance(event["ts"], int)
        assert isinstance(event["dur"], int)
        assert event["dur"] == event["args"]["cycles"] >= 0


def test_every_thread_has_a_name(events: list[dict]) -> None:
    names = {
        event["tid"]: event["args"]["name"]
        for event in events
        if event["name"] == "thread_name"
    }
    assert names == {
        1: "layers",
        2: "DMA load",
        3: "MAC array",
        4: "vector unit",
        5: "DMA store",
        6: "waiting",
    }


def test_no_event_of_a_thread_overlaps_another(events: list[dict]) -> None:
    for thread in (LAYERS, *ENGINES, WAITING):
        ordered = sorted(on(events, thread), key=lambda e: (e["ts"], e["dur"]))
        for before, after in pairwise(ordered):
            assert before["ts"] + before["dur"] <= after["ts"]


def test_layers_follow_one_another(package: Package, events: list[dict]) -> None:
    clock = 0
    for event, layer in zip(on(events, LAYERS), package.profile.layers, strict=True):
        assert (event["name"], event["ts"]) == (layer.name, clock)
        assert event["dur"] == layer.cycles
        assert event["args"]["MACs"] == layer.macs
        assert event["args"]["bytes"] == layer.dram_bytes
        clock += layer.cycles
    assert clock == package.profile.cycles


def test_there_is_an_event_for_every_instruction(
    package: Package, events: list[dict]
) -> None:
    found = Counter(event["name"] for event in on(events, *ENGINES))
    expected: Counter[str] = Counter()
    for profile in package.profile.entries:
        for each in profile.instructions:
            expected[f"{each.mnemonic} {each.source}"] += each.instances
    assert found == expected


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
        found[event["name"]] += event["dur"]
    expected: Counter[str] = Counter()
    for profile in package.profile.entries:
        for each in profile.instructions:
            expected[f"{each.mnemonic} {each.source}"] += each.busy
    assert found == expected


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
    waited = sum(event["dur"] for event in on(events, WAITING))
    layers = package.profile.layers
    causes = ("launch", "dma_wait", "sync")
    assert waited == sum(layer.causes[cause] for layer in layers for cause in causes)
