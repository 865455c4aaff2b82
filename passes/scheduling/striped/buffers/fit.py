"""Whether a machine has room for a group in stripes."""

from .....backend_aipu.machine import Machine
from .....dialects.tile import StripedSchedule
from .....errors import AipuError
from ...tiled.fit import check_dataflow
from ..accumulating import sums_bytes
from ..graph import Graph
from .windows import Layout, Place


def check_place(group: str, layout: Layout, place: Place, machine: Machine) -> None:
    """Whether there is room on chip for a group beside the maps that stay there.

    Raises:
        AipuError: there is not.
    """
    if place.has_room(layout.needs):
        return
    taken = sum(end - start for start, end in place.taken)
    have = max(0, machine.sram.bytes - taken)
    beside = f"{have:,} beside what stays there" if taken else f"{have:,}"
    raise AipuError(
        f"its stripes need {layout.bytes:,} bytes of SRAM, {machine.name} has {beside}",
        place=group,
        remedy="make them of fewer rows, or stream more of the weights"
        + (", or let less stay on chip" if taken else ""),
    )


def check_stripes(
    group: str, schedule: StripedSchedule, graph: Graph, machine: Machine
) -> None:
    """Whether the array of a machine can run a group in stripes.

    Raises:
        AipuError: it has no such dataflow, or too few accumulators for sums that wait.
    """
    need, have = sums_bytes(graph, schedule), machine.array.accumulator_bytes
    if need > have:
        raise AipuError(
            f"its sums need {need:,} bytes of accumulators, {machine.name} has "
            f"{have:,}",
            place=group,
            remedy="make stripes of fewer rows, or tiles of weights as deep as the ifm",
        )
    check_dataflow(group, schedule.dataflow, machine)
