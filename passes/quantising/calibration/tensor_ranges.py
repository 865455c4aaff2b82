"""How far every tensor of a network reaches, for its operators to say."""

from collections.abc import Callable

import numpy as np
from xdsl.dialects.builtin import f32
from xdsl.ir import BlockArgument, SSAValue

from ....dialects import nn
from ...authoring.pinned import pinned
from ...authoring.ranges import Range, write_candidates, write_range
from ..arithmetic.scales import symmetric
from .methods import Methods
from .observers import RangeObserver


def has_open_range(value: SSAValue) -> bool:
    """Whether integers of a tensor would depend on its values."""
    return pinned(value) is None and nn.element_type(value) == f32


class TensorRanges:
    """Sees the values of tensors, batch after batch, then writes down their ranges."""

    def __init__(self, methods: Methods):
        self.methods = methods
        self.observers: dict[SSAValue, list[RangeObserver]] = {}

    def see(self, value: SSAValue, values: np.ndarray) -> None:
        """Note the values of a batch."""
        if value not in self.observers:
            self.observers[value] = self.methods.observers(value)
        for observer in self.observers[value]:
            observer.see(values)

    def write(self, kept: Callable[[float], float], *, symmetric_inputs: bool) -> None:
        """Say what was found; of several ranges that of the first observer.

        Args:
            kept: what of the end of a range is written down.
            symmetric_inputs: the ranges of inputs are those of the zero point 0.
        """
        for value, observers in self.observers.items():
            ranges = [observer.range() for observer in observers]
            if symmetric_inputs and isinstance(value, BlockArgument):
                ranges = [symmetric(*each) for each in ranges]
            found: list[Range] = [
                (kept(min(low, 0.0)), kept(max(high, 0.0))) for low, high in ranges
            ]
            write_range(value, *found[0])
            if len(found) > 1:
                write_candidates(value, found)
