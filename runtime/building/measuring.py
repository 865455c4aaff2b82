"""What the simulator says that schedules cost, for strategies that want to know.

What that takes is imported when it is asked: few do, and commands start quickly.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xdsl.dialects.func import FuncOp

    from ...backend_aipu.machine import Machine
    from ...dialects.semantics.weights import WeightStore
    from ...passes.scheduling.network.group_graph import Schedules
    from ...passes.scheduling.tiled.cost import Cost


def simulated_cost(
    function: FuncOp, schedules: Schedules, machine: Machine, weights: WeightStore
) -> Cost:
    """The cycles of a function by its timeline, its traffic and what it holds on chip.

    Args:
        function: of groups, which stays as it is.
        schedules: of all of them.
        machine: to run on.
        weights: of the network; what lowering adds is not kept.

    Raises:
        AipuError: the schedules cannot be.
    """
    from ...dialects.aipu import Space
    from ...passes.lowering.lower_to_aipu import lowered
    from ...passes.scheduling.assign_schedules import assign
    from ...passes.scheduling.tiled.cost import Cost
    from ..simulator.simulator import PreparedEntry

    copy = function.clone()
    assign(copy, schedules, machine)
    program = lowered([copy], machine, weights.copy())
    (entry,) = program.entries
    profile = PreparedEntry(program, entry, machine).profile
    ends = (each.end for each in program.buffers if each.space is Space.SRAM)
    moved = sum(layer.dram_bytes for layer in profile.layers)
    return Cost(profile.cycles, moved, max(ends, default=0), 0)
