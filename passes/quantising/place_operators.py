"""Decide for every operator whether the machine or the host runs it.

%1 = nn.conv2d %0, %w, %b          %1 = nn.conv2d %0, %w, %b {place = "machine"}
%2 = nn.lrn %1 size 5 ...    ==>   %2 = nn.lrn %1 size 5 ... {place = "host",
                                       reason = "the machine has no nn.lrn"}

By rules, or by what it costs; then every operator says so:

%2 = nn.max_pool2d %1    ==>   %2 = nn.max_pool2d %1 {place = "machine",
                                   reason = "cheaper by 1.94 ms on the machine",
                                   cost = {host = 2222, machine = 283, crossing = 0}}

What a person has decided stands: pins, by pattern or as `pin = "host"` in the text, and
an operator that has its `place` already. A composite that the host gets, or a part of
it by a pin, is its parts again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from xdsl.context import Context
from xdsl.dialects.builtin import ModuleOp
from xdsl.dialects.func import FuncOp
from xdsl.ir import Block, Operation

from ...backend_aipu.machine import Machine, load_machine
from ..authoring.operators import operators
from ..authoring.places import run_on_host, run_on_machine
from ..authoring.promises import EXACT, AipuPass
from ..scheduling.strategies.strategy import DEFAULT
from .placement.fallbacks import check_machine_alone, hosted, on_device
from .placement.pinning import pin_operators
from .placement.pins import Pin, Pins
from .placement.rules import host_operators
from .placement.taking_apart import take_apart_on_host


@dataclass(frozen=True)
class PlaceOperatorsPass(AipuPass):
    """Every operator gets the attribute `place`, one of the host also its `reason`.

    target: the machine. All have the same operators, but not the same memory on chip.
    host, machine: patterns of operators that run there whatever else would be chosen: a
        name, a glob, "/a regular expression/", or type:lrn.
    mode: by rules; by cost, of both sides and of what passes between them; as Tengine
        cuts a list of operators; all on the host; or on the machine alone, which is an
        error where it cannot run some.
    frames: what the cost is of: the latency of one, or the throughput of many that both
        sides work on at once.
    max_segments: the most that a cut by cost may have; 0 for any number.
    min_gain: percent that a cut by cost has to gain over the rules.
    host_memory: bytes that the host has for its part of a cut by cost; 0 for any.
    strategy: by which the build will schedule what a cut by cost weighs.
    """

    name = "place-operators"
    semantics = EXACT

    target: str = "r329"
    host: tuple[str, ...] = ()
    machine: tuple[str, ...] = ()
    mode: Literal["rules", "cost", "tengine", "all-host", "machine-only"] = "rules"
    frames: Literal["latency", "throughput"] = "latency"
    max_segments: int = 0
    min_gain: float = 2.0
    host_memory: int = 0
    strategy: str = DEFAULT

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        machine = load_machine(self.target)
        blocks = [
            function.body.block
            for function in op.body.block.ops
            if isinstance(function, FuncOp) and not function.is_declaration
        ]
        everything = [each for block in blocks for each in operators(block)]
        pins = pin_operators(everything, Pins(self.host, self.machine), machine)
        for block in blocks:
            self.place(block, machine, pins)
            take_apart_on_host(block)

    def place(
        self, block: Block, machine: Machine, pins: Mapping[Operation, Pin]
    ) -> None:
        """Place the operators of a block.

        Raises:
            AipuError: what was demanded cannot be.
        """
        match self.mode:
            case "rules":
                mark(block, host_operators(block, machine, pins))
            case "tengine":
                mark(block, on_device(block, machine, pins))
            case "all-host":
                mark(block, hosted(block, pins))
            case "machine-only":
                check_machine_alone(block, machine, pins)
                mark(block, {})
            case "cost":
                from .cutting.by_cost import place_by_cost
                from .cutting.search import Demand

                demand = Demand(
                    self.frames, self.max_segments, self.min_gain, self.host_memory
                )
                place_by_cost(block, machine, pins, self.strategy, demand)


def mark(block: Block, reasons: Mapping[Operation, str]) -> None:
    """Place the operators that have a reason on the host, the others on the machine."""
    for op in operators(block):
        if op in reasons:
            run_on_host(op, reasons[op])
        else:
            run_on_machine(op)
