"""What ncnn's own benchmark has printed, on a board for example.

num_threads = 1
          squeezenet  min =  129.31  max =  131.02  avg =  130.09
"""

import re
from dataclasses import dataclass
from pathlib import Path

from ...errors import AipuError
from ..files import read_file

TIMES = re.compile(
    r"^\s*(?P<name>\S+)\s+min\s*=\s*\S+\s+max\s*=\s*\S+\s+avg\s*=\s*(?P<avg>[\d.]+)\s*$"
)
THREADS = re.compile(r"^\s*num_threads\s*=\s*(?P<count>\d+)\s*$")


SHORTEST, LONGEST = 1e-3, 1e7
"""Milliseconds that a frame can take: a network of one operator, and three hours."""

MOST_THREADS = 1024


@dataclass(frozen=True)
class BenchLog:
    """A log: the threads that worked, and the average milliseconds of each network."""

    threads: int
    ms: dict[str, float]


def read_log(path: Path) -> BenchLog:
    """Read a log; of a network that is there twice the last line counts.

    Raises:
        AipuError: it cannot be read, has no such lines, or a time or a number
            of threads that is none.
    """
    text = read_file(path).decode("utf-8", errors="replace")
    threads, times = 1, dict[str, float]()
    for number, line in enumerate(text.splitlines(), start=1):
        if found := THREADS.match(line):
            threads = int(found["count"])
            if not 1 <= threads <= MOST_THREADS:
                message = f"{found['count']} is no number of threads"
                raise AipuError(message, place=f"{path}:{number}")
        elif found := TIMES.match(line):
            times[found["name"]] = _time(found["avg"], f"{path}:{number}")
    if not times:
        raise AipuError(
            "no line of a log of benchncnn",
            place=str(path),
            remedy="expected lines as `alexnet  min = 385.1  max = 387.0  avg = 385.8`",
        )
    return BenchLog(threads, times)


def _time(word: str, place: str) -> float:
    try:
        found = float(word)
    except ValueError:
        found = 0.0
    if not SHORTEST <= found <= LONGEST:
        raise AipuError(f"{word} is no time in milliseconds", place=place)
    return found
