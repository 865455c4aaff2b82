"""The constants of quantised operators: kept in the store, read by `nn.weight`."""

from collections.abc import Mapping

import numpy as np
from xdsl.context import Context
from xdsl.dialects.builtin import (
    Float32Type,
    IntegerType,
    TensorType,
    f32,
    i8,
    i16,
    i32,
)
from xdsl.ir import SSAValue

from ...dialects import nn
from ...dialects.quant import UniformType
from ...dialects.semantics.weights import WeightStore
from ...errors import AipuError
from .context import weights_of

ELEMENTS: Mapping[str, IntegerType | Float32Type] = {
    "int8": i8,
    "int16": i16,
    "int32": i32,
    "float32": f32,
}


class Constants:
    """Reads the constants of float operators, and makes those of quantised ones.

    `made` lists the operators that read new constants, for the caller to insert.
    """

    def __init__(self, store: WeightStore):
        self.store = store
        self.made: list[nn.WeightOp] = []

    def array(self, value: SSAValue) -> np.ndarray:
        """The elements of a weight."""
        return self.store[key_of(value)]

    def scale(self, value: SSAValue) -> np.ndarray | None:
        """What the elements of a weight are multiples of, if the model says it."""
        return scale_of(value, self.store)

    def keep(
        self, key: str, array: np.ndarray, element: UniformType | None = None
    ) -> SSAValue:
        """A value that is `array`, kept under `key`; of an `element` if it has one."""
        type = TensorType(element or ELEMENTS[array.dtype.name], array.shape)
        weight = nn.WeightOp(self.store.add(key, array), type)
        self.made.append(weight)
        return weight.value


def constant(array: np.ndarray, ctx: Context, key: str = "constant") -> nn.WeightOp:
    """An operator that gives an array, for a pass to insert.

    Args:
        array: of float32, int8, int16 or int32; other reals and integers become
            float32 and int32.
        ctx: whose weights the array is added to.
        key: under which it is kept, or near it.

    Raises:
        AipuError: the context carries no weights.
    """
    if array.dtype.name not in ELEMENTS:
        array = array.astype("float32" if array.dtype.kind == "f" else "int32")
    type = TensorType(ELEMENTS[array.dtype.name], array.shape)
    return nn.WeightOp(weights_of(ctx).add(key, array), type)


def scale_of(value: SSAValue, store: WeightStore) -> np.ndarray | None:
    """What the elements of a weight are multiples of, if the model says it."""
    weight = value.owner
    if not isinstance(weight, nn.WeightOp) or weight.scale is None:
        return None
    return store[weight.scale.data]


def has_scale(value: SSAValue) -> bool:
    """Whether the model says what the elements of a weight are multiples of."""
    return isinstance(value.owner, nn.WeightOp) and value.owner.scale is not None


def key_of(value: SSAValue) -> str:
    """The key of a weight."""
    if not isinstance(value.owner, nn.WeightOp):
        raise AipuError(f"expected a weight, found a computed {value.type}")
    return value.owner.key.data
