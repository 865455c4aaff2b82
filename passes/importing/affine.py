"""Operators by constants, as what they come to: a scale and an offset per channel."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import reduce

import numpy as np
from xdsl.ir import Operation, SSAValue

from ...dialects import nn
from ...dialects.quant import quantisation
from ...dialects.semantics.weights import WeightStore

ONE, ZERO = np.ones(1), np.zeros(1)


@dataclass(frozen=True)
class Affine:
    """`scale * x + offset`, in float64: a number a channel [C], or one for all [1]."""

    scale: np.ndarray
    offset: np.ndarray

    def then(self, other: "Affine") -> "Affine":
        """First this one, then the other."""
        return Affine(
            other.scale * self.scale, other.scale * self.offset + other.offset
        )

    @property
    def scales(self) -> bool:
        """Whether it does more than shift."""
        return bool(np.any(self.scale != 1))

    @property
    def shifts(self) -> bool:
        """Whether it does more than scale."""
        return bool(np.any(self.offset != 0))

    @property
    def is_finite(self) -> bool:
        """Whether it may be computed in another order."""
        return bool(np.isfinite(self.scale).all() and np.isfinite(self.offset).all())


BY_CONSTANT: Mapping[type, Callable[[np.ndarray], Affine]] = {
    nn.AddOp: lambda constant: Affine(ONE, constant),
    nn.SubOp: lambda constant: Affine(ONE, -constant),
    nn.MulOp: lambda constant: Affine(constant, ZERO),
    nn.DivOp: lambda constant: Affine(1 / constant, ZERO),
}
"""`x + constant`, and so on."""

OF_CONSTANT: Mapping[type, Callable[[np.ndarray], Affine]] = {
    nn.AddOp: lambda constant: Affine(ONE, constant),
    nn.SubOp: lambda constant: Affine(-ONE, constant),
    nn.MulOp: lambda constant: Affine(constant, ZERO),
}
"""`constant + x`, and so on."""


@dataclass(frozen=True)
class Link:
    """An operator of one tensor and a constant per channel."""

    op: nn.BinaryOperator
    ifm: SSAValue
    constant: nn.WeightOp
    meaning: Callable[[np.ndarray], Affine]

    def affine(self, weights: WeightStore) -> Affine:
        """What the step does; infinite where it divides by zero."""
        constant = weights[self.constant.key.data].astype(np.float64).reshape(-1)
        with np.errstate(divide="ignore"):
            return self.meaning(constant)


def link_of(op: Operation) -> Link | None:
    """An operator as a step, if it is one."""
    if not isinstance(op, nn.BinaryOperator) or quantisation(op.ofm) is not None:
        return None
    for ifm, constant, table in (
        (op.lhs, op.rhs, BY_CONSTANT),
        (op.rhs, op.lhs, OF_CONSTANT),
    ):
        weight, meaning = constant.owner, table.get(type(op))
        if (
            meaning is not None
            and isinstance(weight, nn.WeightOp)
            and nn.shape(ifm) == nn.shape(op.ofm)
            and is_per_channel(nn.shape(constant), nn.shape(op.ofm))
        ):
            return Link(op, ifm, weight, meaning)
    return None


def is_per_channel(constant: tuple[int, ...], tensor: tuple[int, ...]) -> bool:
    """Whether a constant differs along the last dimension of a tensor at most."""
    fits = len(constant) <= len(tensor) and tensor != ()
    return fits and all(extent == 1 for extent in constant[:-1])


def continues(step: Link) -> bool:
    """Whether another step, and nothing else, reads the result of this one."""
    if step.op.activation != nn.NO_CLAMP or not step.op.ofm.has_one_use():
        return False
    (use,) = step.op.ofm.uses
    reader = link_of(use.operation)
    return reader is not None and reader.ifm is step.op.ofm


def chain_before(last: Link) -> list[Link]:
    """The steps that lead to the last one, which no one else reads, and it."""
    chain = [last]
    while isinstance(chain[-1].ifm.owner, Operation):
        before = link_of(chain[-1].ifm.owner)
        if before is None or not continues(before):
            break
        chain.append(before)
    return chain[::-1]


def together(chain: list[Link], weights: WeightStore) -> Affine:
    """What the steps of a chain come to."""
    return reduce(Affine.then, (step.affine(weights) for step in chain))
