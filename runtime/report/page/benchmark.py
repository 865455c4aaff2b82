"""The page of networks on both sides: bars as wide as a frame takes."""

from collections.abc import Sequence
from dataclasses import dataclass

from ....backend_aipu.board import Board
from ....backend_aipu.machine import Machine
from ...benchmarking.measure import BothSides
from ..benchmark.rows import (
    MemoryRow,
    TimeRow,
    advice,
    memory_rows,
    time_rows,
    verdict,
)
from ..quantities import decimals, quantity
from .templates import template


@dataclass(frozen=True)
class Shown:
    """What the page shows of a network; the ratio is that of two threads."""

    result: BothSides
    ratio: float | None
    times: list[TimeRow]
    memory: list[MemoryRow]
    advice: list[str]
    verdict: str

    @property
    def longest_ms(self) -> float:
        """Of all frames; what a whole bar stands for."""
        return max((row.ms for row in self.times if row.ms), default=1.0)


def render_benchmark(
    results: Sequence[BothSides], machine: Machine, board: Board, *, boards: bool
) -> str:
    """The whole page."""
    parts = [_part(each, machine, board, boards=boards) for each in results]
    ratios = [part.ratio for part in parts if part.ratio is not None]
    fits = [part.verdict for part in parts]
    return template("benchmark.html", (quantity, decimals)).render(
        machine=machine,
        board=board,
        host="host" if machine.host is None else machine.host.name,
        parts=parts,
        most=max(ratios, default=1.0),
        faster=sum(ratio > 1 for ratio in ratios),
        compared=len(ratios),
        usual=fits.count("yes"),
        light=fits.count("light"),
        known=len(fits) - fits.count("-"),
        in_cma=sum(
            each.machine is not None and each.machine.bytes <= board.memory.machine
            for each in results
        ),
    )


def _part(result: BothSides, machine: Machine, board: Board, *, boards: bool) -> Shown:
    process = result.processor
    return Shown(
        result,
        result.ratio(None if process is None else process.two_threads_ms),
        list(time_rows(result, machine, boards=boards)),
        list(memory_rows(result, machine, board)),
        list(advice(result, machine, board)),
        verdict(result, board),
    )
