"""From a layer on integers to `nn`: `CONVERTERS`, as in `operators`.

The integers, multipliers and shifts are the file's own, so that the results are those
that Arm-China's Optimizer computes, bit for bit. What has no form on integers in `nn`
(`in_reals.py`) is computed in reals, between a dequantise and a quantise.
"""

from collections.abc import Mapping

from ..operators import Converter
from . import convolution, elementwise, in_reals, lookup, movement, pooling, products

CONVERTERS: Mapping[str, Converter] = {
    **in_reals.CONVERTERS,
    **convolution.CONVERTERS,
    **elementwise.CONVERTERS,
    **lookup.CONVERTERS,
    **movement.CONVERTERS,
    **pooling.CONVERTERS,
    **products.CONVERTERS,
}
