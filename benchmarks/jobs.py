"""Jobs of one graph by the driver: the first, and one after it.

    python benchmarks/jobs.py PACKAGE ...

The first job checks the program, finds where every instruction reads and writes, and
counts cycles; those after it compute values alone. What they cannot go below is the
products of their layers by numpy, in float32, which stand beside them: matrices of the
same sizes, that need no windows, scales or rounding. CPU milliseconds; of all but the
first job the fastest of several; one thread.
"""

import sys
from collections.abc import Callable, Iterator
from functools import partial
from math import prod
from pathlib import Path
from time import process_time

import numpy as np
from threadpoolctl import threadpool_limits
from xdsl.dialects.builtin import ModuleOp

from aipu.dialects import nn
from aipu.runtime.building.levels import QUANTISED
from aipu.runtime.building.package import Package
from aipu.runtime.device.context import Context

ROUNDS = 5


def milliseconds(run: Callable[[], object]) -> float:
    start = process_time()
    run()
    return (process_time() - start) * 1e3


def products(module: ModuleOp) -> Iterator[Callable[[], object]]:
    """The products of each layer with weights, at once."""
    for op in module.walk():
        if not isinstance(op, nn.Conv2dOp | nn.FullyConnectedOp):
            continue
        channels, *window = nn.shape(op.weight)
        pixels, depth = prod(nn.shape(op.ofm)[:-1]), prod(window)
        if isinstance(op, nn.Conv2dOp) and op.groups.value.data > 1:
            yield partial(
                element_by_element, *np.ones((2, pixels, channels), "f"), depth
            )
        else:
            yield partial(
                np.matmul,
                np.ones((pixels, depth), "f"),
                np.ones((depth, channels), "f"),
            )


def element_by_element(lhs: np.ndarray, rhs: np.ndarray, times: int) -> None:
    for _ in range(times):
        np.multiply(lhs, rhs, out=lhs)


def jobs(folder: Path) -> tuple[float, float]:
    """What the first job takes, and the fastest of those after it."""
    context = Context()
    graph = context.load(folder)
    generator = np.random.default_rng(0)

    def job() -> None:
        made = context.job(context.create_job(graph))
        for number, tensor in enumerate(context.graph(graph).inputs):
            made.load(number, generator.bytes(tensor.bytes))
        context.finish(made.id, -1)

    first = milliseconds(job)
    return first, min(milliseconds(job) for _ in range(ROUNDS))


@threadpool_limits.wrap(1)
def main() -> None:
    """Print a line for each package."""
    print(
        "package | first job, ms | another, ms | first / another | products alone, ms"
    )
    for folder in map(Path, sys.argv[1:]):
        first, another = jobs(folder)
        layers = list(products(Package.load(folder).levels[QUANTISED]))
        alone = min(
            milliseconds(lambda each=layers: [layer() for layer in each])
            for _ in range(ROUNDS)
        )
        print(
            f"{folder.name} | {first:.1f} | {another:.1f} | {first / another:.1f} | "
            f"{alone:.1f}"
        )


if __name__ == "__main__":
    main()
