"""From an ATen operator to `nn`: `CONVERTERS` maps its name to a function.

A converter reads a `Node`, emits operators, and returns what the tensors that the node
writes become. Both the operators that `torch.export.export` leaves and the core ATen
operators that `run_decompositions` makes of them are here, overloads by one name.
"""

from collections.abc import Callable, Mapping, Sequence

from ...constant import Value
from ..node import Node
from . import (
    attention,
    convolution,
    creation,
    elementwise,
    movement,
    normalisation,
    padding,
    pooling,
    products,
    recurrent,
    reduction,
    repetition,
    resampling,
    sampling,
    selection,
    unary,
    unfolding,
)

Converter = Callable[[Node], Value | Sequence[Value]]

CONVERTERS: Mapping[str, Converter] = {
    f"aten.{name}": converter
    for table in (
        convolution.CONVERTERS,
        attention.CONVERTERS,
        elementwise.CONVERTERS,
        unary.CONVERTERS,
        pooling.CONVERTERS,
        products.CONVERTERS,
        movement.CONVERTERS,
        selection.CONVERTERS,
        unfolding.CONVERTERS,
        repetition.CONVERTERS,
        padding.CONVERTERS,
        normalisation.CONVERTERS,
        reduction.CONVERTERS,
        resampling.CONVERTERS,
        sampling.CONVERTERS,
        recurrent.CONVERTERS,
        creation.CONVERTERS,
    )
    for name, converter in table.items()
}
