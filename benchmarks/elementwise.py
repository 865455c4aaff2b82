"""What fusing element-wise operators is worth: frames a second and bytes.

    python benchmarks/elementwise.py

Each network is built twice for the R329, layer by layer, and simulated: without the
passes that make one function of several operators, and with every PReLU written as
clamps, a product and a sum; and with them, and PReLUs. The machine alone is counted.
"""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import onnx
from detectors import cascade, detector

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


def figures(model: onnx.ModelProto) -> tuple[float, float]:
    """Frames a second of the machine alone, and megabytes over the bus."""
    report = aipu.compile(model, quantise={"method": "min-max"}).report
    frames, moved = report["machine_fps"], report["dram_bytes"]
    assert isinstance(frames, float) and isinstance(moved, int)
    return frames, moved / 1e6


def main() -> None:
    warnings.simplefilter("ignore")
    print(f"{'network':<12} {'before':>17} {'after':>17} {'faster':>7}")
    plain = {"detector": detector(), **cascade(spelled=True)}
    for name, model in {"detector": detector(), **cascade()}.items():
        with without(PASSES):
            before = figures(plain[name])
        after = figures(model)
        print(
            f"{name:<12} {before[0]:>6.2f} FPS {before[1]:>4.1f} MB"
            f" {after[0]:>6.2f} FPS {after[1]:>4.1f} MB {after[0] / before[0]:>6.2f}x"
        )


if __name__ == "__main__":
    main()
