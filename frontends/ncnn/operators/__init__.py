"""From an ncnn layer to `nn`: `CONVERTERS` maps its operator to a function.

The numbers of parameters are those of ncnn's docs/developer-guide/operators.md.
"""

from collections.abc import Mapping

from ...layers.conversion import Converter
from ..node import NcnnNode
from . import (
    attention,
    convolution,
    detection,
    elementwise,
    movement,
    normalisation,
    pooling,
    reduction,
    yolo,
)

CONVERTERS: Mapping[str, Converter[NcnnNode]] = {
    **convolution.CONVERTERS,
    **elementwise.CONVERTERS,
    **pooling.CONVERTERS,
    **movement.CONVERTERS,
    **normalisation.CONVERTERS,
    **reduction.CONVERTERS,
    **attention.CONVERTERS,
    **detection.CONVERTERS,
    **yolo.CONVERTERS,
}
