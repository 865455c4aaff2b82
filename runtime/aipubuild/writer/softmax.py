"""How a softmax is written: on integers with the tables of both tools.

The Optimizer's table has e^x in as many bits as a sum of 32 leaves for an element; ours
has 15. Its readers find theirs, `lut`; ours, `powers`, is read back here, so that
results stay the same bit for bit.
"""

from math import ceil, floor, log2

import numpy as np

from ....dialects import nn
from ....dialects.quant import quantisation, uniform
from .rescales import put_one
from .sheet import Sheet

SUM_BITS, FEWEST_BITS = 32, 16
"""Of the sum of powers, and of a power at least."""

FACTOR_BITS, LARGEST_SHIFT = 8, 31
"""Of the factor that takes quotients to integers."""


def softmax(op: nn.SoftmaxOp, sheet: Sheet) -> None:
    sheet.put(axis=op.axis.value.data)
    element = quantisation(op.ofm)
    if element is None or op.table is None:
        return
    extent = nn.shape(op.ifm)[op.axis.value.data]
    sheet.put(quantize_method="LUT", is_perf_mode=False)
    sheet.keep("lut", powers_of_e(uniform(op.ifm).scale, extent))
    sheet.keep("powers", sheet.embed(op.table))
    put_one(*factor(1 / element.scale), sheet)


def powers_of_e(scale: float, extent: int) -> np.ndarray:
    """`e ** (-scale * (255 - i))` for i from 0 to 255, uint32.

    So fine that a sum of `extent` of them has 32 bits.
    """
    bits = max(FEWEST_BITS, SUM_BITS - ceil(log2(extent)))
    powers = np.exp(-scale * np.arange(255.0, -1.0, -1.0))
    return np.rint(((1 << bits) - 1) * powers).astype(np.uint32)


def factor(ratio: float) -> tuple[int, int]:
    """Multiplier and shift of `ratio`; a negative one is to the left."""
    largest = (1 << FACTOR_BITS) - 1
    shift = min(LARGEST_SHIFT, floor(log2(largest / ratio)))
    return floor(ratio * 2.0**shift + 0.5), shift


FORMS = {nn.SoftmaxOp: softmax}
