"""A weight that a pass makes."""

import numpy as np
from xdsl.dialects.builtin import TensorType, f32

from ...dialects import nn
from ...dialects.semantics.weights import WeightStore


def new_weight(store: WeightStore, key: str, array: np.ndarray) -> nn.WeightOp:
    """Keep an array under `key` or near it, in single precision; read it."""
    kept = store.add(key, array.astype(np.float32))
    return nn.WeightOp(kept, TensorType(f32, array.shape))
