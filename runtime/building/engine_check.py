"""Whether an engine computes the host's segments as numpy does, and in which time.

Both get what numpy made of the segments before, so that each is judged by itself.
"""

from collections.abc import Iterable, Mapping, Sequence
from math import inf
from time import perf_counter
from typing import NamedTuple

import numpy as np
from xdsl.dialects.builtin import ModuleOp

from ...dialects.semantics.engines import HostEngine, Numpy, tolerance_of
from ...dialects.semantics.evaluate import Call, evaluate
from ...passes.authoring.functions import main_function
from ..simulator.simulator import Simulator
from .session import host_calls, machine_calls

ROUNDS = 3
"""How often a segment is timed, after once for caches to fill."""


class Agreement(NamedTuple):
    """How far an engine is from numpy in a segment of the host.

    reals: the largest difference, as a part of the largest value of its tensor.
    levels: the largest difference of integers: 1 where a real lay between two.
    tolerance: how far its reals may be.
    numpy_ms, ms: the least that numpy and the engine took, here and now.
    """

    segment: str
    tolerance: float
    reals: float = 0.0
    levels: int = 0
    numpy_ms: float = inf
    ms: float = inf

    @property
    def holds(self) -> bool:
        return self.reals <= self.tolerance and self.levels <= 1


def agreements(
    module: ModuleOp,
    weights: Mapping[str, np.ndarray],
    simulator: Simulator,
    engine: HostEngine,
    samples: Iterable[Sequence[np.ndarray]],
) -> list[Agreement]:
    """How far an engine is from numpy in every segment of the host, of all samples."""
    expected = host_calls(module, weights, Numpy())
    tried = host_calls(module, weights, engine)
    tolerance = tolerance_of(engine)
    found = {name: Agreement(name, tolerance) for name in expected}

    def both(name: str) -> Call:
        def call(inputs: Sequence[np.ndarray]) -> list[np.ndarray]:
            wanted, numpy_ms = _timed(expected[name], inputs)
            made, ms = _timed(tried[name], inputs)
            pairs = list(zip(wanted, made, strict=True))
            before = found[name]
            found[name] = Agreement(
                name,
                tolerance,
                max([before.reals, *(_apart(*each) for each in pairs)]),
                max([before.levels, *(_levels(*each) for each in pairs)]),
                min(before.numpy_ms, numpy_ms),
                min(before.ms, ms),
            )
            return wanted

        return call

    calls = machine_calls(module, simulator) | {name: both(name) for name in expected}
    for inputs in samples:
        evaluate(main_function(module), inputs, weights, calls=calls)
    return list(found.values())


def _timed(call: Call, inputs: Sequence[np.ndarray]) -> tuple[list[np.ndarray], float]:
    """The results of a call, and the milliseconds that it took."""
    start = perf_counter()
    results = call(inputs)
    return results, (perf_counter() - start) * 1e3


def _apart(wanted: np.ndarray, made: np.ndarray) -> float:
    """The largest difference of reals in parts of the largest of them."""
    if wanted.dtype.kind != "f" or not wanted.size:
        return 0.0
    if wanted.shape != made.shape or not np.array_equal(
        np.isfinite(wanted), np.isfinite(made)
    ):
        return float("inf")
    finite = np.isfinite(wanted)
    differences = np.abs(wanted[finite].astype(np.float64) - made[finite])
    largest = float(np.abs(wanted[finite]).max(initial=0.0))
    return float(differences.max(initial=0.0)) / (largest or 1.0)


def _levels(wanted: np.ndarray, made: np.ndarray) -> int:
    if wanted.dtype.kind == "f" or not wanted.size:
        return 0
    return int(np.abs(wanted.astype(np.int64) - made.astype(np.int64)).max())
