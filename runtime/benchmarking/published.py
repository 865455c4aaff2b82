"""What is known of ncnn on the networks of its benchmark, a row each: published.csv.

The extent of a network's input, its MACs, the memory of a process that runs it (of ncnn
1.0.20261020 on x86, usual and with light options), and for each board the average
milliseconds of a frame, as ncnn's benchmark/README.md has them.
"""

import csv
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from msgspec import Struct

FILE = Path(__file__).with_name("published.csv")
COLUMN = re.compile(r"(?P<board>.+) (?P<clock>[\d.]+) GHz x(?P<threads>\d+)")
SAME = 0.05
"""MACs that differ by less than this share are of the same network: a version of it may
pad another way."""


class Time(Struct, frozen=True):
    """A published time: the board, its clock in GHz, threads, milliseconds."""

    board: str
    clock_ghz: float
    threads: int
    ms: float


class Published(Struct, frozen=True):
    """A network of ncnn's benchmark.

    extent: rows and columns of its input.
    macs: of a frame.
    usual_bytes, light_bytes: of a process, measured on x86; light is without Winograd,
        reals stored as bf16. Null where ncnn does not run it so.
    times: on boards.
    """

    extent: int
    macs: int
    usual_bytes: int | None
    light_bytes: int | None
    times: list[Time]


@cache
def published() -> Mapping[str, Published]:
    """The networks by their names."""
    with FILE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {row.pop("network"): _network(row) for row in rows}


def benchmarked(name: str, macs: int) -> Published | None:
    """What is known of a network; None where one of this name is another one."""
    found = published().get(name)
    if found is None or abs(macs - found.macs) > SAME * found.macs:
        return None
    return found


def _network(row: dict[str, str]) -> Published:
    return Published(
        int(row.pop("input")),
        int(row.pop("macs")),
        _bytes(row.pop("usual KiB")),
        _bytes(row.pop("light KiB")),
        [_time(*each) for each in row.items() if each[1]],
    )


def _bytes(kibibytes: str) -> int | None:
    return int(kibibytes) * 1024 if kibibytes else None


def _time(column: str, ms: str) -> Time:
    words = COLUMN.fullmatch(column)
    assert words is not None
    clock, threads = float(words["clock"]), int(words["threads"])
    return Time(words["board"], clock, threads, float(ms))
