"""`aipu bench`: the machine and the processor beside it."""

import csv
import json
import sys
from pathlib import Path

import pytest

from aipu.runtime.benchmarking.published import published
from aipu.tests.cli.command import aipu, complaint

PARAM = """\
7767517
3 3
Input data 0 1 data 0=8 1=8 2=4
Convolution conv 1 1 data conv 0=8 1=3 4=1 5=1 6=288
Softmax prob 1 1 conv prob
"""
SOFTMAX = """\
7767517
2 2
Input data 0 1 data 0=8 1=8 2=4
Softmax prob 1 1 data prob
"""
SIGN = """\
module {
  func.func @main(%x : tensor<1x4x4x8xf32>) -> tensor<1x4x4x8xf32> {
    %y = nn.sign %x : (tensor<1x4x4x8xf32>) -> tensor<1x4x4x8xf32>
    func.return %y : tensor<1x4x4x8xf32>
  }
}
"""
TARGET = """\
base = "r329"
name = "forgetful"
description = "an R329 of next to no memory"
[dram]
bytes = 512
"""
BOARD = """\
name = "tiny"
description = "a board with next to no memory"
[memory]
total = 4_000_000
machine = 1_000
free = 1_500_000
[linux]
architecture = "aarch64"
glibc = "2.31"
libstdcxx = "3.4.28"
"""


@pytest.fixture
def nets(tmp_path: Path) -> Path:
    folder = tmp_path / "nets"
    folder.mkdir()
    (folder / "little.param").write_text(PARAM)
    return folder


def test_all_parts_add_up_and_match_a_build(model: Path, tmp_path: Path) -> None:
    (found,) = json.loads(aipu("bench", model, "--json").stdout)
    machine = found["machine"]
    parts = (machine["machine_ms"], machine["host_ms"], machine["crossing_ms"])
    assert machine["latency_ms"] == pytest.approx(sum(parts))
    built = aipu("build", model, "-o", tmp_path / "built", "--json")
    report = json.loads(built.stdout)
    assert machine["latency_ms"] == report["latency_ms"]
    assert machine["bytes"] == report["memory"]["total_bytes"]
    assert found["macs"] == report["macs"]
    processor = found["processor"]
    assert 1 < processor["one_thread_ms"] / processor["two_threads_ms"] <= 1.73


def test_a_strategy_is_the_builds(model: Path) -> None:
    apart, packed, together, usual = (
        json.loads(aipu("bench", model, "--json", *options).stdout)[0]["machine"]
        for options in (
            *(("--strategy", name) for name in ("layerwise", "packed", "dp")),
            (),
        )
    )
    assert packed["latency_ms"] < apart["latency_ms"]
    assert usual == together


def test_a_model_is_read_as_for_a_build(model: Path) -> None:
    whole, cut = (
        json.loads(aipu("bench", model, "--json", *options).stdout)[0]
        for options in ((), ("--output", "sum"))
    )
    assert cut["macs"] < whole["macs"]
    assert "did you mean 'image'" in complaint(
        "bench", model, "--shape", "imag=1x3x8x8"
    )


def test_two_files_of_one_name_are_two(nets: Path, tmp_path: Path) -> None:
    (tmp_path / "little.param").write_text(PARAM)
    both = (nets / "little.param", tmp_path / "little.param")
    found = json.loads(aipu("bench", *both, "--json").stdout)
    assert [each["name"] for each in found] == ["little", "little"]


def test_a_network_that_takes_the_machine_no_time(tmp_path: Path) -> None:
    (tmp_path / "soft.param").write_text(SOFTMAX)
    result = aipu("bench", tmp_path / "soft.param", "--target", "square-32x32")
    assert result.exit_code == 0
    assert "0.00" in result.stdout


def test_a_table_for_a_network_and_one_of_all(nets: Path) -> None:
    one = aipu("bench", "little", "--nets", nets).stdout
    assert "A53, 1 thread" in one
    assert "network" not in one
    (nets / "other.param").write_text(PARAM)
    both = aipu("bench", "all", "--nets", nets).stdout
    (rows,) = both.split("network ")[1:]
    assert [line.split()[0] for line in rows.splitlines()[2:]] == ["little", "other"]


def test_published_rows_are_of_the_same_network(nets: Path) -> None:
    (nets / "squeezenet.param").write_text(PARAM)
    command = ("bench", "squeezenet", "--nets", nets, "--boards", "--json")
    (found,) = json.loads(aipu(*command).stdout)
    assert found["published"] == []
    (found,) = json.loads(aipu("bench", "ds_cnn_s", "--boards", "--json").stdout)
    assert found["published"] == []
    assert {each.board for each in published()["squeezenet"].times} >= {
        "AX630C",
        "H616",
    }


def test_csv_has_a_line_for_each(nets: Path, tmp_path: Path) -> None:
    path = tmp_path / "bench.csv"
    result = aipu("bench", "all", "--nets", nets, "--csv", path)
    assert f"wrote {path}" in result.stderr
    (row,) = csv.DictReader(path.read_text().splitlines())
    assert (row["network"], row["here_ms"], row["problems"]) == ("little", "", "")
    assert float(row["latency_ms"]) > float(row["machine_ms"]) > 0


def test_what_cannot_be_read_says_so_and_the_others_go_on(nets: Path) -> None:
    (nets / "bad.param").write_text(PARAM.replace("Softmax", "Sofamax"))
    result = aipu("bench", "all", "--nets", nets, "--json")
    assert result.exit_code == 1
    bad, little = json.loads(result.stdout)
    assert "Sofamax" in bad["problems"]["machine"]
    assert bad["macs"] is None
    assert little["problems"] == {}
    assert "Sofamax" in complaint("bench", "bad", "--nets", nets)


def test_what_does_not_fit_the_machine_is_compared_still(
    nets: Path, tmp_path: Path
) -> None:
    target = tmp_path / "forgetful.toml"
    target.write_text(TARGET)
    command = ("bench", "little", "--nets", nets, "--target", target)
    result = aipu(*command, "--json")
    assert result.exit_code == 0
    (found,) = json.loads(result.stdout)
    assert found["machine"] is None
    assert found["problems"]["machine"].startswith("the network needs")
    assert found["processor"]["one_thread_ms"] > 0
    assert "the network needs" in aipu(*command).stdout


def test_a_board_decides_what_fits(nets: Path, tmp_path: Path) -> None:
    board = tmp_path / "tiny.toml"
    board.write_text(BOARD)
    text = aipu("bench", "little", "--nets", nets, "--board", board).stdout
    assert "does not fit" in text
    assert "more CMA" in text
    usual = aipu("bench", "little", "--nets", nets).stdout
    assert "does not fit" not in usual
    assert "could go back to Linux" in usual


def test_ncnn_runs_here(nets: Path) -> None:
    pytest.importorskip("ncnn")
    command = ("bench", "little", "--nets", nets, "--ncnn", "--json")
    (found,) = json.loads(aipu(*command).stdout)
    assert found["here"]["threads"] == 1
    assert found["here"]["ms"] > 0
    assert (
        "measured: least of several frames, load average" in aipu(*command[:-1]).stdout
    )


def test_ncnn_runs_what_is_of_another_format(model: Path) -> None:
    pytest.importorskip("ncnn")
    (found,) = json.loads(aipu("bench", model, "--ncnn", "--json").stdout)
    assert found["here"]["ms"] > 0
    assert found["problems"] == {}


def test_why_ncnn_runs_something_not_stands_in_the_table(tmp_path: Path) -> None:
    pytest.importorskip("ncnn")
    (tmp_path / "sign.mlir").write_text(SIGN)
    text = aipu("bench", tmp_path / "sign.mlir", "--ncnn").stdout
    assert "ncnn has nothing that is known for nn.sign" in text


def test_ncnn_needs_no_weights(nets: Path) -> None:
    pytest.importorskip("ncnn")
    path = nets / "little.param"
    (found,) = json.loads(aipu("bench", path, "--ncnn", "--json").stdout)
    assert found["here"]["ms"] > 0


def test_ncnn_absent(nets: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ncnn", None)
    said = complaint("bench", "little", "--nets", nets, "--ncnn")
    assert said == (
        "aipu: --ncnn: ncnn is not installed\n  pip install 'aipu-compiler[ncnn]'\n"
    )


def test_names_that_nobody_knows(tmp_path: Path) -> None:
    assert "did you mean 'resnet50'?" in complaint("bench", "resnet5")
    assert "no .param files here" in complaint("bench", "all", "--nets", tmp_path)
    assert complaint("bench", "no.onnx") == "aipu: no.onnx: no such file\n"
    assert "no board 'x'" in complaint("bench", "ds_cnn_s", "--board", "x")
    assert "no strategy" in complaint("bench", "ds_cnn_s", "--strategy", "fastest")


def test_a_page_with_bars(nets: Path, tmp_path: Path) -> None:
    path = tmp_path / "bench.html"
    result = aipu("bench", "little", "--nets", nets, "--html", path)
    assert f"wrote {path}" in result.stderr
    assert path.read_text().startswith("<!DOCTYPE html>")


def test_a_host_is_fitted_to_a_log(nets: Path, tmp_path: Path) -> None:
    log, mine = tmp_path / "benchncnn.log", tmp_path / "mine.toml"
    log.write_text("little  min = 1.00  max = 1.00  avg = 1.00\n")
    options = ("--nets", nets, "--calibrate", log, "-o", mine)
    result = aipu("bench", "all", *options)
    assert "over 1 network" in result.stdout
    (before, after) = (
        json.loads(aipu("bench", "little", *where, "--json").stdout)[0]
        for where in (("--nets", nets), ("--nets", nets, "--target", mine))
    )
    far, near = (
        abs(each["processor"]["one_thread_ms"] - 1) for each in (before, after)
    )
    assert near < 0.1 < far


def test_a_log_of_other_networks(nets: Path, tmp_path: Path) -> None:
    log = tmp_path / "benchncnn.log"
    log.write_text("resnet50  min = 1.00  max = 1.00  avg = 1.00\n")
    options = ("--nets", nets, "--calibrate", log)
    said = complaint("bench", "all", *options, "-o", tmp_path / "mine.toml")
    assert "none of the networks of the log is known: resnet50" in said
    assert "go together" in complaint("bench", "all", *options, code=2)
    no_target = (*options, "-o", tmp_path / "mine.txt")
    assert "FILE.toml" in complaint("bench", "all", *no_target, code=2)
