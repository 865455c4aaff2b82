"""What is passed to the driver's calls from Python, checked.

Each function raises a `DeviceError` for what is not as it should be.
"""

from collections.abc import Mapping
from dataclasses import fields
from typing import TypeVar

import numpy as np

from .codes import Status, TensorType
from .messages import DeviceError
from .structures import LoadGraph

Data = bytes | bytearray | memoryview | np.ndarray
T = TypeVar("T")


def tensor_type(type: int) -> TensorType:
    """The type of tensors of a number."""
    try:
        return TensorType(type)
    except ValueError:
        raise DeviceError(Status.ERROR_INVALID_TENSOR_TYPE, str(type)) from None


def bytes_of(data: Data, status: Status) -> bytes:
    """The bytes of an object, in the order of its elements."""
    if isinstance(data, np.ndarray):
        return np.ascontiguousarray(data).tobytes()
    if isinstance(data, bytes | bytearray | memoryview):
        return bytes(data)
    raise DeviceError(
        status, f"expected bytes, a bytearray or an array, found {type(data).__name__}"
    )


def writable(data: bytearray | np.ndarray) -> memoryview:
    """An object's bytes, to be written."""
    if isinstance(data, np.ndarray) and not data.flags.c_contiguous:
        raise DeviceError(Status.ERROR_NULL_PTR, "an output must lie in one piece")
    if isinstance(data, np.ndarray) and data.flags.writeable:
        return data.data.cast("B")
    if isinstance(data, bytearray):
        return memoryview(data)
    raise DeviceError(
        Status.ERROR_NULL_PTR,
        f"expected a bytearray or an array to write to, found {type(data).__name__}",
    )


def expected(cfg: object, kind: type[T]) -> T:
    """A configuration of the kind that it should be."""
    if not isinstance(cfg, kind):
        raise DeviceError(
            Status.ERROR_INVALID_CONFIG,
            f"expected {kind.__name__}, found {type(cfg).__name__}",
        )
    return cfg


def check_graph_configuration(cfg: object) -> None:
    """Nothing follows from it, but it must be one, or a dictionary of its fields."""
    known = {field.name for field in fields(LoadGraph)}
    if isinstance(cfg, Mapping):
        unknown = [str(name) for name in cfg if name not in known]
        if unknown:
            detail = f"no field '{unknown[0]}', known: {', '.join(sorted(known))}"
            raise DeviceError(Status.ERROR_INVALID_CONFIG, detail)
    elif cfg is not None:
        expected(cfg, LoadGraph)


def number(arguments: Mapping[str, object], name: str) -> int:
    """A number among keyword arguments."""
    value = arguments.get(name)
    if not isinstance(value, int):
        raise DeviceError(Status.ERROR_INVALID_CONFIG, f"give a number as {name}")
    return value
