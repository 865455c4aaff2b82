"""The elements of tensors: how the schema's types lie in a file."""

from collections.abc import Mapping
from math import prod

import numpy as np

from ...dialects.nn.shapes import Shape
from ...errors import AipuError

DTYPES: Mapping[str, np.dtype] = {
    "FLOAT32": np.dtype("<f4"),
    "FLOAT16": np.dtype("<f2"),
    "FLOAT64": np.dtype("<f8"),
    "INT8": np.dtype("i1"),
    "UINT8": np.dtype("u1"),
    "INT16": np.dtype("<i2"),
    "UINT16": np.dtype("<u2"),
    "INT32": np.dtype("<i4"),
    "UINT32": np.dtype("<u4"),
    "INT64": np.dtype("<i8"),
    "UINT64": np.dtype("<u8"),
    "BOOL": np.dtype("?"),
}
"""Types whose elements lie one after another."""

NIBBLE = (-8, 7)
"""The least and the greatest INT4."""


def limits(kind: str) -> tuple[int, int] | None:
    """The least and the greatest number of a type; None if it is none of integers."""
    if kind == "INT4":
        return NIBBLE
    if kind not in DTYPES or DTYPES[kind].kind not in "iu":
        return None
    info = np.iinfo(DTYPES[kind])
    return int(info.min), int(info.max)


def elements(data: np.ndarray, kind: str, shape: Shape) -> np.ndarray:
    """The elements of a constant, as a view of the bytes that hold them.

    Raises:
        AipuError: the bytes do not fill the shape, or their type is not known.
    """
    if min(shape, default=1) < 1:
        raise AipuError(f"a constant of the shape {list(shape)}")
    count = prod(shape)
    if kind == "INT4":
        return _nibbles(_checked(data, (count + 1) // 2, shape), count).reshape(shape)
    if kind not in DTYPES:
        raise AipuError(f"a constant of {kind}, which has no numbers to compute with")
    dtype = DTYPES[kind]
    return _checked(data, count * dtype.itemsize, shape).view(dtype).reshape(shape)


def _checked(data: np.ndarray, size: int, shape: Shape) -> np.ndarray:
    if data.size != size:
        raise AipuError(
            f"the shape {list(shape)} needs {size} bytes, its buffer has {data.size}"
        )
    return data


def _nibbles(data: np.ndarray, count: int) -> np.ndarray:
    """Four bits an element with a sign, the lower half of a byte first."""
    halves = np.stack([data << 4, data], axis=-1).view(np.int8) >> 4
    return halves.reshape(-1)[:count]
