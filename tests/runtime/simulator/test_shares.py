"""What operators take of a work that they share: by hand, and cycle by cycle."""

from collections import Counter
from collections.abc import Sequence

import pytest

from aipu import compile
from aipu.dialects.aipu import Engine
from aipu.runtime.simulator.profile import LayerProfile, Profile
from aipu.runtime.simulator.shares import shares
from aipu.tests.machines import tiny_machine
from aipu.tests.runtime.simulator.assembled import FILL, conv, load, prepared, program
from aipu.tests.runtime.simulator.test_profile import CHAIN
from aipu.tests.small_model import images, small_model

FIRST_COME = (Engine.MAC, Engine.VECTOR, Engine.LOAD, Engine.STORE)
ADDED_UP = (
    "cycles",
    "macs",
    "dram_read",
    "dram_written",
    "sram_bytes",
    "vector_elements",
)


def last_work(*body: str) -> dict[str, LayerProfile]:
    entry = prepared(program(*FILL, *body), tiny_machine())
    return {each.name: each for each in shares(entry.profile)[-1]}


def test_a_chain_is_shared_out_as_its_instructions_run() -> None:
    """The launch and the cycle to issue are of the load, which runs next."""
    found = last_work(*CHAIN)
    cycles = {name: each.cycles for name, each in found.items()}
    assert cycles == {"in": 1000 + 1 + 26, "conv": 14, "scale": 4, "out": 26}
    assert found["in"].causes["launch"] == 1000
    assert found["in"].causes["dma_wait"] == 26
    assert found["conv"].causes["fill_drain"] == 10
    assert (found["in"].dram_read, found["out"].dram_written) == (16, 16)
    assert found["conv"].macs == 4 * 4 * 4


def test_the_array_takes_the_cycles_of_a_transfer_behind_it() -> None:
    """The load runs from 1001 to 1027, the convolution from 1002 to 1016."""
    found = last_work(load("p", "x", "@in"), conv("q", "r[0]", "@conv"))
    assert found["conv"].cycles == 14
    assert found["in"].cycles == 1000 + 1 + 1 + 11
    assert found["in"].busy[Engine.LOAD] == 26


@pytest.fixture(scope="module", params=["layerwise", "packed", "dp"])
def profiles(request: pytest.FixtureRequest) -> Sequence[Profile]:
    model, strategy = small_model(), request.param
    return compile(model, strategy=strategy, calibration=images(8)).profile.entries


def test_operators_add_up_to_their_works(profiles: Sequence[Profile]) -> None:
    for profile in profiles:
        for layer, parts in zip(profile.layers, shares(profile), strict=True):
            for figure in ADDED_UP:
                found = sum(getattr(part, figure) for part in parts)
                assert found == getattr(layer, figure), figure
            for cause, cycles in layer.causes.items():
                assert sum(part.causes[cause] for part in parts) == cycles, cause
            energy = sum(part.energy_pj for part in parts)
            assert energy == pytest.approx(layer.energy_pj)


def test_some_works_have_several_operators() -> None:
    package = compile(small_model(), strategy="dp", calibration=images(8))
    counts = [len(parts) for e in package.profile.entries for parts in shares(e)]
    assert max(counts) > 1


def test_each_cycle_goes_to_whoever_comes_first(profiles: Sequence[Profile]) -> None:
    for profile in profiles:
        expected = [by_cycle(profile, number) for number in range(len(profile.layers))]
        found = [
            {part.name: part.cycles for part in parts if part.cycles}
            for parts in shares(profile)
        ]
        assert found == expected


def by_cycle(profile: Profile, number: int) -> dict[str, int]:
    """The cycles of a work by names, each looked at by itself."""
    stream, timeline = profile.stream, profile.timeline
    work = stream.works[number]
    begin, end = int(timeline.begins[number]), int(timeline.ends[number])
    owners = [""] * (end - begin)
    for engine in reversed(FIRST_COME):
        for instance in range(work.start, work.stop):
            issue = stream.issues[stream.issue_of[instance]]
            if issue.engine is engine:
                first = max(begin, int(timeline.start[instance]))
                last = min(end, int(timeline.end[instance]))
                for cycle in range(first - begin, last - begin):
                    owners[cycle] = issue.instruction.source
    following = next((name for name in reversed(owners) if name), "")
    for cycle in reversed(range(len(owners))):
        following = owners[cycle] = owners[cycle] or following
    return dict(Counter(owners))
