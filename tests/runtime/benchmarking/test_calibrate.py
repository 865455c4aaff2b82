"""A host fitted to measured times: planted numbers come back, silence changes none."""

from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace

from aipu.backend_aipu.host import Host, Rates, Work
from aipu.backend_aipu.machine import load_machine
from aipu.errors import AipuError
from aipu.runtime.benchmarking.benchncnn_log import read_log
from aipu.runtime.benchmarking.calibrate import RATES, fitted, target_text
from aipu.runtime.benchmarking.processor import host_alone_ms

LOG = """\
loop_count = 4
num_threads = 2
cooling_down = 1
          squeezenet  min =   89.00  max =   91.10  avg =   89.35
           mobilenet  min =  131.90  max =  133.02  avg =  132.34
"""


@pytest.fixture(scope="module")
def host() -> Host:
    found = load_machine("r329").host
    assert found is not None
    return found


def networks(number: int, rates: Rates) -> dict[str, list[Work]]:
    """Networks of operators of all kinds, each with most of one."""
    draw = np.random.default_rng(0)
    kinds = RATES[:-1]
    return {
        f"net{net}": [
            Work(
                kind,
                round(
                    draw.integers(10**6, 10**7)
                    * getattr(rates, kind)
                    * (20 if step == net % len(kinds) else 1)
                ),
                int(draw.integers(10**5, 10**6)),
                int(draw.integers(10**4, 10**5)),
            )
            for step, kind in enumerate(kinds)
        ]
        for net in range(number)
    }


def test_a_planted_host_comes_back(host: Host) -> None:
    planted = replace(
        host,
        overhead=2 * host.overhead,
        rates=Rates(*(getattr(host.rates, rate) * 0.6 for rate in RATES)),
    )
    works = networks(35, host.rates)
    measured = {name: host_alone_ms(work, planted, 1) for name, work in works.items()}
    found = fitted(host, works, measured, 1)
    for name, work in works.items():
        assert host_alone_ms(work, found, 1) == pytest.approx(measured[name], rel=0.03)
    for rate in RATES[:-1]:
        fit, true = getattr(found.rates, rate), getattr(planted.rates, rate)
        assert fit == pytest.approx(true, rel=0.1)


def test_what_times_do_not_speak_of_stays(host: Host) -> None:
    works = {"net": [Work("pointwise", 10**9, 1000, 0)]}
    measured = {"net": 2 * host_alone_ms(works["net"], host, 1)}
    found = fitted(host, works, measured, 1)
    assert host_alone_ms(works["net"], found, 1) == pytest.approx(
        measured["net"], rel=0.02
    )
    assert found.rates.depthwise == pytest.approx(host.rates.depthwise)
    assert found.bandwidth == pytest.approx(host.bandwidth)


def test_a_fit_is_a_target_file(host: Host, tmp_path: Path) -> None:
    other = replace(host, bandwidth=10**9)
    path = tmp_path / "mine.toml"
    path.write_text(target_text(load_machine("r329"), other, "mine", "a.log"))
    machine = load_machine(str(path))
    assert machine.name == "mine"
    assert machine.host == other
    with pytest.raises(AipuError, match="begins with a target that ships, not with"):
        target_text(machine, other, "next", "a.log")


def test_a_log_is_read(tmp_path: Path) -> None:
    path = tmp_path / "benchncnn.log"
    path.write_text(LOG)
    found = read_log(path)
    assert found.threads == 2
    assert found.ms == {"squeezenet": 89.35, "mobilenet": 132.34}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no line of a log of benchncnn"),
        ("resnet50 620 ms\n", "no line of a log of benchncnn"),
        (LOG.replace("132.34", "0.00"), ":5: 0.00 is no time in milliseconds"),
        (LOG.replace("132.34", "9" * 40), f":5: {'9' * 40} is no time in milliseconds"),
        (LOG.replace("132.34", "0.0000001"), ":5: 0.0000001 is no time"),
        (LOG.replace("threads = 2", "threads = 0"), "0 is no number of threads"),
        (LOG.replace("threads = 2", "threads = 99999"), "99999 is no number of"),
        (LOG.replace("132.34", "1.2.3"), ":5: 1.2.3 is no time in milliseconds"),
    ],
)
def test_a_log_that_is_none(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "benchncnn.log"
    path.write_text(text)
    with pytest.raises(AipuError) as error:
        read_log(path)
    assert message in str(error.value)
