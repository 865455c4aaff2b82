"""What segments of the host take by each engine, side by side.

    python benchmarks/host_engines.py PACKAGE ...

The segments of the host, each on what it gets when the package runs on noise: CPU
milliseconds of all of them, the fastest of several rounds, engines in turns; one
thread.
"""

import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from time import process_time

import numpy as np
from threadpoolctl import threadpool_limits

from aipu.dialects.semantics.engines import NUMPY, host_engine
from aipu.dialects.semantics.evaluate import Call, evaluate
from aipu.passes.authoring.functions import main_function
from aipu.runtime.building.levels import QUANTISED
from aipu.runtime.building.package import Package
from aipu.runtime.building.session import host_calls, machine_calls

ENGINES = (NUMPY, "onnxruntime", "ncnn")
ROUNDS = 15

Given = Mapping[str, Sequence[np.ndarray]]
"""What the segments get, by their names."""


def milliseconds(run: Callable[[], object]) -> float:
    start = process_time()
    run()
    return (process_time() - start) * 1e3


def given(package: Package, host: Mapping[str, Call]) -> Given:
    """What the segments of the host get of noise."""
    found: dict[str, Sequence[np.ndarray]] = {}
    module = package.levels[QUANTISED]

    def kept(name: str) -> Call:
        def call(inputs: Sequence[np.ndarray]) -> list[np.ndarray]:
            found[name] = list(inputs)
            return host[name](inputs)

        return call

    calls = machine_calls(module, package.simulator) | {
        name: kept(name) for name in host
    }
    inputs = list(package.noise().values())
    evaluate(main_function(module), inputs, package.weights, calls=calls)
    return found


def engines(package: Package) -> dict[str, float]:
    """What each engine takes."""
    module = package.levels[QUANTISED]
    host = {
        engine: host_calls(module, package.weights, host_engine(engine))
        for engine in ENGINES
    }
    inputs = given(package, host[NUMPY])
    times: dict[str, list[float]] = {engine: [] for engine in ENGINES}
    for _ in range(ROUNDS):
        for engine, calls in host.items():
            run = [lambda n=name, c=calls: c[n](inputs[n]) for name in inputs]
            times[engine].append(sum(map(milliseconds, run)))
    return {engine: min(rounds) for engine, rounds in times.items()}


@threadpool_limits.wrap(1)
def main() -> None:
    """Print a line for each package."""
    print(f"package | {' | '.join(ENGINES)} | numpy / onnxruntime")
    for folder in map(Path, sys.argv[1:]):
        found = engines(Package.load(folder))
        ratio = found[NUMPY] / found["onnxruntime"]
        cells = [f"{ms:.2f}" for ms in found.values()]
        print(" | ".join([folder.name, *cells, f"{ratio:.1f}"]))


if __name__ == "__main__":
    main()
