"""Networks on both sides as tables: one for each, and one of all."""

from collections.abc import Iterator, Sequence

from rich.console import RenderableType
from rich.text import Text

from ....backend_aipu.board import Board
from ....backend_aipu.machine import Machine
from ...benchmarking.measure import BothSides
from ..benchmark.rows import advice, memory_rows, time_rows, verdict
from ..quantities import decimals, quantity
from .tables import BOLD, spaced, table


def benchmark_tables(
    results: Sequence[BothSides], machine: Machine, board: Board, *, boards: bool
) -> Iterator[RenderableType]:
    """A network at a time, then all of them, if there are several."""
    for result in results:
        yield spaced(_title(result, board))
        yield spaced(_times(result, machine, boards=boards))
        rows = list(memory_rows(result, machine, board))
        if rows:
            memory = table("memory", ">needs", ">has", "", "")
            for row in rows:
                memory.add_row(
                    row.name,
                    quantity(row.needed, "B"),
                    quantity(row.available, "B"),
                    "fits" if row.fits else Text("does not fit", "yellow"),
                    row.said,
                )
            yield spaced(memory)
        yield from (Text(line) for line in advice(result, machine, board))
    if len(results) > 1:
        yield spaced(_all(results, machine, board))


def _title(result: BothSides, board: Board) -> RenderableType:
    macs = "" if result.macs is None else f", {quantity(result.macs, 'MAC')}"
    return Text(f"{result.name}{macs}, on {board.name}", style=BOLD)


def _times(result: BothSides, machine: Machine, *, boards: bool) -> RenderableType:
    times = table("a frame", ">ms", ">ratio", "")
    for row in time_rows(result, machine, boards=boards):
        is_machine = row.kind == "machine"
        ratio = None if is_machine else result.ratio(row.ms)
        shown = "" if ratio is None else f"{ratio:.1f}x"
        times.add_row(row.name, decimals(row.ms, 2), shown, row.said)
    return times


def _all(
    results: Sequence[BothSides], machine: Machine, board: Board
) -> RenderableType:
    host = "host" if machine.host is None else machine.host.name
    rows = table(
        "network",
        ">MACs",
        f">{machine.name}, ms",
        f">{host} x1, ms",
        f">{host} x2, ms",
        ">ratio",
        ">here, ms",
        f">{machine.name} needs",
        ">ncnn needs",
        ">light",
        "ncnn fits",
    )
    for each in results:
        process, here = each.processor, each.here
        two = None if process is None else process.two_threads_ms
        ratio = each.ratio(two)
        rows.add_row(
            each.name,
            "-" if each.macs is None else quantity(each.macs, ""),
            decimals(each.machine and each.machine.latency_ms, 2),
            decimals(process and process.one_thread_ms, 1),
            decimals(two, 1),
            "-" if ratio is None else f"{ratio:.1f}x",
            decimals(here and here.ms, 1),
            _bytes(each.machine and each.machine.bytes),
            _bytes(process and process.usual_bytes),
            _bytes(process and process.light_bytes),
            verdict(each, board),
        )
    return rows


def _bytes(count: int | None) -> str:
    return "-" if count is None else quantity(count, "B")
