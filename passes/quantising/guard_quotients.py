"""Never divide by a 0 that is one in integers only.

%b = nn.dequantise %q                           %z = nn.equal %b, %zero
%y = nn.div %a, %b                       ==>    %d = nn.select %z, %half_a_step, %b
                                                %y = nn.div %a, %d

Comes after `quantise-operators`. An integer 0 stands for all up to half a step, and
what it is divided by then is that. What is computed from integers on the host can be 0,
too, but then it is a length of nothing: `TINY` leaves a numerator of zeros as zeros.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from xdsl.context import Context
from xdsl.dialects.builtin import ModuleOp
from xdsl.ir import Operation, SSAValue
from xdsl.pattern_rewriter import (
    PatternRewriter,
    RewritePattern,
    op_type_rewrite_pattern,
)

from ...dialects import nn
from ...dialects.locations import source_name
from ...dialects.quant import quantisation, uniform
from ...dialects.semantics.weights import WeightStore
from ..authoring.context import weights_of
from ..authoring.new_weight import new_weight
from ..authoring.operators import is_weight
from ..authoring.places import run_on_host
from ..authoring.promises import REQUANTISING, AipuPass, Semantics
from ..authoring.rewriting import rewrite

TINY = 1e-30
"""Its inverse is finite, and so is that of its root."""

DIVIDING = nn.DivOp | nn.ReciprocalOp | nn.RsqrtOp
REASON = "it keeps a quotient finite"


@dataclass(frozen=True)
class GuardQuotient(RewritePattern):
    """Where a divisor may be 0, something small takes the place of 0."""

    weights: WeightStore
    guarded: set[SSAValue]

    @op_type_rewrite_pattern
    def match_and_rewrite(self, op: nn.Operator, rewriter: PatternRewriter) -> None:
        if not isinstance(op, DIVIDING) or quantisation(op.ofm) is not None:
            return
        divisor = op.operands[-1]
        if is_weight(divisor) or divisor in self.guarded:
            return
        if not depends_on_integers(divisor):
            return
        name = source_name(op)
        zero = new_weight(self.weights, f"{name}/zero", np.zeros(()))
        least = new_weight(self.weights, f"{name}/least", np.array(least_of(divisor)))
        is_zero = nn.EqualOp(divisor, zero.value)
        safe = nn.SelectOp(is_zero.ofm, least.value, divisor)
        for made in (is_zero, safe):
            run_on_host(made, REASON)
        self.guarded.add(safe.ofm)
        op.operands[len(op.operands) - 1] = safe.ofm
        rewriter.insert([zero, least, is_zero, safe])
        rewriter.notify_op_modified(op)


def least_of(value: SSAValue) -> float:
    """What a divisor of 0 stands for: half a step of the integers it is made of."""
    maker = value.owner
    while isinstance(maker, nn.Moves):
        maker = maker.ifm.owner
    if isinstance(maker, nn.DequantiseOp):
        return uniform(maker.ifm).scale / 2
    return TINY


def depends_on_integers(value: SSAValue) -> bool:
    """Whether reals come from integers, by way of the host."""
    seen: set[Operation] = set()
    waiting = [value]
    while waiting:
        maker = waiting.pop().owner
        if isinstance(maker, nn.DequantiseOp):
            return True
        if isinstance(maker, nn.Operator) and maker not in seen:
            seen.add(maker)
            waiting += maker.operands
    return False


@dataclass(frozen=True)
class GuardQuotientsPass(AipuPass):
    name = "guard-quotients"
    semantics: ClassVar[Semantics] = REQUANTISING

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        rewrite(op, GuardQuotient(weights_of(ctx), set()))
