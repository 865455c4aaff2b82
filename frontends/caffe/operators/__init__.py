"""From a Caffe layer to `nn`: `CONVERTERS` maps its operator to a function."""

from collections.abc import Mapping

from ...layers.conversion import Converter
from ..node import CaffeNode
from . import (
    convolution,
    detection,
    elementwise,
    movement,
    normalisation,
    pooling,
    reduction,
)

CONVERTERS: Mapping[str, Converter[CaffeNode]] = {
    **convolution.CONVERTERS,
    **elementwise.CONVERTERS,
    **pooling.CONVERTERS,
    **movement.CONVERTERS,
    **normalisation.CONVERTERS,
    **reduction.CONVERTERS,
    **detection.CONVERTERS,
}
