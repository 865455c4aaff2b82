"""ResNet-50 v1 for the R329: times and sizes, beside what others need.

    python benchmarks/resnet50.py resnet50_v1.onnx [--threads 2] [--rounds 5]

Ours compute the same integers as the machine would and count its cycles; the others
compute only values. The times are wall times, the fastest of some rounds, all on as
many threads.
"""

from pathlib import Path
from tempfile import TemporaryDirectory

import click
from rich.console import Console
from rich.table import Table
from threadpoolctl import threadpool_limits

import aipu
from aipu.benchmarks.peers import numpy_layers, onnxruntime_int8
from aipu.benchmarks.timing import seconds
from aipu.runtime.building.levels import AIPU, QUANTISED
from aipu.runtime.building.package import Package

GOALS = {
    "text and descriptors, bytes": 225_000,
    "operations of the aipu module": 2_000,
    "build without calibration data, s": 20,
    "first simulation, from the file, s": 1.0,
    "simulation again, s": 1.0,
}
"""What each number may be at most."""


def measure(model: Path, folder: Path, threads: int, rounds: int) -> dict[str, float]:
    """All numbers, by name; `folder` is for the files that are made on the way."""
    package = aipu.compile(model)
    inputs = package.noise()
    saved = folder / "package"
    package.save(saved)
    fresh = [aipu.load(saved) for _ in range(rounds)]
    (sample,) = inputs.values()
    return {
        "text and descriptors, bytes": _number(package, "text_bytes"),
        "operations of the aipu module": sum(1 for _ in package.levels[AIPU].walk()),
        "build without calibration data, s": seconds(lambda: aipu.compile(model), 3),
        "first simulation, from the file, s": seconds(
            lambda: fresh.pop().run(inputs), rounds
        ),
        "simulation again, s": seconds(lambda: package.run(inputs), rounds + 1),
        "numpy, whole layers, s": seconds(
            numpy_layers(package.levels[QUANTISED]), rounds + 1
        ),
        "onnxruntime, int8 x int8, s": seconds(
            onnxruntime_int8(model, folder, sample, threads), rounds + 1
        ),
    }


def _number(package: Package, name: str) -> float:
    value = package.report[name]
    assert isinstance(value, int | float)
    return value


@click.command()
@click.argument("model", type=click.Path(path_type=Path, exists=True))
@click.option("--threads", default=2, show_default=True)
@click.option("--rounds", default=5, show_default=True)
def main(model: Path, threads: int, rounds: int) -> None:
    """Print the numbers for MODEL, ResNet-50 v1 of `aipu.examples.networks`."""
    with TemporaryDirectory() as folder, threadpool_limits(threads):
        found = measure(model, Path(folder), threads, rounds)
    ours = found["simulation again, s"]
    table = Table(
        f"ResNet-50 v1, r329, {threads} threads", "", "at most", "simulations"
    )
    for name, number in found.items():
        goal = GOALS.get(name)
        is_time = name.endswith(", s")
        table.add_row(
            name,
            f"{number:.3f}" if is_time else f"{number:,}",
            f"{goal:,}" if goal is not None else "",
            f"{number / ours:.2f}" if is_time else "",
        )
    Console().print(table)


if __name__ == "__main__":
    main()
