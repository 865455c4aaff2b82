"""Networks on both sides as CSV: a line for each, plain numbers, empty if unknown."""

import csv
from collections.abc import Callable, Mapping, Sequence
from io import StringIO

from ...benchmarking.measure import BothSides

COLUMNS: Mapping[str, Callable[[BothSides], object]] = {
    "network": lambda result: result.name,
    "macs": lambda result: result.macs,
    "latency_ms": lambda result: result.machine and result.machine.latency_ms,
    "machine_ms": lambda result: result.machine and result.machine.machine_ms,
    "host_ms_estimate": lambda result: result.machine and result.machine.host_ms,
    "crossing_ms_estimate": lambda result: (
        result.machine and result.machine.crossing_ms
    ),
    "processor_1_thread_ms_estimate": lambda result: (
        result.processor and result.processor.one_thread_ms
    ),
    "processor_2_threads_ms_estimate": lambda result: (
        result.processor and result.processor.two_threads_ms
    ),
    "here_ms": lambda result: result.here and result.here.ms,
    "here_threads": lambda result: result.here and result.here.threads,
    "here_load": lambda result: result.here and result.here.load,
    "machine_bytes": lambda result: result.machine and result.machine.bytes,
    "ncnn_bytes": lambda result: result.processor and result.processor.usual_bytes,
    "ncnn_light_bytes": lambda result: (
        result.processor and result.processor.light_bytes
    ),
    "problems": lambda result: "; ".join(dict.fromkeys(result.problems.values())),
}
"""By name; None is an empty field."""


def csv_text(results: Sequence[BothSides]) -> str:
    """The lines, a head before them."""
    text = StringIO()
    lines = csv.writer(text, lineterminator="\n")
    lines.writerow(COLUMNS)
    for result in results:
        lines.writerow(column(result) for column in COLUMNS.values())
    return text.getvalue()
