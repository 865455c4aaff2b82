"""`aipu cut`: what it says is what a build makes of it."""

import json
from pathlib import Path

import msgspec
import pytest

import aipu as aipu_package
from aipu.runtime.inspecting.cutting import Cut, ModeCost
from aipu.tests.cli.command import aipu, complaint

R329 = "backend_aipu/targets/r329.toml"
PARAM = """\
7767517
7 7
Input data 0 1 data 0=40 1=40 2=3
Convolution conv1 1 1 data conv1 0=32 1=3 4=1 5=1 6=864
LRN norm 1 1 conv1 norm 1=5
Convolution conv2 1 1 norm conv2 0=32 1=3 4=1 5=1 6=9216
Pooling pool 1 1 conv2 pool 1=40 2=40
InnerProduct fc 1 1 pool fc 0=10 1=1 2=320
Softmax prob 1 1 fc prob
"""


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("cut") / "little.param"
    file.write_text(PARAM)
    return file


def cut(network: Path, *options: str | Path) -> Cut:
    done = aipu("cut", network, "--random-weights", "0", "--json", *options)
    return msgspec.json.decode(done.stdout, type=Cut)


def costs(found: Cut, mode: str = "cost") -> ModeCost:
    return next(each for each in found.modes if each.mode == mode)


@pytest.mark.parametrize("mode", ["rules", "cost", "tengine", "all-host"])
def test_a_package_takes_what_the_cut_says(
    network: Path, mode: str, tmp_path: Path
) -> None:
    found = cut(network, "--mode", mode)
    said = costs(found, mode)
    done = aipu(
        "build",
        network,
        "--random-weights",
        "0",
        "-o",
        tmp_path / "out",
        "--quantise",
        f"mode={mode}",
        "--quantise",
        "method=min-max",
        "--json",
    )
    report = json.loads(done.stdout)
    for part in ("latency_ms", "machine_ms", "host_ms", "crossing_ms"):
        assert getattr(said, part) == pytest.approx(report[part], rel=0.05), part
    assert said.segments == len(found.segments) == len(report["segments"])
    assert len(found.crossings) == len(report["crossings"])


def test_every_operator_has_a_place_a_reason_and_its_costs(network: Path) -> None:
    found = cut(network)
    parts = {"machine": 0.0, "host": 0.0}
    for each in found.operators:
        assert each.reason
        parts[each.place] += getattr(each, f"{each.place}_ms")
    said = costs(found)
    assert parts["machine"] == pytest.approx(said.machine_ms, abs=0.01)
    assert parts["host"] == pytest.approx(said.host_ms, abs=0.01)
    crossing = sum(each.crossing_ms for each in found.operators)
    assert crossing == pytest.approx(said.crossing_ms, abs=0.01)


def test_no_mode_is_better_than_by_cost(network: Path) -> None:
    for frames, what in (("latency", "latency_ms"), ("throughput", "interval_ms")):
        found = cut(network, "--frames", frames, "--min-gain", "0")
        best = min(getattr(each, what) for each in found.modes)
        assert getattr(costs(found), what) == pytest.approx(best)


def test_what_it_hangs_on_begins_with_the_target_itself(network: Path) -> None:
    found = cut(network, "--min-gain", "0")
    first, *others = found.sensitivity
    assert (first.launch_us, first.crossing_us) == (275, 100)
    said = costs(found)
    assert first.cost_ms == pytest.approx(said.latency_ms)
    faster = [each for each in others if each.launch_us < 275]
    assert all(each.rules_ms < first.rules_ms for each in faster)


def test_tables_name_what_passes(network: Path) -> None:
    done = aipu("cut", network, "--random-weights", "0", "--operators")
    assert done.exit_code == 0
    assert "all times are estimates" in done.stdout
    assert "the machine has no nn.lrn" in done.stdout
    assert "only conversions" not in done.stdout


def test_a_host_without_memory_gets_less(network: Path, tmp_path: Path) -> None:
    board = tmp_path / "tiny.toml"
    board.write_text(
        'name = "tiny"\ndescription = "next to no memory"\n'
        "[memory]\ntotal = 4_000_000\nmachine = 1_000\nfree = 411_000\n"
        '[linux]\narchitecture = "aarch64"\nglibc = "2.31"\nlibstdcxx = "3.4.28"\n'
    )
    assert costs(cut(network)).host_bytes > 411_000
    assert costs(cut(network, "--board", board)).host_bytes <= 411_000


def test_what_is_too_large_for_the_machine_is_shared(tmp_path: Path) -> None:
    """The largest weights are the host's then; the others' time is the machine's."""
    large = tmp_path / "large.param"
    large.write_text(
        PARAM.replace("1=5", "1=5", 1)
        .replace("Pooling pool 1 1 conv2 pool 1=40 2=40", "Flatten pool 1 1 conv2 pool")
        .replace("0=10 1=1 2=320", "0=10 1=1 2=512000")
    )
    target = tmp_path / "small.toml"
    own = (Path(aipu_package.__file__).parent / R329).read_text()
    assert "bytes = 104_857_600" in own
    target.write_text(own.replace("bytes = 104_857_600", "bytes = 300_000"))
    found = cut(large, "--target", target)
    assert {each.mode: each.fits for each in found.modes} == {
        "rules": False,
        "cost": True,
        "tengine": False,
        "all-host": True,
    }
    places = {each.name: each.place for each in found.operators}
    assert places["fc"] == "host"
    assert places["conv2"] == "machine"
    assert costs(found).latency_ms < costs(found, "all-host").latency_ms
    done = aipu("cut", large, "--target", target)
    assert "does not fit the memory" in done.stdout


def test_no_weights_are_needed(network: Path) -> None:
    """The same without as with any."""
    assert (
        aipu("cut", network).stdout
        == aipu("cut", network, "--random-weights", "7").stdout
    )


def test_bad_input_is_one_message(network: Path) -> None:
    message = complaint(
        "cut", network, "--random-weights", "0", "--target", "gemmini-16x16"
    )
    assert "nothing is known of the host" in message
    message = complaint("cut", network, "--random-weights", "0", "--machine", "norm")
    assert "the machine has no nn.lrn" in message
    message = complaint(
        "cut",
        network,
        "--random-weights",
        "0",
        "--max-segments",
        "1",
        "--machine",
        "conv1",
    )
    assert "no cut of the network in 1 segments" in message


def test_a_page_of_the_graph(network: Path, tmp_path: Path) -> None:
    page = tmp_path / "cut.html"
    result = aipu("cut", network, "--random-weights", "0", "--html", page)
    assert result.exit_code == 0
    assert f"wrote {page}" in result.stderr
    assert '<svg class="net"' in page.read_text()
