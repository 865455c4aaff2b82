"""ncnn on this computer, as its own benchmark runs it: the least of several frames.

All weights are zero, as in benchncnn; no time depends on them. A process of its own
runs it, so that its memory is its own, and a crash of it none of ours:

    python -m aipu.runtime.benchmarking.on_this_computer X.param '{"data": [1,3,8,8]}' 1
"""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from time import perf_counter

import msgspec
from msgspec import Struct

from ...errors import AipuError

ROUNDS = 8
WARM_UP = 2
LONGEST = 300
"""Seconds for a network."""

STATUS, FORGET_PEAK = Path("/proc/self/status"), Path("/proc/self/clear_refs")

INPUT = 0.01
"""What every element of an input is in benchncnn."""


class Measured(Struct, frozen=True):
    """Frames of ncnn here.

    threads: that it used.
    ms: of the fastest frame.
    peak_bytes: of the process, less what it had before.
    load: the load average while it ran.
    """

    threads: int
    ms: float
    peak_bytes: int
    load: float


def require_ncnn() -> None:
    """
    Raises:
        AipuError: the package ncnn is missing.
    """
    if find_spec("ncnn") is None:
        raise AipuError(
            "ncnn is not installed",
            place="--ncnn",
            remedy="pip install 'aipu-compiler[ncnn]'",
        )


def measured(
    param: Path, inputs: Mapping[str, Sequence[int]], threads: int
) -> Measured:
    """Run ncnn on a network.

    Args:
        param: its `.param` file.
        inputs: the shapes of its inputs, [1, C, H, W] or with fewer extents.
        threads: that it may use.

    Raises:
        AipuError: ncnn is missing, or does not run it.
    """
    require_ncnn()
    shapes = json.dumps({name: list(shape) for name, shape in inputs.items()})
    module = [sys.executable, "-m", __name__]
    try:
        done = subprocess.run(
            [*module, str(param), shapes, str(threads)],
            capture_output=True,
            text=True,
            timeout=LONGEST,
        )
    except subprocess.TimeoutExpired:
        message = f"ncnn needs more than {LONGEST} seconds for it"
        raise AipuError(message, place=str(param)) from None
    if done.returncode:
        lines = done.stderr.strip().splitlines()
        crash = f"it ended by signal {-done.returncode}"
        said = lines[-1] if lines and done.returncode > 0 else crash
        raise AipuError(f"ncnn does not run it: {said}", place=str(param))
    return msgspec.json.decode(done.stdout, type=Measured)


def main() -> None:
    """Print what comes of the network that the arguments name, as JSON."""
    ncnn = import_module("ncnn")
    path, inputs, threads = sys.argv[1], json.loads(sys.argv[2]), int(sys.argv[3])
    _peak()
    before = _peak()
    net = ncnn.Net()
    net.opt.num_threads = threads
    net.opt.use_fp16_packed = False  # an A53 computes in no such reals either
    net.opt.use_fp16_storage = False
    net.opt.use_fp16_arithmetic = False
    if net.load_param(path) or net.load_model(ncnn.DataReaderFromEmpty()):
        sys.exit("it cannot be read")
    mats = {name: ncnn.Mat(*reversed(shape[1:])) for name, shape in inputs.items()}
    for mat in mats.values():
        mat.fill(INPUT)

    def frame() -> float:
        start = perf_counter()
        extractor = net.create_extractor()
        for name, mat in mats.items():
            extractor.input(name, mat)
        for name in net.output_names():
            extractor.extract(name)
        return perf_counter() - start

    for _ in range(WARM_UP):
        frame()
    least = min(frame() for _ in range(ROUNDS))
    peak, load = max(0, _peak() - before), os.getloadavg()[0]
    found = Measured(threads, least * 1e3, peak, load)
    print(msgspec.json.encode(found).decode())


def _peak() -> int:
    """The most bytes that this process has had in memory since it was last asked."""
    words = STATUS.read_text().split()
    kilobytes = int(words[words.index("VmHWM:") + 1])
    with suppress(OSError):
        FORGET_PEAK.write_text("5")
    return kilobytes * 1024


if __name__ == "__main__":
    main()
