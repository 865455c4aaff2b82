"""What the operators mean on integers: `FUNCTIONS`, as in `real`.

Arrays of tensors are int8, the stored integers of their `!quant.uniform` types. The
arithmetic is exact: an accumulator is never wrapped and never rounded.
"""

from collections.abc import Callable

import numpy as np
from xdsl.ir import Operation

from . import (
    convolution,
    elementwise,
    movement,
    normalisation,
    pooling,
    quantisation,
)

FUNCTIONS: dict[type[Operation], Callable[..., np.ndarray]] = {
    **convolution.FUNCTIONS,
    **elementwise.FUNCTIONS,
    **pooling.FUNCTIONS,
    **movement.FUNCTIONS,
    **quantisation.FUNCTIONS,
    **normalisation.FUNCTIONS,
}
