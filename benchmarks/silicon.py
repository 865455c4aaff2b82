"""Predict what others measured on silicon, and write down how far that is off.

    python benchmarks/silicon.py [--fit]

Bandwidth and launch of the target `x2-1204` are those with which two latencies come
out, those of the least work and of the most; the others are predicted. With --fit it
prints what `aipu targets fit` makes of these two.
"""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import numpy as np
import onnx
from onnx import ModelProto
from results_page import put, table
from silicon_networks import clip_image, yolov8

from aipu.backend_aipu.machine import Machine, load_machine
from aipu.examples.networks.resnet import resnet50_v1
from aipu.runtime.benchmarking.fit_target import fit_target
from aipu.runtime.benchmarking.timed import programs_for

TARGET = "x2-1204"


class Measured(NamedTuple):
    """A latency that is public.

    ms: of a frame; where it was seen.
    parameters: that are public too, where the network is not of our own builders.
    """

    network: str
    make: Callable[[], ModelProto]
    ms: float
    seen: str
    parameters: str


SEEN = {
    "freebsd": "the author of a driver for FreeBSD",
    "visorcraft": "visorcraft/orange-pi-6-plus-npu",
    "swdee": "swdee/orion-o6-npu-yolov8",
}
MEASURED = [
    Measured("ResNet-50", lambda: resnet50_v1(0), 7.3, SEEN["freebsd"], ""),
    Measured("YOLOv8l", lambda: yolov8("l"), 55.3, SEEN["swdee"], "43,668,288"),
    Measured("YOLOv8s", lambda: yolov8("s"), 14.4, SEEN["swdee"], "11,156,544"),
    Measured("YOLOv8n", lambda: yolov8("n"), 15.14, SEEN["visorcraft"], "3,151,904"),
    Measured("CLIP ViT-B/32, images", clip_image, 14.11, SEEN["visorcraft"], "88 MB"),
]
FITTED = 2
COLUMNS = (
    *("network", "parameters", "public", "measured, ms", "simulated, ms", "error"),
    "",
    "where it was measured",
)
TEXT = """\
The chip's successor of the R329's machine is in the Cix P1: three cores of a Zhouyi
X2_1204. Nothing of its memory as the NPU sees it is public, and no cost of a launch;
latencies of some networks are. So bandwidth and launch of the target
[x2-1204](../backend_aipu/targets/x2-1204.toml), one core of the three, are those with
which the first two come out to 1 %, the network of the least work and that of the most;
the others are predicted, `layerwise`, one operator after another. The networks are
written from their configurations, with weights at random
([silicon_networks.py](../benchmarks/silicon_networks.py)); YOLOv8 ends where its boxes
are decoded, 16 parameters before its end. Of CLIP the layer norms are not simulated:
the machine here has none. Neither in how many launches the vendor's compiler runs a
network is public, nor what else the times hold: YOLOv8s has three times the work of
YOLOv8n, and is faster in what others measured. Written by
[silicon.py](../benchmarks/silicon.py).

{table}

{sums}
"""


def main() -> None:
    machine = load_machine(TARGET)
    with TemporaryDirectory() as folder:
        files: dict[str, Measured] = {}
        for each in MEASURED:
            file = Path(folder, f"{each.network.replace('/', '_')}.onnx")
            onnx.save(each.make(), str(file))
            files[str(file)] = each
        if "--fit" in sys.argv:
            two = {file: each.ms for file, each in [*files.items()][:FITTED]}
            for name, number in fit_target(machine, two, TARGET).numbers.items():
                print(f"{name}: {number.before}, fitted {number.after}")
            return
        times = {file: _simulated(file, machine) for file in files}
        rows = [
            _row(number, each, times[file], _parameters(file))
            for number, (file, each) in enumerate(files.items())
        ]
    errors = [
        abs(times[file] / each.ms - 1) for file, each in [*files.items()][FITTED:]
    ]
    sums = (
        f"Of the {len(errors)} predictions the mean error is "
        f"{100 * np.mean(errors):.0f} %, the largest {100 * max(errors):.0f} %."
    )
    put(
        "A prediction against silicon",
        TEXT.format(table=table(COLUMNS, rows), sums=sums),
    )


def _simulated(file: str, machine: Machine) -> float:
    """The milliseconds of a frame on the machine alone."""
    return programs_for(file, machine)(machine).milliseconds(machine)


def _parameters(file: str) -> int:
    graph = onnx.load(file).graph
    scales = {
        name for node in graph.node if node.op_type == "Resize" for name in node.input
    }
    return sum(
        int(np.prod(each.dims))
        for each in graph.initializer
        if each.data_type == onnx.TensorProto.FLOAT and each.name not in scales
    )


def _row(number: int, measured: Measured, ms: float, parameters: int) -> Sequence[str]:
    cells = (
        measured.network,
        f"{parameters:,}",
        measured.parameters,
        f"{measured.ms:.2f}",
        f"{ms:.2f}",
        f"{100 * (ms / measured.ms - 1):+.0f} %",
        "fitted" if number < FITTED else "predicted",
        measured.seen,
    )
    print(*cells, sep=", ", file=sys.stderr, flush=True)
    return cells


if __name__ == "__main__":
    main()
