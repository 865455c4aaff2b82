"""Tensors while a network is converted: known now, or computed at run time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import prod
from typing import Self

import numpy as np
from xdsl.ir import SSAValue


@dataclass(frozen=True)
class Constant:
    """A tensor whose elements are known, under the name that the model gives it.

    What the model holds as integers are multiples of `steps`, which has as many
    dimensions as `array` and is broadcast.
    """

    name: str
    array: np.ndarray
    steps: np.ndarray | None = None

    @property
    def reals(self) -> np.ndarray:
        """What the elements stand for."""
        return self.array

    @property
    def channel_scale(self) -> np.ndarray | None:
        """The `steps` of each element of the first axis, or of all; else None."""
        if self.steps is None or prod(self.steps.shape[1:]) != 1:
            return None
        return self.steps.reshape(-1)

    def rearranged(self, change: Callable[[np.ndarray], np.ndarray]) -> Self:
        """The tensor with its axes changed, and those of its steps alike."""
        steps = self.steps
        if steps is not None and steps.size > 1:
            steps = change(steps)
        return replace(self, array=change(self.array), steps=steps)

    def free(self) -> "Constant":
        """Itself, but with no axis of steps."""
        if self.steps is None or self.steps.size == 1:
            return self
        return replace(self, steps=None)

    def joined(self, name: str, others: Sequence["Constant"], axis: int) -> "Constant":
        """The tensor, and others after it along an axis."""
        arrays = [self.reals, *(other.reals for other in others)]
        return Constant(name, np.concatenate(arrays, axis))


Value = SSAValue | Constant
"""A tensor of the network under construction: computed at run time, or known now."""
