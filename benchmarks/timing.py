"""How benchmarks measure: a few rounds, and the fastest counts."""

from collections.abc import Callable
from time import perf_counter


def seconds(run: Callable[[], object], rounds: int = 1) -> float:
    """The wall time of the fastest of some rounds."""
    times: list[float] = []
    for _ in range(rounds):
        start = perf_counter()
        run()
        times.append(perf_counter() - start)
    return min(times)
