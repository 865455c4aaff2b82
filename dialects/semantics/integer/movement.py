"""Moving stored integers: as reals are moved, all but the value of a padding."""

import numpy as np

from ... import nn
from ...quant import uniform
from ..real import movement
from ..uniform import to_stored


def pad(op: nn.PadOp, ifm: np.ndarray) -> np.ndarray:
    fill = to_stored(np.array([op.value.value.data]), uniform(op.ofm))
    return movement.pad(op, ifm, fill=fill.item())


FUNCTIONS = {**movement.FUNCTIONS, nn.PadOp: pad}
