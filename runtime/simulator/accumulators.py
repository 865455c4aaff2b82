"""Whether sums that wait for more depth find their accumulators as they left them."""

from collections.abc import Iterator

from ...backend_aipu.machine import ACCUMULATOR_BYTES, Machine
from ...dialects.aipu import Engine
from .faults import HazardError, describe
from .stream import Issue, Stream

Tile = tuple[int, int, int]
"""Rows, columns and channels of sums."""


def check_accumulators(stream: Stream, machine: Machine) -> None:
    """Whether the shares of every sum follow one another, on tiles that fit.

    Raises:
        HazardError: a share that is not the first continues another tile than the one
            before it, or none; or a tile that waits is too large.
    """
    waiting: Tile | None = None
    for issue, instance, tile, is_first, is_last in _shares(stream):
        if not is_first and waiting != tile:
            found = f"a sum of {_text(waiting)}" if waiting else "no sum"
            raise HazardError(
                f"{describe(issue, instance)} continues a sum of {_text(tile)}, but "
                f"{found} waits in the accumulators"
            )
        waiting = None if is_last else tile
        if waiting is not None:
            _check_size(issue, instance, tile, machine)


def _check_size(issue: Issue, instance: int, tile: Tile, machine: Machine) -> None:
    rows, columns, channels = tile
    need = rows * columns * channels * ACCUMULATOR_BYTES
    if need > machine.array.accumulator_bytes:
        raise HazardError(
            f"{describe(issue, instance)} leaves sums of {need:,} bytes, the "
            f"accumulators of {machine.name} hold "
            f"{machine.array.accumulator_bytes:,}"
        )


def _shares(stream: Stream) -> Iterator[tuple[Issue, int, Tile, bool, bool]]:
    """The MAC array's instances in order: which share of a sum each of them is."""
    columns = [_columns(issue) for issue in stream.issues]
    for number, instance in zip(
        stream.issue_of.tolist(), stream.instance_of.tolist(), strict=True
    ):
        issue = stream.issues[number]
        if columns[number]:
            yield issue, instance, *columns[number][instance]


def _columns(issue: Issue) -> list[tuple[Tile, bool, bool]]:
    if issue.engine is not Engine.MAC or not issue.spec.operands:
        return []
    if not issue.has("depth"):
        return [((0, 0, 0), True, True)] * issue.instances
    extents = (issue.left(name).tolist() for name in ("rows", "columns", "channels"))
    return list(
        zip(
            zip(*extents, strict=True),
            issue.is_first("depth").tolist(),
            issue.is_last("depth").tolist(),
            strict=True,
        )
    )


def _text(tile: Tile) -> str:
    return " x ".join(map(str, tile))
