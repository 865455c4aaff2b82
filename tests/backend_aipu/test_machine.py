"""Target files: what ships, what is refused and how, and exact units."""

import re
import tomllib
from fractions import Fraction
from math import ceil
from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aipu.backend_aipu.machine import (
    TARGETS,
    Dataflow,
    Machine,
    load_machine,
    machine_names,
)
from aipu.errors import AipuError

R329 = (TARGETS / "r329.toml").read_text()


def refusal(tmp_path: Path, text: str | bytes) -> str:
    """The message with which a target file of this text is refused."""
    path = tmp_path / "mine.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(AipuError) as refused:
        load_machine(str(path))
    assert refused.value.place == str(path)
    return str(refused.value).removeprefix(f"{path}: ")


def edited(key: str, value: str) -> str:
    """r329's file with another value for the first `key`."""
    text, count = re.subn(rf"(?m)^{key} = .*$", f"{key} = {value}", R329, count=1)
    assert count == 1
    return text


def test_the_targets_that_ship():
    assert machine_names() == [
        "gemmini-16x16",
        "r329",
        "r329-600mhz",
        "square-32x32",
        "tpu-256x256",
        "x2-1204",
    ]


@pytest.mark.parametrize("name", machine_names())
def test_a_target_is_named_as_its_file(name):
    assert load_machine(name).name == name


@pytest.mark.parametrize("name", machine_names())
def test_every_number_says_where_it_comes_from(name):
    lines = (TARGETS / f"{name}.toml").read_text().splitlines()
    numbers = [line for line in lines if re.match(r"\w+ = [^\"]", line)]
    assert numbers
    for line in numbers:
        assert re.search(r"# (public|calibrated) \(.+\)$", line), line


def test_the_r329_has_128_macs_at_800_mhz():
    machine = load_machine("r329")
    assert machine.macs_per_cycle * machine.clock_hz == 102_400_000_000
    assert machine.array.dataflows[0] is Dataflow.WS


def test_a_machine_is_frozen():
    machine = load_machine("r329")
    for field in msgspec.structs.fields(machine):
        with pytest.raises(AttributeError):
            setattr(machine, field.name, 1)


def test_a_target_may_differ_from_another_in_one_number():
    slow, fast = load_machine("r329-600mhz"), load_machine("r329")
    assert slow.clock_hz == 600_000_000
    assert (slow.array, slow.sram, slow.dram, slow.vector, slow.control) == (
        fast.array,
        fast.sram,
        fast.dram,
        fast.vector,
        fast.control,
    )


def test_a_section_may_differ_from_another_in_one_number(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(
        'base = "r329"\nname = "mine"\ndescription = "more"\n[sram]\nbytes = 524288\n'
    )
    mine, r329 = load_machine(str(path)), load_machine("r329")
    assert mine.sram == msgspec.structs.replace(r329.sram, bytes=524_288)
    assert mine.dram == r329.dram


def test_vgg19_fits_on_the_tpu_but_not_on_the_r329():
    weights = 143_667_240
    assert (
        load_machine("r329").dram.bytes
        < weights
        < load_machine("tpu-256x256").dram.bytes
    )


def test_unknown_target():
    with pytest.raises(AipuError) as refused:
        load_machine("r239")
    assert "no target 'r239'" in str(refused.value)
    assert "did you mean 'r329'?" in str(refused.value)


def test_missing_file(tmp_path):
    with pytest.raises(AipuError, match="cannot read"):
        load_machine(str(tmp_path / "absent.toml"))


def test_a_folder_is_no_target_file(tmp_path):
    folder = tmp_path / "folder.toml"
    folder.mkdir()
    with pytest.raises(AipuError, match="cannot read"):
        load_machine(str(folder))


@pytest.mark.parametrize(
    "text",
    [
        "rows 8",
        b"\xff\xfe\x00",
        "x = " + "[" * 10_000,
        f"x = {'9' * 5000}",
        "x = 1\nx = 2",
    ],
    ids=["syntax", "encoding", "depth", "digits", "twice"],
)
def test_not_toml(tmp_path, text):
    assert refusal(tmp_path, text).startswith("not a TOML file: ")


def test_unknown_key(tmp_path):
    message = refusal(tmp_path, R329.replace("columns =", "colums ="))
    assert message == "unknown key array.colums\n  did you mean 'columns'?"


def test_unknown_section(tmp_path):
    message = refusal(tmp_path, R329.replace("[sram]", "[ssram]"))
    assert message == "unknown key ssram\n  did you mean 'sram'?"


def test_missing_key(tmp_path):
    message = refusal(tmp_path, R329.replace("lanes = 16", ""))
    assert message.startswith("missing key vector.lanes\n")


def test_a_number_with_a_default_may_be_missing(tmp_path):
    target = tmp_path / "old.toml"
    target.write_text(R329.replace("row_passes = 3", ""))
    assert load_machine(str(target)) == load_machine("r329")


@pytest.mark.parametrize("name", machine_names())
def test_a_target_of_ours_states_every_number(name):
    """But for what a target has from its base, and a host of which nothing is known."""
    stated = tomllib.loads((TARGETS / f"{name}.toml").read_text())
    if "base" not in stated:
        said = {key: value for key, value in stated.items() if key != "host"}
        all_of_it = msgspec.to_builtins(load_machine(name))
        del all_of_it["host"]
        assert _keys(said) == _keys(all_of_it)


def _keys(table):
    return {
        key: _keys(value) if isinstance(value, dict) else None
        for key, value in table.items()
    }


def test_a_number_for_a_section(tmp_path):
    text = R329.replace("[vector]", "").replace("lanes = 16", "")
    text = text.replace("row_passes = 3", "")
    assert refusal(tmp_path, f"vector = 16\n{text}") == (
        "vector must be a section, [vector]"
    )


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("rows", "0", "array.rows = 0: expected int >= 1"),
        ("rows", "8.0", "array.rows = 8.0: expected int, got float"),
        ("rows", "true", "array.rows = True: expected int, got bool"),
        ("columns", '"16"', "array.columns = '16': expected int, got str"),
        ("bandwidth", "-1", "dram.bandwidth = -1: expected int >= 1"),
        ("bandwidth", "inf", "dram.bandwidth = inf: expected int, got float"),
        ("latency", "-1", "dram.latency = -1: expected int >= 0"),
        ("mac", "nan", "energy.mac = nan: expected float >= 0.0"),
        ("mac", "inf", "energy.mac = inf: expected float <= 1000000000.0"),
        ("clock_hz", "0", "clock_hz = 0: expected int >= 1"),
        ("name", '""', "name = '': expected str of length >= 1"),
        ("dataflows", "[]", "array.dataflows = []: expected array of length >= 1"),
    ],
)
def test_a_number_that_cannot_be(tmp_path, key, value, message):
    assert refusal(tmp_path, edited(key, value)).startswith(message)


def test_an_unknown_dataflow(tmp_path):
    message = refusal(tmp_path, edited("dataflows", '["ws", "rs"]'))
    assert message.startswith("array.dataflows = ['ws', 'rs']: ")
    assert message.endswith("known: ws, os, is")


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("dataflows", '["ws", "ws"]', "array.dataflows = ['ws', 'ws']: expected each"),
        (
            "accumulator_bytes",
            "63",
            "array.accumulator_bytes = 63: expected at least 64",
        ),
        ("bytes", "15", "sram.bytes = 15: expected at least 16, one array row"),
        ("alignment", "48", "sram.alignment = 48: expected a power of two"),
        ("burst", "12", "dram.burst = 12: expected a power of two"),
    ],
)
def test_numbers_that_contradict_each_other(tmp_path, key, value, message):
    assert refusal(tmp_path, edited(key, value)).startswith(message)


def test_a_base_that_is_no_target(tmp_path):
    message = refusal(tmp_path, 'base = "r328"\nname = "mine"\ndescription = "x"')
    assert message.startswith("no target 'r328'\n  did you mean 'r329'?")


def test_a_base_may_have_a_base(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text('base = "r329-600mhz"\nname = "mine"\ndescription = "x"\n')
    mine, slow = load_machine(str(path)), load_machine("r329-600mhz")
    assert mine == msgspec.structs.replace(slow, name="mine", description="x")


def test_a_target_with_a_base_has_its_own_name(tmp_path):
    assert refusal(tmp_path, 'base = "r329"').startswith("missing key name")


WHOLE = st.integers(0, 10**9)
RATE = st.integers(1, 10**10)


@given(clock_hz=RATE, bandwidth=RATE, latency=WHOLE, payload=WHOLE)
def test_a_transfer_takes_its_latency_and_its_bytes(
    clock_hz, bandwidth, latency, payload
):
    machine = with_rates(clock_hz, bandwidth, latency)
    first_byte = ceil(Fraction(latency, 10**9) * clock_hz)
    on_the_bus = ceil(Fraction(payload, bandwidth) * clock_hz)
    latency = first_byte if payload else 0
    assert machine.transfer_cycles(payload, 0) == latency + on_the_bus
    assert machine.bus_cycles(payload) == on_the_bus


def with_rates(clock_hz: int, bandwidth: int, latency: int) -> Machine:
    r329 = load_machine("r329")
    dram = msgspec.structs.replace(r329.dram, bandwidth=bandwidth, latency=latency)
    return msgspec.structs.replace(r329, clock_hz=clock_hz, dram=dram)


def test_a_transfer_at_a_byte_and_an_eighth_a_cycle():
    """9 bytes take 8 cycles at 0.9 GB/s and 0.8 GHz, and 250 ns are 200 cycles."""
    machine = with_rates(800_000_000, 900_000_000, 250)
    assert machine.transfer_cycles(900, 900) == 200 + 800
    assert machine.transfer_cycles(901, 901) == 200 + 801


def test_a_transfer_fills_a_burst_a_cycle():
    """16 bytes a cycle on chip: 1,000 bytes of one that is repeated, or of none."""
    machine = with_rates(800_000_000, 900_000_000, 250)
    assert machine.transfer_cycles(16, 1000) == 200 + 63
    assert machine.transfer_cycles(0, 1000) == 63
    assert machine.transfer_cycles(1000, 1000) == 200 + 889
    assert machine.transfer_cycles(0, 0) == 0


def test_transfers_of_many_candidates():
    machine = load_machine("r329")
    payloads = np.arange(1, 10**8, 99_991)
    cycles = machine.transfer_cycles(payloads, 20 * payloads)
    assert cycles.dtype == np.int64
    assert cycles.tolist() == [
        machine.transfer_cycles(n, 20 * n) for n in payloads.tolist()
    ]


def test_the_bus_is_exact_at_rates_without_a_common_factor():
    machine = with_rates(1_000_000_007, 999_999_937, 250)
    payloads = [1, 999_999_937, 10**11 + 3]
    expected = [-(-n * 1_000_000_007 // 999_999_937) for n in payloads]
    assert [machine.bus_cycles(n) for n in payloads] == expected
    assert machine.bus_cycles(np.array(payloads)).tolist() == expected


def test_strided_pieces_move_whole_bursts():
    machine = load_machine("r329")
    assert machine.dram.burst == 16
    assert machine.strided_bytes(10, 16) == 160
    assert machine.strided_bytes(10, 17) == 320


def test_a_launch_takes_its_microseconds():
    machine = load_machine("r329")
    assert machine.launch_cycles == machine.control.launch * 800
    assert machine.seconds(machine.clock_hz) == 1.0
