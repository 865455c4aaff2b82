"""From an ONNX operator to `nn`: `CONVERTERS` maps its name to a function.

A converter reads a `Node`, emits operators, and returns the values of the node's
outputs. The files are those of `dialects/nn`; operators are called as ONNX does.
"""

from collections.abc import Callable, Mapping, Sequence

from xdsl.ir import SSAValue

from ...constant import Value
from ..node import Node
from . import (
    convolution,
    dynamic,
    elementwise,
    fused,
    movement,
    normalisation,
    pooling,
    quantised,
    recurrent,
    reduction,
    resampling,
    selection,
    unary,
)

Converter = Callable[[Node], SSAValue | Sequence[Value]]

CONVERTERS: Mapping[str, Converter] = {
    **convolution.CONVERTERS,
    **elementwise.CONVERTERS,
    **pooling.CONVERTERS,
    **movement.CONVERTERS,
    **normalisation.CONVERTERS,
    **recurrent.CONVERTERS,
    **reduction.CONVERTERS,
    **resampling.CONVERTERS,
    **selection.CONVERTERS,
    **unary.CONVERTERS,
    **quantised.CONVERTERS,
    **dynamic.CONVERTERS,
    **fused.CONVERTERS,
}
