"""Warn of tensors that are left few steps by a scale that they share with others.

%2 = nn.concat %0, %1 axis 1   ==>   end: one scale for 'boxes', -12 to 640, and
                                     'scores', 0 to 1, which has 0.4 of 255 steps

Comes after all passes that choose ranges, before `quantise-operators`. Nothing is
changed.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from xdsl.context import Context
from xdsl.dialects.builtin import ModuleOp
from xdsl.ir import Block, SSAValue

from ...dialects import nn
from ...dialects.locations import source_name
from ..authoring.context import warn
from ..authoring.functions import main_function
from ..authoring.operators import computed_operands, operators
from ..authoring.pinned import pinned
from ..authoring.places import runs_on_machine
from ..authoring.promises import EXACT, AipuPass
from ..authoring.ranges import RANGE, Range, read, read_range, source
from ..machine_forms.arithmetic import Arithmetic
from .arithmetic.arithmetic import arithmetic
from .arithmetic.element_types import element_types
from .arithmetic.scales import LEVELS

FEWEST_STEPS = 4


@dataclass(frozen=True)
class JudgeScalesPass(AipuPass):
    """A warning for each part of a concat that has next to no steps of its scale.

    arithmetic: as in `quantise-operators`.
    """

    name = "judge-scales"
    semantics = EXACT

    arithmetic: str = "aipu"

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        block = main_function(op).body.block
        for line in doubts(block, arithmetic(self.arithmetic)):
            warn(ctx, line)


def doubts(block: Block, rules: Arithmetic) -> Iterator[str]:
    """What is to be said of the concats of a block."""
    types = element_types(block, rules)
    for op in operators(block):
        if not isinstance(op, nn.ConcatOp) or not runs_on_machine(op):
            continue
        parts = computed_operands(op)
        if pinned(op.ofm) is not None or any(read(p, RANGE) is None for p in parts):
            continue
        widest = max(parts, key=lambda part: extent(read_range(part)))
        for part in dict.fromkeys(parts):
            steps = extent(read_range(part)) / types[op.ofm].scale
            if 0 < steps < FEWEST_STEPS:
                yield (
                    f"{source_name(op)}: one scale for {said(widest)}, and "
                    f"{said(part)}, which has {steps:.2g} of {LEVELS} steps: little is "
                    "left of it in integers"
                )


def extent(ends: Range) -> float:
    """From the one end to the other."""
    low, high = ends
    return high - low


def said(value: SSAValue) -> str:
    """A tensor by its node, and its range."""
    low, high = read_range(value)
    return f"'{source(value)}', {low:.3g} to {high:.3g}"
