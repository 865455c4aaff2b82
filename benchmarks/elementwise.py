"""What fusing element-wise operators is worth, into the page of results.

    python benchmarks/elementwise.py

Each network is built twice for the R329, layer by layer, and simulated: without the
passes that make one function of several operators, and with every PReLU written as
clamps, a product and a sum; and with them, and PReLUs. The machine alone is counted.
"""

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import onnx
from detectors import cascade, detector
from results_page import put, table

import aipu
from aipu.passes.pipelines import PIPELINES

PASSES = ("recognise-functions", "fuse-elementwise")


@contextmanager
def without(names: tuple[str, ...]) -> Iterator[None]:
    """A block in which the pipelines leave out some passes."""
    kept = dict(PIPELINES)
    for name, lines in kept.items():
        PIPELINES[name] = tuple(line for line in lines if line.text not in names)
    try:
        yield
    finally:
        PIPELINES.update(kept)


HEAD = ("network", "FPS before", "after", "MB before", "after", "faster")

TEXT = """\
A one-stage detector with SiLU after 57 convolutions, written as exporters write it, and
the three networks of a face cascade with PReLUs, on the R329, layer by layer, the
machine alone: before, with no function made of several operators and every PReLU as
clamps, a product and a sum; and after. The networks are our own, with drawn weights
([detectors.py](../benchmarks/detectors.py)); written by
[elementwise.py](../benchmarks/elementwise.py).

{table}
"""


def figures(model: onnx.ModelProto) -> tuple[float, float]:
    """Frames a second of the machine alone, and megabytes over the bus."""
    package = aipu.compile(model, strategy="layerwise", quantise={"method": "min-max"})
    report = package.report
    frames, moved = report["machine_fps"], report["dram_bytes"]
    assert isinstance(frames, float) and isinstance(moved, int)
    return frames, moved / 1e6


def rows() -> Iterator[Sequence[str]]:
    """A line for each network."""
    plain = {"detector": detector(), **cascade(spelled=True)}
    for name, model in {"detector": detector(), **cascade()}.items():
        with without(PASSES):
            frames, moved = figures(plain[name])
        faster, less = figures(model)
        speeds = f"{frames:.2f}", f"{faster:.2f}"
        yield name, *speeds, f"{moved:.1f}", f"{less:.1f}", f"{faster / frames:.2f}x"


def main() -> None:
    """Write the section."""
    warnings.simplefilter("ignore")
    put("Element-wise operators", TEXT.format(table=table(HEAD, rows())))


if __name__ == "__main__":
    main()
