"""The host of a target: its numbers, what is refused, and its formula by hand."""

from pathlib import Path

import msgspec
import pytest

from aipu.backend_aipu.host import Host, Work
from aipu.backend_aipu.machine import load_machine, machine_names
from aipu.errors import AipuError

MINE = 'base = "r329"\nname = "mine"\ndescription = "more"\n'


@pytest.fixture(scope="module")
def host() -> Host:
    found = load_machine("r329").host
    assert found is not None
    return found


def mine(tmp_path: Path, text: str) -> str:
    path = tmp_path / "mine.toml"
    path.write_text(MINE + text)
    return str(path)


def test_only_the_boards_of_the_r329_have_a_host(host: Host) -> None:
    hosts = {name: load_machine(name).host for name in machine_names()}
    assert {name for name, found in hosts.items() if found} == {"r329", "r329-600mhz"}
    assert hosts["r329-600mhz"] == host


def test_moving_bytes_is_bound_by_the_memory(host: Host) -> None:
    # 4,000,000 bytes at 2 GB/s, longer than at 3.8 bytes a cycle of 1.5 GHz; 86,000
    # cycles to begin.
    work = Work("", 1_000_000, 4_000_000, 0)
    assert host.milliseconds(work) == pytest.approx(2.0 + 0.086 / 1.5)


def test_arithmetic_is_bound_by_the_core(host: Host) -> None:
    # 199,000,000 MACs at 1.99 a cycle, and 3,800,000 bytes at 3.8.
    work = Work("pointwise", 199_000_000, 3_800_000, 4_000)
    assert host.milliseconds(work) == pytest.approx(101e6 / 1.5e6 + 0.086 / 1.5)


def test_weights_are_read_from_memory(host: Host) -> None:
    # A fully connected layer of 1,000 by 1,000: every weight is read for one MAC.
    work = Work("pointwise", 1_000_000, 8_000, 4_000_000)
    assert host.milliseconds(work) == pytest.approx(2.004 + 0.086 / 1.5)


def test_a_second_thread_is_worth_less_than_the_first(host: Host) -> None:
    both = msgspec.structs.replace(host, threads=2)
    work = Work("depthwise", 59_000_000, 0, 0)
    assert both.milliseconds(work) == pytest.approx(100 / 1.5 / 1.73 + 0.086 / 1.5)


def test_a_target_may_change_one_rate(tmp_path: Path, host: Host) -> None:
    found = load_machine(mine(tmp_path, "[host.rates]\ndepthwise = 2\n")).host
    changed = msgspec.structs.replace(host.rates, depthwise=2.0)
    assert found == msgspec.structs.replace(host, rates=changed)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[host]\nclock = 1\n", "unknown key host.clock"),
        ("[host.rates]\nwinogard = 1.0\n", "unknown key host.rates.winogard"),
        ("[host.rates]\ncopy = 0\n", "host.rates.copy = 0: expected"),
        ("[host]\nscaling = 1.5\n", "host.scaling = 1.5: expected"),
        ("[host]\nthreads = 3\n", "host.threads = 3: expected at most 2, one a core"),
    ],
)
def test_what_cannot_be_is_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(AipuError) as refused:
        load_machine(mine(tmp_path, text))
    assert message in str(refused.value)


def test_a_host_is_stated_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text('base = "tpu-256x256"\nname = "x"\ndescription = "x"\n[host]\n')
    with pytest.raises(AipuError, match=r"missing key host\.name"):
        load_machine(str(path))
