"""From an ONNX operator to `nn`: `CONVERTERS` maps its name to a function.

A converter reads a `Node`, emits operators, and returns the values of the node's
outputs. The files are those of `dialects/nn`; operators are called as ONNX does.
"""

from collections.abc import Callable, Mapping, Sequence

from xdsl.ir import SSAValue

from ..node import Node
from . import (
    convolution,
    elementwise,
    movement,
    normalisation,
    pooling,
    recurrent,
    reduction,
)

Converter = Callable[[Node], SSAValue | Sequence[SSAValue]]

CONVERTERS: Mapping[str, Converter] = {
    **convolution.CONVERTERS,
    **elementwise.CONVERTERS,
    **pooling.CONVERTERS,
    **movement.CONVERTERS,
    **normalisation.CONVERTERS,
    **recurrent.CONVERTERS,
    **reduction.CONVERTERS,
}
