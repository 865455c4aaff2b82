"""From a layer on reals to `nn`: `CONVERTERS` maps its type to a function.

A converter reads an `IrNode`, emits operators, and returns the values of the layer's
tops. The files are those of `dialects/nn`; layers are called as the IR does.
"""

from collections.abc import Callable, Mapping, Sequence

from xdsl.ir import SSAValue

from ..node import IrNode
from . import (
    activation,
    convolution,
    elementwise,
    movement,
    normalisation,
    pooling,
    reduction,
    resampling,
)

Converter = Callable[[IrNode], SSAValue | Sequence[SSAValue]]

CONVERTERS: Mapping[str, Converter] = {
    **convolution.CONVERTERS,
    **elementwise.CONVERTERS,
    **activation.CONVERTERS,
    **pooling.CONVERTERS,
    **movement.CONVERTERS,
    **normalisation.CONVERTERS,
    **reduction.CONVERTERS,
    **resampling.CONVERTERS,
}
