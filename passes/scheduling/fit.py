"""Whether a machine has room for what a schedule keeps on chip."""

from collections.abc import Iterator, Sequence

from ...backend_aipu.machine import Machine
from ...dialects.tile import GroupSchedule, StripedSchedule
from ...errors import AipuError
from .cost import Cost, cost
from .nest import Nest


def fits(cost: Cost, machine: Machine) -> bool:
    """Whether SRAM and accumulators are large enough."""
    return not any(_shortages(cost, machine))


def shortage(nests: Sequence[Nest], machine: Machine) -> str | None:
    """What nests need too much of, and of the SRAM what for; None if they fit."""
    for problem in _shortages(cost(nests, machine), machine):
        largest = max(nests, key=lambda nest: nest.sram_bytes)
        rings = sorted(largest.rings, key=lambda ring: -ring.bytes * ring.slots)
        parts = (f"{ring.bytes * ring.slots:,} of {ring.name}" for ring in rings)
        return f"{problem} ({', '.join(parts)})"
    return None


def check_fit(
    group: str, schedule: GroupSchedule, cost: Cost, machine: Machine
) -> None:
    """Whether a machine can run a group by a schedule that costs so much.

    Raises:
        AipuError: the tiles are too large, or the array has no such dataflow.
    """
    for problem in _shortages(cost, machine):
        raise AipuError(
            f"its tiles need {problem}", place=group, remedy="make its tiles smaller"
        )
    _check_dataflow(group, schedule.dataflow, machine)


def check_stripes(
    group: str, schedule: StripedSchedule, sram_bytes: int, machine: Machine
) -> None:
    """Whether a machine can run a group in stripes that keep so much on chip.

    Raises:
        AipuError: the stripes are too large, or the array has no such dataflow.
    """
    if sram_bytes > machine.sram.bytes:
        raise AipuError(
            f"its stripes need {sram_bytes:,} bytes of SRAM, {machine.name} has "
            f"{machine.sram.bytes:,}",
            place=group,
            remedy="make them of fewer rows, or stream more of the weights",
        )
    _check_dataflow(group, schedule.dataflow, machine)


def _check_dataflow(group: str, dataflow: str, machine: Machine) -> None:
    if dataflow not in machine.array.dataflows:
        known = ", ".join(machine.array.dataflows)
        raise AipuError(
            f"the array of {machine.name} has no dataflow '{dataflow}'",
            place=group,
            remedy=f"known: {known}",
        )


def _shortages(cost: Cost, machine: Machine) -> Iterator[str]:
    for what, need, have in (
        ("SRAM", cost.sram_bytes, machine.sram.bytes),
        ("accumulators", cost.accumulator_bytes, machine.array.accumulator_bytes),
    ):
        if need > have:
            yield f"{need:,} bytes of {what}, {machine.name} has {have:,}"
