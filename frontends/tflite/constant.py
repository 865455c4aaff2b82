"""Constant tensors: their elements as the file stores them, and as reals."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from .graph import Quantisation


@dataclass(frozen=True)
class Constant:
    """A tensor whose elements are known, under the name that the model gives it."""

    name: str
    array: np.ndarray
    quantisation: Quantisation | None = None

    @cached_property
    def reals(self) -> np.ndarray:
        """What the elements stand for: `scale * (stored - zero_point)`."""
        if self.quantisation is None:
            return self.array
        rank = self.array.ndim
        scale = self.quantisation.along(self.quantisation.scale, rank)
        zero_point = self.quantisation.along(self.quantisation.zero_point, rank)
        stored = self.array.astype(np.float64) - zero_point
        return (stored * scale.astype(np.float64)).astype(np.float32)

    @property
    def steps(self) -> np.ndarray | None:
        """What the reals of a byte each are multiples of: one scale, or one a channel.

        None if the file does not say, or has channels other than the first axis.
        """
        found = self.quantisation
        if found is None or self.array.itemsize != 1:
            return None
        return found.scale if found.scale.size == 1 or found.axis == 0 else None

    def moved(self, array: np.ndarray) -> "Constant":
        """The same elements in another order or shape."""
        return replace(self, array=array)

    def free(self) -> "Constant":
        """Itself, but with no axis that matters: with one scale, or in reals."""
        if self.quantisation is None or self.quantisation.scale.size == 1:
            return self
        return Constant(self.name, self.reals)
