"""Many cases, one after another: each is drawn from a seed and a number, and judged.

A fault is made small by taking parts away for as long as it stays the same fault, and
is kept in a file with the command that tries it again.
"""

import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import NamedTuple, Protocol

from aipu.tests.fuzz.assembly import AssemblyCase
from aipu.tests.fuzz.graphs.case import GraphCase
from aipu.tests.fuzz.minimise import minimised
from aipu.tests.fuzz.schedules import ScheduleCase
from aipu.tests.fuzz.verdict import Outcome, Verdict, judged


class Case(Protocol):
    """What is drawn: it has parts, of which some can be left out."""

    def __len__(self) -> int: ...

    def part(self, kept: Sequence[int], /) -> "Case | None": ...

    def verdict(self) -> Verdict: ...

    def save(self, stem: Path, /) -> Path: ...


class Kind(NamedTuple):
    """How cases of a kind are made: from a seed and a number, or from a file."""

    draw: Callable[[int, int], Case]
    load: Callable[[Path], Case]


KINDS: Mapping[str, Kind] = {
    "graphs": Kind(GraphCase.draw, GraphCase.load),
    "schedules": Kind(ScheduleCase.draw, ScheduleCase.load),
    "assembly": Kind(AssemblyCase.draw, AssemblyCase.load),
}


@dataclass(frozen=True)
class Found:
    """A fault: where it is kept, and how it is tried again."""

    kind: str
    verdict: Verdict
    file: Path
    parts: int

    def __str__(self) -> str:
        return (
            f"{self.verdict}\n  its {self.parts} parts again: "
            f"{sys.executable} -m aipu.tests.fuzz {self.kind} --replay {self.file}"
        )


def campaign(
    kind: str, seed: int, numbers: Iterator[int], folder: Path, seconds: float
) -> tuple[Counter[str], list[Found]]:
    """Judge cases until the numbers or the seconds are at an end.

    Args:
        kind: of KINDS.
        seed: with the number of a case it makes the case.
        numbers: of the cases.
        folder: where faults are kept.
        seconds: after so many no other case is begun.

    Returns:
        How many ended in each way, and the faults, each made small.
    """
    outcomes: Counter[str] = Counter()
    found: list[Found] = []
    deadline = monotonic() + seconds
    for number in numbers:
        if monotonic() > deadline:
            break
        case = KINDS[kind].draw(seed, number)
        verdict = judged(case.verdict)
        outcomes[verdict.outcome.value] += 1
        if verdict.outcome is Outcome.FAULT:
            stem = folder / f"{kind}-{seed}-{number}"
            found.append(kept(kind, case, verdict, stem))
            print(f"\n{kind}, seed {seed}, number {number}: {found[-1]}", flush=True)
    return outcomes, found


def kept(kind: str, case: Case, verdict: Verdict, stem: Path) -> Found:
    """A fault made small, in files of a name without their endings."""

    def fails(indices: Sequence[int]) -> bool:
        part = case.part(indices)
        if part is None:
            return False
        other = judged(part.verdict)
        return other.outcome is Outcome.FAULT and other.kind == verdict.kind

    small = case.part(minimised(len(case), fails)) or case
    stem.parent.mkdir(parents=True, exist_ok=True)
    return Found(kind, judged(small.verdict), small.save(stem), len(small))


def replayed(kind: str, file: Path) -> Verdict:
    """What becomes of a case that was kept."""
    return judged(KINDS[kind].load(file).verdict)
