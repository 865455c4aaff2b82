"""What normalisations are spelled with: means, roots, quotients, however written.

A function here says what a value is made of, or None: nothing is changed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isclose, prod
from typing import NamedTuple

import numpy as np
from xdsl.ir import SSAValue

from ...dialects import nn
from ...dialects.semantics.weights import WeightStore
from ..authoring.constants import key_of
from ..authoring.operators import is_weight

ONE = np.ones((), np.float32)


class Mean(NamedTuple):
    """`factor * mean(ifm)` along `axes`, which are kept with an extent of 1."""

    ifm: SSAValue
    axes: tuple[int, ...]
    factor: float


class Quotient(NamedTuple):
    """`numerator * gain / sqrt(radicand)`, the gain a constant that is broadcast."""

    numerator: SSAValue
    radicand: SSAValue
    gain: np.ndarray


@dataclass(frozen=True)
class Spellings:
    """Reads values whose constants lie in a store."""

    store: WeightStore

    def constant(self, value: SSAValue) -> np.ndarray | None:
        """The elements of a weight."""
        return self.store[key_of(value)] if is_weight(value) else None

    def number(self, value: SSAValue) -> float | None:
        """A weight of one element."""
        array = self.constant(value)
        return None if array is None or array.size != 1 else float(array.flat[0])

    def with_number(
        self, value: SSAValue, kind: type[nn.BinaryOperator]
    ) -> tuple[SSAValue, float] | None:
        """The two sides of a commutative operator, if one is a number."""
        maker = value.owner
        if not isinstance(maker, kind):
            return None
        for rest, other in (maker.operands, reversed(maker.operands)):
            if (found := self.number(other)) is not None:
                return rest, found
        return None

    def plain(self, value: SSAValue) -> SSAValue:
        """What a value is a broadcast of: exporters add zeros to it."""
        maker = value.owner
        if isinstance(maker, nn.AddOp) and maker.activation == nn.NO_CLAMP:
            for rest, other in (maker.operands, reversed(maker.operands)):
                zeros = self.constant(other)
                if zeros is not None and not zeros.any():
                    return self.plain(rest)
        return value

    def sum(self, value: SSAValue) -> tuple[SSAValue, float]:
        """`rest + number`."""
        return self.with_number(value, nn.AddOp) or (value, 0.0)

    def at_least(self, value: SSAValue) -> tuple[SSAValue, float | None]:
        """`max(rest, number)`."""
        maker = value.owner
        if isinstance(maker, nn.ClampOp) and maker.bounds.data.high == np.inf:
            return maker.ifm, maker.bounds.data.low
        return self.with_number(value, nn.MaximumOp) or (value, None)

    def mean(self, value: SSAValue) -> Mean | None:
        """A mean, or a sum, which is a multiple of one, perhaps times a number."""
        maker = value.owner
        if found := self.with_number(value, nn.MulOp):
            inner = self.mean(found[0])
            return inner and inner._replace(factor=inner.factor * found[1])
        if isinstance(maker, nn.DivOp) and (number := self.number(maker.rhs)):
            inner = self.mean(maker.lhs)
            return inner and inner._replace(factor=inner.factor / number)
        if isinstance(maker, nn.ReshapeOp):
            maker = maker.ifm.owner
        if not isinstance(maker, nn.ReduceMeanOp | nn.ReduceSumOp):
            return None
        extents, axes = nn.shape(maker.ifm), tuple(sorted(maker.axes.get_values()))
        kept = tuple(1 if axis in axes else n for axis, n in enumerate(extents))
        if nn.shape(value) != kept:
            return None
        count = prod(extents[axis] for axis in axes)
        is_sum = isinstance(maker, nn.ReduceSumOp)
        return Mean(maker.ifm, axes, float(count) if is_sum else 1.0)

    def is_mean(self, value: SSAValue, ifm: SSAValue, axes: Sequence[int]) -> bool:
        """Whether a value is the mean of another along these axes."""
        found = self.mean(value)
        return (
            found is not None
            and found.ifm is ifm
            and found.axes == tuple(axes)
            and isclose(found.factor, 1, rel_tol=1e-5)
        )

    def centred(self, value: SSAValue, axes: Sequence[int]) -> SSAValue | None:
        """The tensor that a value is, less its mean."""
        maker = value.owner
        if isinstance(maker, nn.SubOp) and self.is_mean(maker.rhs, maker.lhs, axes):
            return maker.lhs
        return None

    def quotient(self, value: SSAValue) -> Quotient | None:
        """A product or quotient of a tensor, the root of another, and constants."""
        match value.owner:
            case nn.MulOp() as op:
                return self._product(op.lhs, op.rhs) or self._product(op.rhs, op.lhs)
            case nn.DivOp() as op:
                root = self.plain(op.rhs).owner
                if isinstance(root, nn.SqrtOp):
                    return Quotient(op.lhs, root.ifm, ONE)
        return None

    def without_gain(self, value: SSAValue) -> tuple[SSAValue, np.ndarray]:
        """A tensor, and the constant that it is multiplied with."""
        maker = value.owner
        if isinstance(maker, nn.MulOp) and maker.activation == nn.NO_CLAMP:
            for rest, factor in (maker.operands, reversed(maker.operands)):
                if (gain := self.constant(factor)) is not None:
                    return rest, gain
        return value, ONE

    def _product(self, one: SSAValue, other: SSAValue) -> Quotient | None:
        """`one` times what a root is in."""
        if (inverse := self.inverse_root(other)) is None:
            return None
        radicand, gain = inverse
        return Quotient(one, radicand, gain)

    def inverse_root(self, value: SSAValue) -> tuple[SSAValue, np.ndarray] | None:
        """`gain / sqrt(radicand)`."""
        match self.plain(value).owner:
            case nn.RsqrtOp() as op:
                return op.ifm, ONE
            case nn.ReciprocalOp() as op if isinstance(op.ifm.owner, nn.SqrtOp):
                return op.ifm.owner.ifm, ONE
            case nn.DivOp() as op if isinstance(op.rhs.owner, nn.SqrtOp):
                gain = self.constant(op.lhs)
                return None if gain is None else (op.rhs.owner.ifm, gain)
            case nn.MulOp() as op:
                for root, factor in (op.operands, reversed(op.operands)):
                    gain, inner = self.constant(factor), self.inverse_root(root)
                    if gain is not None and inner is not None:
                        return inner[0], inner[1] * gain
        return None
