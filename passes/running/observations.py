"""What a module gives: seen before and after a pass, and set side by side."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

import numpy as np

from .deviation import deviation
from .executable import WORK, Arrays, Draw, Executable, Probe

Trace = Sequence[tuple[str, str, np.ndarray]]
"""For every operator and piece of work: what it comes from, what it is, its result."""


@dataclass(frozen=True)
class Observation:
    """A module and, for each draw, its results and the digest of every piece of work;
    `probes` are the pieces of work by themselves.
    """

    module: Executable
    results: Sequence[Arrays]
    works: Sequence[Mapping[str, bytes]]
    probes: Mapping[str, Probe]

    @property
    def types(self) -> list[str]:
        """Of the results."""
        first = self.results[0] if self.results else ()
        return [f"{array.dtype} {list(array.shape)}" for array in first]

    def trace(self, draw: Draw) -> Trace:
        """All that a run goes through."""
        steps: list[tuple[str, str, np.ndarray]] = []
        self.module.run(draw.inputs, lambda *step: steps.append(step))
        return steps


def observed(module: Executable, draws: Sequence[Draw]) -> Observation:
    """Run a module on each draw, and its pieces of work by themselves."""
    results: list[Arrays] = []
    works: list[dict[str, bytes]] = []
    for draw in draws:
        digests: dict[str, bytes] = {}
        results.append(module.run(draw.inputs, Digesting(digests)))
        works.append(digests)
    return Observation(module, results, works, module.probes())


@dataclass(frozen=True)
class Digesting:
    """Keeps the digest of every piece of work that it is shown."""

    digests: dict[str, bytes]

    def __call__(self, source: str, what: str, result: np.ndarray) -> None:
        if what == WORK:
            self.digests[source] = sha256(result.tobytes()).digest()


def other_works(
    before: Observation, after: Observation, draws: Sequence[Draw]
) -> Iterator[str]:
    """The pieces of work that give other bytes than before, and on what.

    Those that are on both sides are compared; by themselves, if they read the same.
    """
    for draw, old, new in zip(draws, before.works, after.works, strict=True):
        for work, digest in new.items():
            if old.get(work, digest) != digest:
                yield f"{WORK} '{work}', on {draw.name}"
    for work, probe in after.probes.items():
        old_probe = before.probes.get(work)
        if old_probe is not None and old_probe.reads == probe.reads:
            pairs = zip(old_probe.results, probe.results, strict=True)
            if not all(np.array_equal(old, new) for old, new in pairs):
                yield f"{WORK} '{work}', by itself on integers of the whole range"


def first_difference(before: Trace, after: Trace, tolerance: float) -> str:
    """The first step that deviates from every one of the same source before."""
    known: dict[str, list[np.ndarray]] = {}
    for source, _, array in before:
        known.setdefault(source, []).append(array)
    for source, what, array in after:
        distances = [
            deviation(old.reshape(array.shape), array)
            for old in known.get(source, ())
            if _comparable(old, array)
        ]
        if distances and min(distances) > tolerance:
            step = f"{what} '{source}'" if what == WORK else f"{what} of {source}"
            return f"{step}, by {min(distances):.2g}"
    return ""


def _comparable(old: np.ndarray, new: np.ndarray) -> bool:
    """Whether results are of one shape, or the bytes of one that the machine keeps."""
    flat = 1 in (old.ndim, new.ndim) and old.size == new.size
    return old.dtype == new.dtype and (old.shape == new.shape or flat)
