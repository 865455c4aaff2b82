"""Where the cycles of small works go, worked out by hand."""

import pytest

from aipu.dialects.aipu import Engine
from aipu.runtime.simulator.profile import NetworkProfile, Profile
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
)

CHAIN = (
    load("p", "x", "signal a @in"),
    conv("p", "q", "wait a signal b @conv"),
    requantise("q", "r[0]", "wait b signal c @scale"),
    store("r[0]", "y", "wait c @out"),
)
"""After a launch of 1000 cycles and one to issue: 26, 14, 4 and 26 cycles."""


def profile(*body: str, **machine: Numbers) -> Profile:
    """The profile of a program whose SRAM was written in a work before."""
    return prepared(program(*FILL, *body), tiny_machine(**machine)).profile


def causes(*body: str, **machine: Numbers) -> dict[str, int]:
    """Why the last work took its cycles; causes of none are left out."""
    found = profile(*body, **machine).layers[-1].causes
    return {cause: cycles for cause, cycles in found.items() if cycles}


def test_every_cycle_of_a_chain_has_a_cause() -> None:
    """The convolution takes 4 steps and drains 10, the vector unit works for 4."""
    assert causes(*CHAIN) == {
        "launch": 1000,
        "sync": 1,
        "dma_wait": 26 + 26,
        "compute": 4 + 4,
        "fill_drain": 10,
    }


def test_a_transfer_behind_computing_is_no_wait() -> None:
    """The load runs from 1001 to 1027, the convolution from 1002 to 1016."""
    assert causes(load("p", "x"), conv("q", "r[0]")) == {
        "launch": 1000,
        "sync": 1,
        "compute": 4,
        "fill_drain": 10,
        "dma_wait": 1 + 11,
    }


def test_the_array_comes_before_the_vector_unit() -> None:
    """Both compute side by side: 1001 to 1015, and 1002 to 1006."""
    assert causes(conv("p", "q"), requantise("weight", "r[0]")) == {
        "launch": 1000,
        "sync": 1,
        "compute": 4,
        "fill_drain": 10,
    }


def test_idle_elements_of_the_array_are_partial_tiles() -> None:
    """Three channels of four: 4 steps do 48 MACs, which need 3."""
    line = conv("p", "q").replace("channels=4", "channels=3")
    assert causes(line) == {
        "launch": 1000,
        "sync": 1,
        "compute": 3,
        "partial": 1,
        "fill_drain": 10,
    }


def test_waiting_for_the_sequencer_is_synchronisation() -> None:
    """Two loads on a bus so fast that each takes 11 cycles, issued every 100."""
    fast: dict[str, Numbers] = {
        "dram": {"bandwidth": 16_000_000_000, "burst": 16},
        "control": {"issue": 100},
    }
    assert causes(load("p", "x"), load("q", "x"), **fast) == {
        "launch": 1000,
        "sync": 100 + 89,
        "dma_wait": 11 + 11,
    }


def test_a_work_of_nothing_is_a_launch() -> None:
    assert causes(sync("mac"), control={"issue": 0}) == {"launch": 1000}


def test_the_cycles_of_layers_add_up_to_those_of_the_timeline() -> None:
    entry = prepared(program(*FILL, *CHAIN), tiny_machine())
    assert [layer.name for layer in entry.profile.layers] == ["fill", "ready"]
    assert entry.profile.layers[-1].cycles == 1071
    assert entry.profile.cycles == entry.timeline.cycles
    network = NetworkProfile(entry.machine, [entry.profile, entry.profile])
    assert network.cycles == 2 * entry.timeline.cycles
    assert network.seconds == pytest.approx(network.cycles * 1e-9)
    assert len(network.layers) == 4


def test_what_a_layer_moves_and_computes() -> None:
    layer = profile(*CHAIN).layers[-1]
    assert layer.macs == 4 * 4 * 4
    assert (layer.dram_read, layer.dram_written, layer.dram_bytes) == (16, 16, 32)
    assert layer.vector_elements == 16
    assert layer.sram_bytes == 16 + (16 + 16 + 32 + 16) + 32 + 16
    assert dict(layer.busy) == {
        Engine.SEQUENCER: 0,
        Engine.LOAD: 26,
        Engine.STORE: 26,
        Engine.MAC: 14,
        Engine.VECTOR: 4,
    }


def test_energy_is_that_of_every_event_and_of_idling() -> None:
    """1 pJ a MAC, 10 an SRAM byte, 100 a DRAM byte, 5 an element; 2 mW are 2 pJ/ns."""
    layer = profile(*CHAIN).layers[-1]
    expected = 64 * 1 + 144 * 10 + 32 * 100 + 16 * 5 + 2 * 1071
    assert layer.energy_pj == pytest.approx(expected)


def test_cycles_of_running_leave_the_launch_out() -> None:
    assert profile(*CHAIN).layers[-1].running_cycles == 71


@pytest.mark.parametrize(
    ("body", "bound"),
    [
        (CHAIN, "launch"),
        ((*CHAIN,), "dram"),
        ((conv("p", "q"),), "mac"),
        ((requantise("p", "q"),), "vector"),
    ],
)
def test_what_takes_the_longest_binds(body: tuple[str, ...], bound: str) -> None:
    launch_time = {"launch": 1 if bound == "launch" else 0}
    assert profile(*body, control=launch_time).layers[-1].bound_by == bound


def test_what_an_instruction_waited_for() -> None:
    """The convolution could start at 1002, and does at 1027."""
    found = {i.source: i for i in profile(*CHAIN).instructions if i.source != "fill"}
    assert found["in"].stalls == {}
    assert found["conv"].stalls == {"a": 25}
    assert found["out"].stalls == {"c": 41}
    assert [found[node].busy for node in ("in", "conv", "scale", "out")] == [
        26,
        14,
        4,
        26,
    ]


def test_what_a_transfer_waited_for_the_bus() -> None:
    """Loads and stores have the same latency, and the load is a cycle before."""
    found = profile(load("p", "x", "@in"), store("q", "y", "@out")).instructions
    by_source = {i.source: i for i in found}
    assert by_source["in"].bus_stall == 0
    assert by_source["out"].bus_stall == 15
    assert by_source["out"].busy == 26
    assert by_source["out"].stalls == {}


def test_an_instruction_counts_all_its_turns() -> None:
    found = profile(
        launch(),
        *("loop i times 3 {", load("p", "x", "@in"), "}"),
    ).instructions[-1]
    assert (found.mnemonic, found.instances, found.busy) == ("dma.load", 3, 3 * 26)
