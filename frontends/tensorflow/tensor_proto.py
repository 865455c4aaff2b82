"""Constants in a graph: a TensorProto as an array.

Source: tensorflow/core/framework/tensor.proto and types.proto.
"""

from collections.abc import Callable
from enum import Enum
from math import prod

import numpy as np

from ..limits import LARGEST
from .wire import Message, WireError

Shape = tuple[int | None, ...]
"""Extents, None for one that the graph leaves open."""


class DataType(Enum):
    """What the elements of a tensor are, by the number that files have."""

    UNKNOWN = 0
    FLOAT = 1
    DOUBLE = 2
    INT32 = 3
    UINT8 = 4
    INT16 = 5
    INT8 = 6
    STRING = 7
    COMPLEX64 = 8
    INT64 = 9
    BOOL = 10
    QINT8 = 11
    QUINT8 = 12
    QINT32 = 13
    BFLOAT16 = 14
    QINT16 = 15
    QUINT16 = 16
    UINT16 = 17
    COMPLEX128 = 18
    HALF = 19
    RESOURCE = 20
    VARIANT = 21
    UINT32 = 22
    UINT64 = 23


REALS = {DataType.FLOAT, DataType.DOUBLE, DataType.HALF, DataType.BFLOAT16}
"""Element types that become `f32`."""

Values = Callable[[Message], np.ndarray]


def _integers(number: int) -> Values:
    return lambda proto: np.array(proto.integers(number), np.int64)


def _reals(number: int, dtype: str) -> Values:
    return lambda proto: proto.reals(number, np.dtype(dtype))


def _texts(proto: Message) -> np.ndarray:
    return np.array([bytes(text) for text in proto.views(8)], object)


def _halves(proto: Message) -> np.ndarray:
    return np.array(proto.integers(13), np.int64).astype(np.uint16)


ELEMENTS: dict[DataType, tuple[str, Values]] = {
    DataType.FLOAT: ("<f4", _reals(5, "<f4")),
    DataType.DOUBLE: ("<f8", _reals(6, "<f8")),
    DataType.INT32: ("<i4", _integers(7)),
    DataType.UINT8: ("u1", _integers(7)),
    DataType.INT16: ("<i2", _integers(7)),
    DataType.INT8: ("i1", _integers(7)),
    DataType.STRING: ("O", _texts),
    DataType.INT64: ("<i8", _integers(10)),
    DataType.BOOL: ("?", _integers(11)),
    DataType.BFLOAT16: ("<u2", _halves),
    DataType.UINT16: ("<u2", _integers(7)),
    DataType.HALF: ("<u2", _halves),
    DataType.UINT32: ("<u4", _integers(16)),
    DataType.UINT64: ("<u8", _integers(17)),
}
"""For each type: how numpy holds the elements in the file, and where they are if they
are not one run of bytes."""


def data_type(number: int) -> DataType:
    """The type of a number.

    Raises:
        WireError: it is none.
    """
    try:
        return DataType(number)
    except ValueError:
        raise WireError(f"no data type has the number {number}") from None


def read_shape(proto: Message) -> Shape | None:
    """The extents of a TensorShapeProto; None if not even their number is known."""
    if proto.integer(3):
        return None
    extents = [extent.integer(1) for extent in proto.messages(2)]
    return tuple(None if extent < 0 else extent for extent in extents)


def read_tensor(proto: Message) -> np.ndarray:
    """The elements of a constant.

    Raises:
        WireError: they do not fill its shape, or are of a type that has no elements.
    """
    kind = data_type(proto.integer(1))
    shape = [extent.integer(1) for extent in proto.message(2).messages(2)]
    if kind not in ELEMENTS:
        raise WireError(f"a constant of {kind.name.lower()}")
    if min(shape, default=0) < 0:
        raise WireError(f"a constant of the shape {shape}")
    dtype, values = ELEMENTS[kind]
    content = proto.view(4)
    if len(content):
        return _converted(_of_bytes(content, np.dtype(dtype), shape), kind)
    return _converted(_filled(values(proto), np.dtype(dtype), shape), kind)


def _of_bytes(content: memoryview, dtype: np.dtype, shape: list[int]) -> np.ndarray:
    if dtype.hasobject or len(content) != prod(shape) * dtype.itemsize:
        raise WireError(f"{len(content)} bytes for a constant of the shape {shape}")
    return np.frombuffer(content, dtype).reshape(shape)


def _filled(values: np.ndarray, dtype: np.dtype, shape: list[int]) -> np.ndarray:
    """Values that are left out are as the last one that is not."""
    size = prod(shape)
    values = values.astype(dtype)
    if len(values) > size:
        raise WireError(f"{len(values)} values for a constant of the shape {shape}")
    if size > LARGEST and len(values) < size:
        raise WireError(f"a constant of {size} elements, written as {len(values)}")
    if len(values) <= 1:
        single = values[0] if len(values) else np.zeros((), dtype)[()]
        return np.full(shape, single, dtype)
    rest = np.full(size - len(values), values[-1], dtype)
    return np.concatenate([values, rest]).reshape(shape)


def _converted(array: np.ndarray, kind: DataType) -> np.ndarray:
    """Halves are stored as their bits."""
    if kind is DataType.HALF:
        return array.view(np.float16)
    if kind is DataType.BFLOAT16:
        return (array.astype(np.uint32) << 16).view(np.float32)
    return array
