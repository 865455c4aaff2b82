"""Constant tensors: their elements as the file stores them, and as reals."""

from dataclasses import dataclass, replace

import numpy as np

from .graph import Quantisation


@dataclass(frozen=True)
class Constant:
    """A tensor whose elements are known, under the name that the model gives it."""

    name: str
    array: np.ndarray
    quantisation: Quantisation | None = None

    @property
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
    def scale(self) -> np.ndarray | None:
        """The scales of stored integers, None of reals."""
        return None if self.quantisation is None else self.quantisation.scale

    def moved(self, array: np.ndarray) -> "Constant":
        """The same elements in another order or shape."""
        return replace(self, array=array)

    def free(self) -> "Constant":
        """Itself, but with no axis that matters: with one scale, or in reals."""
        if self.quantisation is None or self.quantisation.scale.size == 1:
            return self
        return Constant(self.name, self.reals)
