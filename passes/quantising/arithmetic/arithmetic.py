"""The ways of reals to integers: ours, that of a runtime, those of Arm-China's tools.

`ARITHMETICS` maps the names that a pipeline takes: `quantise{arithmetic=zhouyi}`.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from xdsl.dialects.builtin import StringAttr
from xdsl.dialects.func import FuncOp

from ....dialects import nn
from ....errors import AipuError, nearest
from ...authoring.functions import RUNTIME
from ...machine_forms.arithmetic import Arithmetic
from . import parameters, pinned_rescales, rescales, scales, zhouyi
from .tflite_tables import tflite_table

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
