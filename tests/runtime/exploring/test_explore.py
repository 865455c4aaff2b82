"""Sweeps: what is interrupted goes on, and ends as if it had not been."""

import csv
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from time import monotonic, sleep

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

import aipu
from aipu.backend_aipu.machine import load_machine
from aipu.errors import AipuError
from aipu.passes.scheduling.strategies.goal import Goal
from aipu.runtime.exploring.explore import explored
from aipu.runtime.exploring.pareto import front, picture
from aipu.runtime.exploring.sweep import Sweep, changed
from aipu.tests.cli.command import aipu as command
from aipu.tests.cli.command import complaint
from aipu.tests.small_model import save

AIPU = (sys.executable, "-c", "from aipu.cli.main import main; main()")
TABLES = ("explore.csv", "explore.json", "pareto.svg")
SIZES = ["8", "262144"]
"""The first is less than the array needs."""


def network(channels: int) -> onnx.ModelProto:
    """Two convolutions."""
    weights = np.random.default_rng(0).normal(0, 0.3, (2, channels, channels, 3, 3))
    nodes = [
        helper.make_node("Conv", [ifm, f"w{n}"], [ofm], ofm, pads=[1] * 4)
        for n, (ifm, ofm) in enumerate([("x", "a"), ("a", "y")])
    ]
    graph = helper.make_graph(
        nodes,
        "net",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, channels, 8, 8])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
        [
            numpy_helper.from_array(array.astype(np.float32), f"w{n}")
            for n, array in enumerate(weights)
        ],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)])


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """Two models."""
    folder = tmp_path_factory.mktemp("sweeps")
    save(network(4), folder / "one.onnx")
    save(network(8), folder / "two.onnx")
    return folder


def sweep(folder: Path) -> Sweep:
    return Sweep(
        models=[folder / "one.onnx", folder / "two.onnx"],
        targets=["r329"],
        strategies=["layerwise", "dp"],
        goals=[Goal()],
        settings={"sram.bytes": SIZES},
    )


@pytest.fixture(scope="module")
def whole(folder: Path) -> dict[str, bytes]:
    """The tables of a sweep that nothing interrupts."""
    explored(sweep(folder), folder / "whole")
    return tables(folder / "whole")


def tables(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in TABLES}


def words(folder: Path, out: Path, *more: str) -> list[str]:
    models = (str(folder / "one.onnx"), str(folder / "two.onnx"))
    asked = ("--set", f"sram.bytes={','.join(SIZES)}")
    return ["explore", *models, "-o", str(out), *asked, *more]


def test_a_row_says_what_a_build_says(folder: Path, whole: dict[str, bytes]) -> None:
    rows = json.loads(whole["explore.json"])
    assert len(rows) == 8
    assert len(list(csv.reader(whole["explore.csv"].decode().splitlines()))) == 9
    usual = aipu.compile(folder / "one.onnx", strategy="dp").report
    (row,) = (
        each
        for each in rows
        if each["model"] == "one.onnx"
        and each["strategy"] == "dp"
        and dict(each["settings"])["sram.bytes"] == "262144"
    )
    for name in ("cycles", "machine_ms", "dram_bytes", "energy_uj"):
        assert row[name] == usual[name]
    assert row["gap"] >= 1


def test_what_cannot_be_built_is_a_row(whole: dict[str, bytes]) -> None:
    rows = json.loads(whole["explore.json"])
    failed = [row for row in rows if row["error"]]
    assert {dict(row["settings"])["sram.bytes"] for row in failed} == {"8"}
    assert len(failed) == 4
    assert all(
        "at least 16" in row["error"] and row["cycles"] is None for row in failed
    )


def wait_for(folder: Path, count: int, process: subprocess.Popen[bytes]) -> None:
    """Until a sweep has kept so many rows."""
    end = monotonic() + 120
    while len(list((folder / "rows").glob("*.json"))) < count:
        assert monotonic() < end and process.poll() is None
        sleep(0.05)


def test_killed_and_resumed_is_as_uninterrupted(
    folder: Path, whole: dict[str, bytes], tmp_path: Path
) -> None:
    line = [*AIPU, *words(folder, tmp_path, "--jobs", "2")]
    process = subprocess.Popen(line, start_new_session=True)
    wait_for(tmp_path, 2, process)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert not (tmp_path / "explore.csv").exists()
    kept = {path: path.stat().st_mtime_ns for path in (tmp_path / "rows").iterdir()}
    (tmp_path / "rows" / "half.json").write_text("{")
    result = command(*words(folder, tmp_path))
    assert result.exit_code == 0, result.output
    assert tables(tmp_path) == whole
    assert all(path.stat().st_mtime_ns == when for path, when in kept.items())


def test_a_process_that_is_killed_is_replaced(
    folder: Path, whole: dict[str, bytes], tmp_path: Path
) -> None:
    line = [*AIPU, *words(folder, tmp_path)]
    process = subprocess.Popen(line, stdout=subprocess.DEVNULL)
    wait_for(tmp_path, 2, process)
    os.kill(worker_of(process.pid), signal.SIGKILL)
    assert process.wait() == 0
    assert tables(tmp_path) == whole


def worker_of(parent: int) -> int:
    """The process that carries out what a sweep began."""
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    (worker,) = (
        int(child)
        for child in children
        if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()
    )
    return worker


class Cluster:
    """A Dask scheduler and its workers, processes of their own."""

    def __init__(self, workers: int, place: Path):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
        port = self.address.rpartition(":")[2]
        self.scheduler = self._begun(
            place, "scheduler", "--host", "127.0.0.1", "--port", port, "--no-dashboard"
        )
        options = ("--nthreads", "1", "--no-dashboard", "--no-nanny")
        self.workers = [
            self._begun(place, "worker", self.address, *options) for _ in range(workers)
        ]

    def _begun(self, place: Path, *words: str) -> subprocess.Popen[bytes]:
        with (place / f"{words[0]}.log").open("ab") as log:
            line = [sys.executable, "-m", "dask", *words]
            return subprocess.Popen(line, stdout=log, stderr=log, cwd=place)

    def end(self) -> None:
        for process in (*self.workers, self.scheduler):
            process.kill()
            process.wait()


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    pytest.importorskip("distributed", reason="needs the package distributed")
    (tmp_path / "cluster").mkdir()
    cluster = Cluster(2, tmp_path / "cluster")
    try:
        yield cluster
    finally:
        cluster.end()


def test_a_cluster_that_loses_a_worker(
    folder: Path, whole: dict[str, bytes], tmp_path: Path, cluster: Cluster
) -> None:
    lost = []

    def say(count: int) -> None:
        if not lost:
            cluster.workers[0].kill()
            lost.append(count)

    out = tmp_path / "out"
    explored(sweep(folder), out, cluster=cluster.address, say=say)
    assert lost
    assert tables(out) == whole


def test_a_cluster_that_is_not_there(folder: Path, tmp_path: Path, monkeypatch) -> None:
    pytest.importorskip("distributed", reason="needs the package distributed")
    monkeypatch.setattr("aipu.runtime.exploring.workers.WAITING", 0.2)
    asked = words(folder, tmp_path, "--cluster", "tcp://127.0.0.1:1")
    assert "no cluster answers at 'tcp://127.0.0.1:1'" in complaint(*asked)


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (("--set", "sram.byts=3"), "did you mean 'sram.bytes'?"),
        (("--set", "sram.bytes=many"), "--set: no such machine: Expected `int`"),
        (("--goal", "drum"), "did you mean 'dram'?"),
        (("--strategy", "dq"), "no strategy 'dq'"),
        (("--target", "r328"), "did you mean 'r329'?"),
    ],
)
def test_what_is_unknown_ends_a_sweep_before_it_begins(
    folder: Path, tmp_path: Path, more: tuple[str, ...], message: str
) -> None:
    out = tmp_path / "out"
    assert message in complaint("explore", folder / "one.onnx", "-o", out, *more)
    assert not out.exists()


def test_another_number_is_another_machine() -> None:
    machine = changed(load_machine("r329"), (("sram.bytes", "4096"),))
    assert machine.sram.bytes == 4096
    with pytest.raises(AipuError, match="targets have no number 'sram'"):
        changed(machine, (("sram", "4096"),))


def test_the_front_is_what_nothing_beats() -> None:
    points = [(1.0, 5.0), (2.0, 4.0), (2.0, 9.0), (3.0, 9.0), (0.5, 1.0), (4.0, 10.0)]
    assert front(points) == [(0.5, 1.0), (1.0, 5.0), (2.0, 9.0), (4.0, 10.0)]


def test_a_picture_of_nothing_is_a_picture() -> None:
    assert picture([]).startswith("<svg")
