"""Tensors while a network is converted: known now, or computed at run time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from xdsl.ir import SSAValue


@dataclass(frozen=True)
class Constant:
    """A tensor whose elements are known, under the name that the model gives it.

    A format whose files hold integers of a scale has a subclass that knows of it.
    """

    name: str
    array: np.ndarray

    @property
    def reals(self) -> np.ndarray:
        """What the elements stand for."""
        return self.array

    @property
    def channel_scale(self) -> np.ndarray | None:
        """What the reals are multiples of, where the file holds integers.

        One number, or one for each element of the first axis; None if it says none.
        """
        return None

    def rearranged(self, change: Callable[[np.ndarray], np.ndarray]) -> Self:
        """The tensor with its axes changed."""
        return replace(self, array=change(self.array))

    def free(self) -> "Constant":
        """Itself, but with no axis of scales: with one scale, or in reals."""
        return self

    def joined(self, name: str, others: Sequence["Constant"], axis: int) -> "Constant":
        """The tensor, and others after it along an axis."""
        arrays = [self.reals, *(other.reals for other in others)]
        return Constant(name, np.concatenate(arrays, axis))


Value = SSAValue | Constant
"""A tensor of the network under construction: computed at run time, or known now."""
