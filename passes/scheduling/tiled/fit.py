"""Whether a machine has room for tiles."""

from collections.abc import Iterator, Sequence

from ....backend_aipu.counts import Condition, Count
from ....backend_aipu.machine import Machine
from ....dialects.tile import GroupSchedule
from ....errors import AipuError
from .cost import Cost, cost
from .nest import Nest


def fits(cost: Cost[Count], machine: Machine) -> Condition:
    """Whether SRAM and accumulators are large enough; of many costs, bool [costs]."""
    on_chip = cost.sram_bytes <= machine.sram.bytes
    return on_chip & (cost.accumulator_bytes <= machine.array.accumulator_bytes)


def shortage(nests: Sequence[Nest[int]], machine: Machine) -> str | None:
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
    check_dataflow(group, schedule.dataflow, machine)


def tiles_beside(group: str) -> AipuError:
    """Why a group that runs in tiles cannot run while something stays on chip."""
    return AipuError(
        "it runs in tiles, which may lie anywhere on chip, while a map or weights stay "
        "there",
        place=group,
        remedy="let it run in stripes, or leave out `result sram` and `held` of groups "
        "before it",
    )


def several_in_tiles(group: str, operators: int) -> AipuError:
    """Why so many operators cannot run in tiles as one group."""
    return AipuError(
        f"a group runs {operators} operators in stripes, not in tiles",
        place=group,
        remedy="write `rows 4 weights [once, ...] ws` in place of `order ...`, with a "
        "word for the weights of each operator; or make groups of one operator, as "
        "strategies are given",
    )


def check_dataflow(group: str, dataflow: str, machine: Machine) -> None:
    """Whether the array of a machine has a dataflow.

    Raises:
        AipuError: it has not.
    """
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
