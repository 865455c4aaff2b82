"""From a TFLite operator to `nn`: `CONVERTERS` maps its name to a function.

A converter reads a `Node`, emits operators, and returns the values of the node's
outputs. Most files are those of `dialects/nn`; operators are called as TFLite does.
"""

from collections.abc import Callable, Mapping, Sequence

from ...constant import Value
from ..node import Node
from . import (
    convolution,
    detection,
    elementwise,
    movement,
    normalisation,
    numbers,
    pooling,
    recurrent,
    reduction,
    resizing,
)

Converter = Callable[[Node], Value | Sequence[Value]]

CONVERTERS: Mapping[str, Converter] = {
    **convolution.CONVERTERS,
    **elementwise.CONVERTERS,
    **pooling.CONVERTERS,
    **movement.CONVERTERS,
    **resizing.CONVERTERS,
    **normalisation.CONVERTERS,
    **reduction.CONVERTERS,
    **numbers.CONVERTERS,
    **recurrent.CONVERTERS,
    **detection.CONVERTERS,
}
