"""Recognise a layer normalisation that is spelled out.

%m = nn.reduce_mean %x axes [2] keep              %y = nn.layer_norm %x, %gain, %offset
%c = nn.sub %x, %m                                              epsilon 1.0e-05
%s = nn.square %c
%v = nn.reduce_mean %s axes [2] keep      ==>
%e = nn.add %v, %epsilon
%r = nn.sqrt %e
%q = nn.div %c, %r
%g = nn.mul %q, %gain
%y = nn.add %g, %offset

So most exporters write it; others multiply by a reciprocal root, take the variance as
the mean of squares less the square of the mean, or scale tensor and mean by themselves.
In int8 a variance is 0 where it should be small, and the quotient is infinite; as one
operator it is computed whole, in reals.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import isclose
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
from .norm_gains import FoldGain, along, normalised
from .spellings import ONE, Quotient, Spellings


class Variance(NamedTuple):
    """`factor * (variance(ifm) + epsilon)` along `axes`."""

    ifm: SSAValue
    axes: tuple[int, ...]
    factor: float
    epsilon: float


class Standardised(NamedTuple):
    """`(ifm - mean) / sqrt(variance + epsilon) * gain + offset`, along `axes`."""

    ifm: SSAValue
    axes: tuple[int, ...]
    epsilon: float
    gain: np.ndarray
    offset: np.ndarray


@dataclass(frozen=True)
class RecogniseLayerNorm(RewritePattern):
    """What computes a layer normalisation becomes one."""

    weights: WeightStore

    @op_type_rewrite_pattern
    def match_and_rewrite(
        self, op: nn.BinaryOperator, rewriter: PatternRewriter
    ) -> None:
        spelled = self.quotient(op) or self.separate_parts(op)
        if spelled is None or nn.shape(spelled.ifm) != nn.shape(op.ofm):
            return
        extents = nn.shape(op.ofm)
        gain, offset = (
            along(constant, extents, spelled.axes)
            for constant in (spelled.gain, spelled.offset)
        )
        if gain is None or offset is None or op.activation != nn.NO_CLAMP:
            return
        name = source_name(op)
        constants = [
            new_weight(self.weights, f"{name}/gain", gain),
            new_weight(self.weights, f"{name}/offset", offset),
        ]
        new: list[Operation] = [*constants]
        new += normalised(
            spelled.ifm,
            spelled.axes,
            lambda ifm: nn.LayerNormOp(
                ifm, constants[0].value, constants[1].value, spelled.epsilon
            ),
        )
        rewriter.replace(op, new)

    def quotient(self, op: nn.BinaryOperator) -> Standardised | None:
        """A tensor less its mean, over the root of its variance."""
        spellings = Spellings(self.weights)
        found = spellings.quotient(op.ofm)
        if found is None:
            return None
        numerator, gain = spellings.without_gain(found.numerator)
        for variance in self.variances(found.radicand):
            if spellings.centred(numerator, variance.axes) is variance.ifm:
                found = found._replace(gain=found.gain * gain)
                return standardised(found, variance)
        return None

    def separate_parts(self, op: nn.BinaryOperator) -> Standardised | None:
        """`x * inverse + (offset - mean * inverse)`, or without an offset."""
        spellings = Spellings(self.weights)
        match op:
            case nn.AddOp() if isinstance(op.rhs.owner, nn.SubOp):
                subtracted = op.rhs.owner.rhs
                offset = spellings.constant(op.rhs.owner.lhs)
            case nn.SubOp():
                subtracted, offset = op.rhs, 0 * ONE
            case _:
                return None
        scaled, mean = spellings.quotient(op.lhs), spellings.quotient(subtracted)
        if scaled is None or mean is None or offset is None:
            return None
        if scaled.radicand is not mean.radicand:
            return None
        if not np.array_equal(scaled.gain, mean.gain):
            return None
        for variance in self.variances(scaled.radicand):
            if scaled.numerator is variance.ifm and spellings.is_mean(
                mean.numerator, variance.ifm, variance.axes
            ):
                return standardised(scaled, variance)._replace(offset=offset)
        return None

    def variances(self, value: SSAValue) -> Iterator[Variance]:
        """What a value may be the variance of, and a little more."""
        spellings = Spellings(self.weights)
        rest, epsilon = spellings.sum(value)
        inner, least = spellings.at_least(rest)
        rest = inner if least == 0 else rest
        mean = spellings.mean(rest)
        if mean is not None and isinstance(mean.ifm.owner, nn.SquareOp):
            ifm = spellings.centred(mean.ifm.owner.ifm, mean.axes)
            if ifm is not None and mean.factor > 0:
                yield Variance(ifm, mean.axes, mean.factor, epsilon / mean.factor)
        if isinstance(rest.owner, nn.SubOp):
            yield from self.difference(rest.owner, epsilon)

    def difference(self, op: nn.SubOp, epsilon: float) -> Iterator[Variance]:
        """The mean of squares less the square of the mean."""
        spellings = Spellings(self.weights)
        squares, square = spellings.mean(op.lhs), op.rhs.owner
        if squares is None or not isinstance(squares.ifm.owner, nn.SquareOp):
            return
        ifm = squares.ifm.owner.ifm
        if not isinstance(square, nn.SquareOp):
            return
        is_mean = spellings.is_mean(square.ifm, ifm, squares.axes)
        if is_mean and isclose(squares.factor, 1, rel_tol=1e-5):
            yield Variance(ifm, squares.axes, 1.0, epsilon)


def standardised(quotient: Quotient, variance: Variance) -> Standardised:
    """A quotient by the root of a variance."""
    gain = quotient.gain / np.sqrt(variance.factor)
    ifm, axes = variance.ifm, variance.axes
    return Standardised(ifm, axes, variance.epsilon, gain, 0 * ONE)


@dataclass(frozen=True)
class RecogniseLayerNormPass(AipuPass):
    name = "recognise-layer-norm"
    semantics: ClassVar[Semantics] = approximate(1e-5)

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        weights = weights_of(ctx)
        rewrite(op, RecogniseLayerNorm(weights), FoldGain(weights))
