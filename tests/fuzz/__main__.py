"""`python -m aipu.tests.fuzz [KIND...]`: look for faults at random, for some time.

Without a KIND all three take turns: graphs, schedules, assembly.
"""

import sys
from argparse import ArgumentParser
from collections import Counter
from itertools import count, cycle
from pathlib import Path
from time import monotonic
from warnings import simplefilter

from aipu.tests.fuzz.campaign import KINDS, campaign, replayed
from aipu.tests.fuzz.verdict import Outcome

TURN = 30
"""Seconds until the next kind."""


def main() -> int:
    """1 if a fault was found."""
    parser = ArgumentParser(prog="python -m aipu.tests.fuzz", description=__doc__)
    parser.add_argument("kinds", metavar="KIND", nargs="*")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=lambda text: int(text, 0), default=0)
    parser.add_argument("--first", type=int, default=0, help="number to begin with")
    parser.add_argument("--folder", type=Path, default=Path("fuzz"))
    parser.add_argument("--replay", type=Path, metavar="FILE")
    asked = parser.parse_args()
    simplefilter("ignore")
    unknown = sorted({*asked.kinds} - {*KINDS})
    if unknown:
        parser.error(f"no kind '{unknown[0]}': {', '.join(KINDS)}")
    kinds = asked.kinds or list(KINDS)
    if asked.replay is not None:
        verdict = replayed(kinds[0], asked.replay)
        print(verdict)
        return int(verdict.outcome is Outcome.FAULT)
    print(f"seed {asked.seed}, {asked.seconds:.0f} seconds")
    return hunt(kinds, asked.seed, asked.seconds, asked.first, asked.folder)


def hunt(kinds: list[str], seed: int, seconds: float, first: int, folder: Path) -> int:
    """Cases of each kind in turn; 1 if one of them has a fault."""
    deadline, faults = monotonic() + seconds, 0
    numbers = {kind: count(first) for kind in kinds}
    outcomes = {kind: Counter[str]() for kind in kinds}
    for kind in cycle(kinds):
        left = min(deadline - monotonic(), TURN)
        if left <= 0:
            break
        counted, found = campaign(kind, seed, numbers[kind], folder, left)
        outcomes[kind] += counted
        faults += len(found)
    for kind, counted in outcomes.items():
        shares = ", ".join(f"{each} {name}" for name, each in sorted(counted.items()))
        print(f"{kind}: {shares or 'none'}")
    return min(faults, 1)


if __name__ == "__main__":
    sys.exit(main())
