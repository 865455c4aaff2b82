"""Recognise functions of one element, however a model spells them, by their values.

%1 = nn.mul %0, %half                           %5 = nn.gelu %0
%2 = nn.div %0, %root_of_two
%3 = nn.erf %2                           ==>
%4 = nn.add %3, %one
%5 = nn.mul %1, %4

Exporters write GELU, SiLU, HardSwish, Mish and others as the operators of their format,
in any order. What computes the same values from one tensor is the same function. In
integers it is one table then, where each part by itself would be rounded.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import ClassVar

import numpy as np
from xdsl.context import Context
from xdsl.dialects.builtin import ModuleOp, TensorType, f32
from xdsl.ir import Block, SSAValue
from xdsl.pattern_rewriter import (
    PatternRewriter,
    RewritePattern,
    op_type_rewrite_pattern,
)

from ...dialects import nn
from ...dialects.semantics.evaluate import evaluate_operator
from ...dialects.semantics.weights import WeightStore
from ..authoring.constants import key_of
from ..authoring.context import weights_of
from ..authoring.elementwise import is_elementwise
from ..authoring.operators import computed_operands, is_weight
from ..authoring.promises import AipuPass, Semantics, approximate
from ..authoring.rewriting import rewrite

TOLERANCE = 1e-6
"""How far two spellings of a function may be apart; constants have single precision."""

LONGEST = 16
"""The most operators that one function is spelled with."""

SMALL = 10.0 ** -np.arange(1, 25)
ARGUMENTS = np.concatenate(
    [np.linspace(-12, 12, 481), SMALL, -SMALL, [-90.0, -30.0, 30.0, 90.0]]
)
"""Where functions are compared: near 0, where they bend, and far out."""

POWERS: Mapping[str, Callable[[SSAValue], nn.Operator]] = {
    "abs": nn.AbsOp,
    "neg": nn.NegOp,
    "reciprocal": nn.ReciprocalOp,
    "relu": lambda ifm: nn.ClampOp(ifm, 0.0, inf),
    "rsqrt": nn.RsqrtOp,
    "sqrt": nn.SqrtOp,
    "square": nn.SquareOp,
}
"""Functions whose small values count: a root is none of a sum with 1e-6."""

ACTIVATIONS: Mapping[str, Callable[[SSAValue], nn.Operator]] = {
    "gelu": nn.GeluOp,
    "gelu_tanh": nn.GeluTanhOp,
    "hard_sigmoid": lambda ifm: nn.HardSigmoidOp(ifm, 1 / 6, 0.5),
    "hard_swish": nn.HardSwishOp,
    "mish": nn.MishOp,
    "sigmoid": nn.SigmoidOp,
    "silu": nn.SiluOp,
    "softplus": nn.SoftplusOp,
    "softsign": nn.SoftsignOp,
    "tanh": nn.TanhOp,
}
"""Functions that approach limits, as which their spellings round differently."""

FUNCTIONS = {**POWERS, **ACTIVATIONS}


@dataclass(frozen=True)
class RecogniseFunction(RewritePattern):
    """Operators that compute a known function of one tensor become that function."""

    weights: WeightStore
    known: Mapping[str, np.ndarray]
    """The values of each function at `ARGUMENTS`."""

    @op_type_rewrite_pattern
    def match_and_rewrite(self, op: nn.Operator, rewriter: PatternRewriter) -> None:
        if not is_elementwise(op):
            return
        for ifm in values_before(op):
            spelling = spelled(op, ifm)
            if spelling is None or is_single(spelling):
                continue
            values = self.values(spelling, ifm)
            for name, expected in self.known.items():
                if alike(values, expected, 0.0 if name in POWERS else 1.0):
                    rewriter.replace(op, FUNCTIONS[name](ifm))
                    return

    def values(self, spelling: Sequence[nn.Operator], ifm: SSAValue) -> np.ndarray:
        """What operators make of `ifm`, at `ARGUMENTS`, in float64."""
        found: dict[SSAValue, np.ndarray] = {ifm: ARGUMENTS}
        for op in spelling:
            arguments = [
                self.weights[key_of(value)].astype(np.float64).reshape(())
                if is_weight(value)
                else found[value]
                for value in op.operands
            ]
            found[op.ofm] = evaluate_operator(op, arguments)
        return found[spelling[-1].ofm]


def values_before(op: nn.Operator) -> Sequence[SSAValue]:
    """What `op` may be a function of: tensors on the way to it, the nearest first."""
    found: list[SSAValue] = list(dict.fromkeys(computed_operands(op)))
    for value in found:
        if is_elementwise(value.owner) and len(found) <= LONGEST:
            found += [
                each for each in computed_operands(value.owner) if each not in found
            ]
    return found


def spelled(op: nn.Operator, ifm: SSAValue) -> list[nn.Operator] | None:
    """The operators that compute `op` from each element of `ifm`, in order.

    None if anything else is needed, or more than `LONGEST` operators.
    """
    made: dict[SSAValue, nn.Operator] = {}

    def compute(value: SSAValue) -> bool:
        if value is ifm or value in made or is_weight(value):
            return True
        maker = value.owner
        if not is_elementwise(maker) or len(made) > LONGEST:
            return False
        if not all(map(compute, maker.operands)):
            return False
        made[value] = maker
        return True

    return list(made.values()) if compute(op.ofm) else None


def is_single(spelling: Sequence[nn.Operator]) -> bool:
    """Whether it is one operator, which is a function of one tensor by itself."""
    return len(spelling) == 1 and len(spelling[0].operands) == 1


def alike(one: np.ndarray, other: np.ndarray, least: float) -> bool:
    """Whether two functions have the same values, or none at the same arguments.

    What is less than `least` is compared as if it were that.
    """
    finite = np.isfinite(one)
    if not np.array_equal(finite, np.isfinite(other)):
        return False
    off = np.abs(one[finite] - other[finite])
    return bool((off <= TOLERANCE * np.maximum(least, np.abs(other[finite]))).all())


def known_values() -> Mapping[str, np.ndarray]:
    """The values of `FUNCTIONS` at `ARGUMENTS`."""
    ifm = Block(arg_types=[TensorType(f32, ARGUMENTS.shape)]).args[0]
    return {
        name: evaluate_operator(function(ifm), [ARGUMENTS])
        for name, function in FUNCTIONS.items()
    }


@dataclass(frozen=True)
class RecogniseFunctionsPass(AipuPass):
    name = "recognise-functions"
    semantics: ClassVar[Semantics] = approximate(1e-5)

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        rewrite(op, RecogniseFunction(weights_of(ctx), known_values()))
