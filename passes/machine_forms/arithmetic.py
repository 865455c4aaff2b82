"""How reals become integers, as data: everything that two toolchains do differently."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from ...dialects import nn
from ...dialects.nn import RescaleAttr
from ...dialects.quant import UniformType


class Parameters(NamedTuple):
    """What a quantised convolution reads: `weight` as the float one, the rest [M].

    A multiplier of float32 needs no shift; it is 0.
    """

    weight: NDArray[np.int8]
    bias: NDArray[np.int32]
    multiplier: NDArray[np.int16] | NDArray[np.int32] | NDArray[np.float32]
    shift: NDArray[np.int8]
    scale: NDArray[np.float64]


class ParameterRule(Protocol):
    """Weight and bias as integers; `pinned` are scales that the model says itself."""

    def __call__(
        self,
        weight: np.ndarray,
        bias: np.ndarray,
        ifm: UniformType,
        ofm: UniformType,
        pinned: np.ndarray | None = ...,
        groups: int = ...,
    ) -> Parameters: ...


PinnedSum = Callable[[UniformType, UniformType, UniformType, int], RescaleAttr]
PinnedMean = Callable[
    [UniformType, UniformType, int, Sequence[int], int | None], RescaleAttr
]
PinnedTable = Callable[[nn.Operator, UniformType, UniformType], NDArray[np.int8] | None]


@dataclass(frozen=True)
class Arithmetic:
    """One way to choose integers.

    method: how a range follows from values, if nobody asks for another.
    kept: what of a range is written down.
    element_type: the integers for a range.
    parameters: those of weights and biases.
    rescale, sum_rescale, mean_rescale: multipliers and shifts.
    pinned_rescale, pinned_sum_rescale, pinned_mean_rescale: those where the model says
        the scales itself, if they are others.
    pinned_table: the results of a function of one element there, if they are others
        than what reals give, rounded.
    keeping: operators that could rescale, but keep the integers of their ifm.
    joins_early: what an operator wants in the integers of its result, like the parts
        of a concat, is made so at once.
    compensates: what rounding would lose is won back, by passes that know of it; else
        every tensor is quantised as it stands in the model.
    """

    method: str
    kept: Callable[[float], float]
    element_type: Callable[[float, float], UniformType]
    parameters: ParameterRule
    rescale: Callable[[float], RescaleAttr]
    pinned_rescale: Callable[[UniformType, UniformType], RescaleAttr] | None
    sum_rescale: Callable[[float, float, float], RescaleAttr]
    pinned_sum_rescale: PinnedSum | None
    mean_rescale: Callable[[float, int, Sequence[int]], RescaleAttr]
    pinned_mean_rescale: PinnedMean | None
    pinned_table: PinnedTable | None
    keeping: tuple[type[nn.Operator], ...]
    joins_early: bool
    compensates: bool
