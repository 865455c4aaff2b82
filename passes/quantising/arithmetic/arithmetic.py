"""How reals become integers, as data: everything that two toolchains do differently.

`ARITHMETICS` maps the names that a pipeline takes: `quantise{arithmetic=zhouyi}`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from xdsl.dialects.builtin import StringAttr
from xdsl.dialects.func import FuncOp

from ....dialects import nn
from ....dialects.nn import RescaleAttr
from ....dialects.quant import UniformType
from ....errors import AipuError, nearest
from ...authoring.functions import RUNTIME
from . import parameters, pinned_rescales, rescales, scales, zhouyi
from .parameters import Parameters
from .tflite_tables import tflite_table


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


AIPU = Arithmetic(
    method="best",
    kept=scales.significant,
    element_type=scales.uniform_type,
    parameters=parameters.quantise_parameters,
    rescale=rescales.rescale,
    pinned_rescale=None,
    sum_rescale=rescales.sum_rescale,
    pinned_sum_rescale=pinned_rescales.exact_sum,
    mean_rescale=rescales.mean_rescale,
    pinned_mean_rescale=None,
    pinned_table=None,
    keeping=(),
    joins_early=True,
    compensates=True,
)

TFLITE = replace(
    AIPU,
    parameters=partial(parameters.quantise_parameters, single=True),
    pinned_rescale=pinned_rescales.tflite_rescale,
    pinned_sum_rescale=pinned_rescales.tflite_sum,
    pinned_mean_rescale=pinned_rescales.tflite_mean,
    pinned_table=tflite_table,
)

RUNTIMES: Mapping[str, Arithmetic] = {"tflite": TFLITE}
"""Ours, where a model's integers are those of a runtime that rounds in its own way."""

ZHOUYI = Arithmetic(
    method="moving-mean",
    kept=zhouyi.float32,
    element_type=zhouyi.element_type,
    parameters=zhouyi.parameters,
    rescale=zhouyi.rescale,
    pinned_rescale=None,
    sum_rescale=zhouyi.sum_rescale,
    pinned_sum_rescale=None,
    mean_rescale=zhouyi.mean_rescale,
    pinned_mean_rescale=None,
    pinned_table=None,
    keeping=(nn.AvgPool2dOp,),
    joins_early=False,
    compensates=False,
)

ARITHMETICS: Mapping[str, Arithmetic] = {
    "aipu": AIPU,
    "zhouyi": ZHOUYI,
    "zhouyi-bias16": replace(
        ZHOUYI, parameters=partial(zhouyi.parameters, bias_bits=16)
    ),
    "zhouyi-per-channel": replace(
        ZHOUYI, parameters=partial(zhouyi.parameters, per_channel=True)
    ),
}


def arithmetic(name: str) -> Arithmetic:
    """The arithmetic of this name.

    Raises:
        AipuError: there is none.
    """
    if name not in ARITHMETICS:
        raise AipuError(f"no arithmetic '{name}'", remedy=nearest(name, ARITHMETICS))
    return ARITHMETICS[name]


def arithmetic_of(function: FuncOp, name: str) -> Arithmetic:
    """The arithmetic of this name; if it is ours, for the runtime of the function.

    Raises:
        AipuError: there is no such arithmetic, or no such runtime.
    """
    chosen, runtime = arithmetic(name), function.attributes.get(RUNTIME)
    if chosen is not AIPU or not isinstance(runtime, StringAttr):
        return chosen
    if runtime.data not in RUNTIMES:
        raise AipuError(
            f"no runtime '{runtime.data}'", remedy=nearest(runtime.data, RUNTIMES)
        )
    return RUNTIMES[runtime.data]
