"""What a build, a run and a verification take of memory, beside what they work on.

    python benchmarks/memory.py [CASE EXTENT]

Each case is a convolution in a process of its own: the most memory that it had, less
what a small convolution took before it, by the results or by the bytes of the weights.
"""

import re
import subprocess
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

import aipu

TARGET = "gemmini-16x16"
"""Its DRAM holds what is built here."""

SMALL = 8


class Case(NamedTuple):
    """A convolution for an extent: channels in and out, of a map of so many rows.

    unit: what its memory is told by.
    limit: how many bytes it may take of each.
    usual: the extent that is measured.
    """

    name: str
    shape: Callable[[int], tuple[int, int]]
    unit: str
    limit: float
    usual: int


CASES = {
    "map": Case(
        "3x3 convolution, 4 channels, {0} x {0}", lambda n: (4, n), "result", 24, 4096
    ),
    "weights": Case(
        "3x3 convolution, {0} channels, 4 x 4",
        lambda n: (n, 4),
        "byte of weights",
        4,
        1500,
    ),
}


def convolution(channels: int, rows: int) -> onnx.ModelProto:
    """As many channels out as in, a 3x3 kernel, padded."""
    shape = (channels, channels, 3, 3)
    weight = np.random.default_rng(0).normal(0, 0.1, shape).astype(np.float32)
    ifm = (1, channels, rows, rows)
    graph = helper.make_graph(
        [helper.make_node("Conv", ["x", "weight"], ["y"], "conv", pads=[1] * 4)],
        "memory",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ifm)],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
        [numpy_helper.from_array(weight, "weight")],
    )
    opsets = [helper.make_opsetid("", 13)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=8)


def go_through(file: Path) -> None:
    """Build, run and verify a model."""
    package = aipu.compile(file, target=TARGET)
    noise = package.noise()
    package.run(noise)
    assert all(row.equal for row in package.verify(noise))


def peak_bytes() -> int:
    """The most memory that this process ever had.

    `getrusage` would count that of the process which started it.
    """
    status = Path("/proc/self/status").read_text()
    found = re.search(r"VmHWM:\s*(\d+) kB", status)
    assert found
    return 1024 * int(found[1])


def taken_by(case: Case, extent: int) -> float:
    """Bytes for each unit, in this process, which must be a new one."""
    channels, rows = case.shape(extent)
    with TemporaryDirectory() as folder:
        small, large = Path(folder, "small.onnx"), Path(folder, "large.onnx")
        # Written by another process, or the arrays of the model would count.
        command = [sys.executable, __file__, "write", folder, f"{channels}", f"{rows}"]
        subprocess.run(command, check=True)
        go_through(small)
        before = peak_bytes()
        go_through(large)
    units = channels * rows**2 if case.unit == "result" else 4 * 9 * channels**2
    return (peak_bytes() - before) / units


def measured(name: str, extent: int) -> float:
    """Bytes for each unit, in a process of its own."""
    command = [sys.executable, __file__, name, f"{extent}"]
    result = subprocess.run(command, check=True, capture_output=True, text=True)
    return float(result.stdout)


def main() -> None:
    warnings.simplefilter("ignore")
    match sys.argv[1:]:
        case ["write", folder, channels, rows]:
            onnx.save(convolution(SMALL, SMALL), Path(folder, "small.onnx"))
            onnx.save(convolution(int(channels), int(rows)), Path(folder, "large.onnx"))
        case [name, extent]:
            print(taken_by(CASES[name], int(extent)))
        case _:
            print(f"{'':42} {'bytes for each':>16} {'measured':>9} {'at most':>8}")
            for name, case in CASES.items():
                taken, words = measured(name, case.usual), case.name.format(case.usual)
                print(f"{words:42} {case.unit:>16} {taken:>9.1f} {case.limit:>8}")


if __name__ == "__main__":
    main()
