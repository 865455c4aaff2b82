"""Two feature maps, of which each may be broadcast, and one may be a constant."""

from typing import ClassVar, TypeVar

import numpy as np

from ...dialects import nn
from ...dialects.locations import source_name
from ...dialects.nn import shape
from ...dialects.quant import UniformType, uniform
from ...dialects.semantics.integer.narrowing import multipliers
from ...dialects.semantics.weights import WeightStore
from ..authoring.operators import is_weight
from ..authoring.pinned import pinned
from .form import MachineForm, Wants, machine_form
from .moves import shared_views
from .numbers import Numbers, clamped, zero_points
from .site import Site
from .stage import Kind, Stage

Pair = TypeVar("Pair", bound=nn.BinaryOperator, contravariant=True)


class PairForm(MachineForm[Pair]):
    """What all of them share; `mnemonic` is their instruction."""

    constants = True
    mnemonic: ClassVar[str]

    def why_not(self, op: Pair) -> str | None:
        """Each side a tensor or a constant, and broadcast along any few dimensions."""
        return None

    def stage(self, op: Pair) -> Stage:
        walked, views = shared_views(shape(op.ofm), shape(op.lhs), shape(op.rhs))
        return Stage(
            source_name(op),
            op.name,
            self.mnemonic,
            Kind.ELEMENTWISE,
            walked,
            walked,
            ("lhs", "rhs"),
            views=tuple(views),
        )


@machine_form(nn.AddOp, nn.SubOp)
class SumForm(PairForm[nn.Sums]):
    """A difference is a sum with a negative multiplier."""

    mnemonic = "vector.add"

    def quantised(self, op: nn.Sums, site: Site) -> nn.Operator:
        lhs, rhs = site.pair(op, element_of_constant(op, site))
        left, right, ofm, rules = uniform(lhs), uniform(rhs), site.element, site.rules
        if pinned(op.ofm) is None or rules.pinned_sum_rescale is None:
            factors = rules.sum_rescale(left.scale, right.scale, ofm.scale)
        else:
            factors = rules.pinned_sum_rescale(left, right, ofm, op.SIGN)
        return type(op)(
            lhs, rhs, rescale=factors, activation=op.activation, element=ofm
        )

    def numbers(self, op: nn.Sums, weights: WeightStore) -> Numbers:
        (total, left, right), shift = multipliers(op, op.rescale)
        return Numbers(
            {
                "multipliers": (total, left, op.SIGN * right),
                "shift": shift,
                "zero_points": zero_points(op.lhs, op.rhs, op.ofm),
                **clamped(op.ofm, op.activation),
            }
        )


@machine_form(nn.MulOp)
class ProductForm(PairForm[nn.MulOp]):
    """One multiplier takes both scales to that of the ofm."""

    mnemonic = "vector.multiply"

    def quantised(self, op: nn.MulOp, site: Site) -> nn.Operator:
        lhs, rhs = site.pair(op)
        factor = site.rescale(uniform(lhs).scale * uniform(rhs).scale)
        return nn.MulOp(
            lhs, rhs, rescale=factor, activation=op.activation, element=site.element
        )

    def numbers(self, op: nn.MulOp, weights: WeightStore) -> Numbers:
        (multiplier,), shift = multipliers(op, op.rescale)
        return Numbers(
            {
                "multiplier": multiplier,
                "shift": shift,
                "zero_points": zero_points(op.lhs, op.rhs, op.ofm),
                **clamped(op.ofm, op.activation),
            }
        )


class ChoiceForm(PairForm[Pair]):
    """The one or the other of two integers of one type."""

    wants = Wants.AS_THE_OFM

    def quantised(self, op: Pair, site: Site) -> nn.Operator:
        lhs, rhs = site.pair(op, site.element)
        return type(op)(lhs, rhs, activation=op.activation)

    def numbers(self, op: Pair, weights: WeightStore) -> Numbers:
        return Numbers(clamped(op.ofm, op.activation))


@machine_form(nn.MaximumOp)
class MaximumForm(ChoiceForm[nn.MaximumOp]):
    """The greater."""

    mnemonic = "vector.maximum"


@machine_form(nn.MinimumOp)
class MinimumForm(ChoiceForm[nn.MinimumOp]):
    """The lesser."""

    mnemonic = "vector.minimum"


def element_of_constant(op: nn.Sums, site: Site) -> UniformType | None:
    """The integers of a constant part, cut off where the sum is at its end anyway.

    The other part, at its own ends, cannot bring the sum back from there: a mask of
    -1e9 takes no more integers than the scores that it hides. None if the constant has
    integers of its own range: it is that of a model or toolchain that says so.
    """
    constants = [value for value in op.operands if is_weight(value)]
    if not constants or pinned(op.ofm) is not None or not site.rules.compensates:
        return None
    array = site.constants.array(constants[0])
    low, high = site.element.real_limits
    least, most = uniform(site.inputs[0]).real_limits
    if op.SIGN > 0:
        ends = low - most, high - least
    elif is_weight(op.rhs):
        ends = least - high, most - low
    else:
        ends = low + least, high + most
    return site.rules.element_type(
        *map(float, np.clip([array.min(), array.max()], *ends))
    )
