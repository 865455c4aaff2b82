"""Constants that a file stores as integers of a scale: what they stand for."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Self

import numpy as np

from ..constant import Constant
from .graph import Quantisation


@dataclass(frozen=True)
class Stored(Constant):
    """A tensor whose elements are known: `array` is as the file has it."""

    quantisation: Quantisation = field(kw_only=True)

    @property
    def reals(self) -> np.ndarray:
        """What the elements stand for: `scale * (stored - zero_point)`."""
        scale, zero_point = (self._along(n) for n in self._numbers())
        stored = self.array.astype(np.float64) - zero_point
        return (stored * scale.astype(np.float64)).astype(np.float32)

    @property
    def channel_scale(self) -> np.ndarray | None:
        found = self.quantisation
        if self.array.itemsize != 1:
            return None
        return found.scale if found.scale.size == 1 or found.axis == 0 else None

    def rearranged(self, change: Callable[[np.ndarray], np.ndarray]) -> Self:
        """The tensor with its axes changed; that of its scales keeps its elements."""
        scales, found = self._along(self.quantisation.scale), self.quantisation
        if scales.ndim:
            axis = change(scales).shape.index(scales.size)
            found = replace(found, axis=axis)
        return replace(self, array=change(self.array), quantisation=found)

    def free(self) -> Constant:
        if self.quantisation.scale.size == 1:
            return self
        return Constant(self.name, self.reals)

    def joined(self, name: str, others: Sequence[Constant], axis: int) -> Constant:
        """Of one scale they stay integers."""
        alike = all(
            isinstance(other, Stored) and other.quantisation is self.quantisation
            for other in others
        )
        if not alike:
            return super().joined(name, others, axis)
        arrays = [self.array, *(other.array for other in others)]
        whole = np.concatenate(arrays, axis)
        return Stored(name, whole, quantisation=self.quantisation)

    def _numbers(self) -> tuple[np.ndarray, np.ndarray]:
        return self.quantisation.scale, self.quantisation.zero_point

    def _along(self, numbers: np.ndarray) -> np.ndarray:
        return self.quantisation.along(numbers, self.array.ndim)
