"""A network by schedules of a test's own: its groups, and what the simulator counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import onnx
from xdsl.dialects.func import FuncOp

from aipu.backend_aipu.machine import Machine
from aipu.passes.authoring.segments import machine_functions
from aipu.passes.lowering.lower_to_aipu import lowered
from aipu.passes.registry import PASSES
from aipu.passes.running.pipeline import build_pipeline, run_pipeline
from aipu.passes.scheduling.assign_schedules import assign
from aipu.passes.scheduling.network.group_graph import GroupGraph, Schedules
from aipu.passes.scheduling.network.links import group_graph
from aipu.runtime.building.driver import Build, Options
from aipu.runtime.building.levels import QUANTISED
from aipu.runtime.simulator.profile import LayerProfile
from aipu.runtime.simulator.simulator import PreparedEntry


@dataclass(frozen=True)
class Scheduled:
    """A network that is one function of a machine."""

    model: onnx.ModelProto
    machine: Machine

    @cached_property
    def graph(self) -> GroupGraph:
        """Its groups."""
        return group_graph(self._function)

    def layers(self, schedules: Schedules) -> Sequence[LayerProfile]:
        """What the simulator counts of each group."""
        copy = self._function.clone()
        assign(copy, schedules, self.machine)
        weights = self._build.context.weights.copy()
        program = lowered([copy], self.machine, weights)
        (entry,) = program.entries
        return PreparedEntry(program, entry, self.machine).profile.layers

    @cached_property
    def _build(self) -> Build:
        build = Build(self.model, Options())
        build.reach(QUANTISED)
        return build

    @cached_property
    def _function(self) -> FuncOp:
        module = self._build.module.clone()
        context = self._build.context
        run_pipeline(build_pipeline("group-operators", PASSES), module, context)
        (function,) = machine_functions(module)
        return function
