"""From a TensorFlow operator to `nn`: `CONVERTERS` maps its name to a function.

A converter reads a `Node`, emits operators, and returns the values of the node's
outputs. The files are those of `dialects/nn`; operators are called as TensorFlow does.
"""

from collections.abc import Callable, Mapping, Sequence

from ...constant import Value
from ..node import Node
from . import (
    convolution,
    elementwise,
    movement,
    normalisation,
    pooling,
    quantised,
    reduction,
    resampling,
)

Converter = Callable[[Node], Value | Sequence[Value]]

CONVERTERS: Mapping[str, Converter] = {
    **convolution.CONVERTERS,
    **elementwise.CONVERTERS,
    **pooling.CONVERTERS,
    **movement.CONVERTERS,
    **normalisation.CONVERTERS,
    **reduction.CONVERTERS,
    **resampling.CONVERTERS,
    **quantised.CONVERTERS,
}
