"""Recognise a tensor over its length, or over the sum of its magnitudes.

%s = nn.square %x                                 %y = nn.lp_norm %x axis 1 order 2
%t = nn.reduce_sum %s axes [1] keep                            least 1.0e-12
%r = nn.sqrt %t                           ==>
%m = nn.clamp %r [1.0e-12, inf]
%y = nn.div %x, %m

Where a model divides without a least length, zeros stay zeros: it is `TINY` then.
"""

from dataclasses import dataclass
from math import isclose, prod, sqrt
from typing import ClassVar, NamedTuple

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
from ...dialects.semantics.weights import WeightStore
from ..authoring.context import weights_of
from ..authoring.new_weight import new_weight
from ..authoring.promises import AipuPass, Semantics, approximate
from ..authoring.rewriting import rewrite
from .spellings import Mean, Spellings

TINY = 1e-30
"""No length of a float32 but 0 is so small, as its square would be 0."""


class Length(NamedTuple):
    """`factor * max(length, least)` of `ifm` along `axis`."""

    ifm: SSAValue
    axis: int
    order: int
    factor: float
    least: float


@dataclass(frozen=True)
class RecogniseLpNorm(RewritePattern):
    """A quotient by a length becomes one operator."""

    weights: WeightStore

    @op_type_rewrite_pattern
    def match_and_rewrite(
        self, op: nn.MulOp | nn.DivOp, rewriter: PatternRewriter
    ) -> None:
        spellings = Spellings(self.weights)
        found = spellings.quotient(op.ofm)
        if found is not None and found.gain.size == 1:
            length = self.root(found.radicand)
            numerator, gain = found.numerator, float(found.gain.flat[0])
        elif isinstance(op, nn.DivOp):
            numerator, length, gain = op.lhs, self.length(op.rhs), 1.0
        else:
            return
        if length is None or length.ifm is not numerator or length.factor <= 0:
            return
        least = max(length.least, TINY)
        norm = nn.LpNormOp(numerator, length.axis, length.order, least)
        new: list[Operation] = [norm]
        if not isclose(gain, length.factor, rel_tol=1e-6):
            key = f"{source_name(op)}/gain"
            gains = new_weight(self.weights, key, np.array(gain / length.factor))
            new += [gains, nn.MulOp(norm.ofm, gains.value)]
        if op.activation != nn.NO_CLAMP:
            new.append(nn.ClampOp(new[-1].results[0], *op.activation.data))
        rewriter.replace(op, new)

    def root(self, radicand: SSAValue) -> Length | None:
        """The root of a sum of squares, which may have a least value."""
        spellings = Spellings(self.weights)
        rest, least = spellings.at_least(radicand)
        mean = spellings.mean(rest)
        if mean is None or mean.factor <= 0:
            return None
        square = mean.ifm.owner
        if not isinstance(square, nn.SquareOp):
            return None
        multiple = multiple_of_sum(mean)
        return length_of(square.ifm, mean, 2, sqrt(multiple), sqrt(max(least or 0, 0)))

    def length(self, value: SSAValue) -> Length | None:
        """A length, or a sum of magnitudes, which may have a least value."""
        spellings = Spellings(self.weights)
        rest, least = spellings.at_least(spellings.plain(value))
        if isinstance(rest.owner, nn.SqrtOp):
            root = self.root(rest.owner.ifm)
            if root is None:
                return None
            return root._replace(least=max(root.least, (least or 0) / root.factor))
        mean = spellings.mean(rest)
        if mean is None or not isinstance(mean.ifm.owner, nn.AbsOp):
            return None
        return length_of(mean.ifm.owner.ifm, mean, 1, multiple_of_sum(mean), least or 0)


def multiple_of_sum(mean: Mean) -> float:
    """What a sum is multiplied by, to be a multiple of its mean."""
    extents = nn.shape(mean.ifm)
    return mean.factor / prod(extents[axis] for axis in mean.axes)


def length_of(
    ifm: SSAValue, mean: Mean, order: int, factor: float, least: float
) -> Length | None:
    """`max(factor * length, least)`, if it is along one axis."""
    if len(mean.axes) != 1 or factor <= 0:
        return None
    return Length(ifm, mean.axes[0], order, factor, least / factor)


@dataclass(frozen=True)
class RecogniseLpNormPass(AipuPass):
    name = "recognise-lp-norm"
    semantics: ClassVar[Semantics] = approximate(1e-5)

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        rewrite(op, RecogniseLpNorm(weights_of(ctx)))
