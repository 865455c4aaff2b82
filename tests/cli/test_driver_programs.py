"""The programs around the driver: `zhouyi-demo`, `aipurun`, `aipugb`, `aipu case`."""

from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from aipu.cli.aipugb import main as aipugb
from aipu.cli.aipurun import main as aipurun
from aipu.cli.main import main as aipu
from aipu.cli.zhouyi_demo import main as demo
from aipu.tests.runtime.device.networks import STRAIGHT, built, expected, picture


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to be in: a binary, an input, and the output as it should be."""
    monkeypatch.chdir(tmp_path)
    Path("aipu.bin").write_bytes(built(STRAIGHT).binary)
    Path("input.bin").write_bytes(picture().tobytes())
    Path("ref.bin").write_bytes(expected(STRAIGHT, picture()))
    return tmp_path


def run_demo(*words: str) -> Result:
    return CliRunner().invoke(demo, ["-b", "aipu.bin", "-i", "input.bin", *words])


def test_the_demo_says_what_the_original_says(folder: Path) -> None:
    done = run_demo("-c", "ref.bin", "-d", "out", "-f", "2", "-t")
    profile = built(STRAIGHT).profile
    cost = f"[DEMO INFO] cost: 0s, {round(profile.seconds * 1e6)}us"
    dumped = [f"out/Graph4294967296_Frame{n}_Job4294967297_Output.bin" for n in (0, 1)]
    assert done.exit_code == 0
    assert done.stdout.splitlines() == [
        "[DEMO INFO] bin file: aipu.bin",
        "[DEMO INFO] idata file: input.bin",
        "[DEMO INFO] check file: ref.bin",
        "[DEMO INFO] dump dir: out",
        "[DEMO INFO] AIPU load graph successfully.",
        *(
            line
            for number in (0, 1)
            for line in (
                f"[DEMO INFO] frame: {number}",
                cost,
                "[DEMO INFO] AIPU finish job successfully",
                "[DEMO INFO] Result check PASS!",
                f"[DEMO INFO] Dump output data to: {dumped[number]}",
            )
        ),
    ]
    assert Path(dumped[1]).read_bytes() == Path("ref.bin").read_bytes()


def test_the_demo_says_where_it_cannot_write(folder: Path) -> None:
    done = run_demo("-d", "ref.bin/out")
    assert done.exit_code == 1
    assert done.stderr == "zhouyi-demo: ref.bin/out: Not a directory\n"


def test_the_demo_fails_as_the_original_does(folder: Path) -> None:
    (folder / "ref.bin").write_bytes(bytes(10))
    done = run_demo("-c", "ref.bin")
    assert done.exit_code == 255
    assert done.stdout.splitlines()[-1] == "[DEMO ERROR] Result check FAILED!"


def test_the_demo_says_which_file_is_wrong(folder: Path) -> None:
    (folder / "input.bin").write_bytes(bytes(7))
    done = run_demo()
    assert done.exit_code == 1
    assert "input.bin: expected 768 bytes, int8 [1, 16, 16, 3], for 'image'" in (
        done.stderr
    )
    done = CliRunner().invoke(demo, ["-b", "aipu.bin", "-i", "a.bin,b.bin"])
    assert "the graph has 1 inputs (image), found 2 files" in done.stderr


def test_a_binary_runs_on_raw_files(folder: Path) -> None:
    words = ["aipu.bin", "-i", "input.bin", "-o", "out.bin"]
    done = CliRunner().invoke(aipurun, words)
    assert done.exit_code == 0
    first, cycles = done.stdout.splitlines()
    assert first == "classes: int8 [1, 10], wrote out.bin"
    assert cycles.startswith(f"{built(STRAIGHT).profile.cycles} cycles, ")
    assert (folder / "out.bin").read_bytes() == (folder / "ref.bin").read_bytes()


def test_ir_that_is_none_is_refused(folder: Path) -> None:
    done = CliRunner().invoke(aipugb, ["missing.txt", "-w", "missing.bin"])
    assert done.exit_code == 1
    assert "missing.txt" in done.stderr
    assert sorted(path.name for path in folder.iterdir()) == [
        "aipu.bin",
        "input.bin",
        "ref.bin",
    ]


def test_a_case_is_built_once_and_passes(folder: Path) -> None:
    words = ["case", "ds_cnn_s", "--cases", "cases", "--dump-dir", "results/today"]
    done = CliRunner().invoke(aipu, words)
    assert done.exit_code == 0
    (dumped,) = (folder / "results" / "today").iterdir()
    assert dumped.read_bytes()
    assert "[DEMO INFO] Result check PASS!" in done.stdout.splitlines()
    binary = folder / "cases" / "ds_cnn_s" / "aipu.bin"
    stamp = binary.stat().st_mtime_ns
    output = binary.with_name("output_ref.bin")
    wrong = np.frombuffer(output.read_bytes(), np.uint8) ^ 1
    output.write_bytes(wrong.tobytes())
    done = CliRunner().invoke(aipu, ["case", "ds_cnn_s", "--cases", "cases"])
    assert (done.exit_code, binary.stat().st_mtime_ns) == (255, stamp)


def test_an_unknown_case(folder: Path) -> None:
    done = CliRunner().invoke(aipu, ["case", "resnet50x"])
    assert "unknown case 'resnet50x'\n  did you mean 'resnet50'?" in done.stderr
