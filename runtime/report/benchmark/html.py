"""Networks on both sides as one HTML file; it needs jinja2 of the extra `report`."""

from collections.abc import Sequence

from ....backend_aipu.board import Board
from ....backend_aipu.machine import Machine
from ...benchmarking.measure import BothSides
from ..html import require


def benchmark_html(
    results: Sequence[BothSides], machine: Machine, board: Board, *, boards: bool
) -> bytes:
    """The page in UTF-8; `boards` shows what ncnn publishes for others, too.

    Raises:
        AipuError: the package that it needs is missing.
    """
    require("jinja2")
    from ..page.benchmark import render_benchmark

    return render_benchmark(results, machine, board, boards=boards).encode()
