"""The constants of an IR: one flat little-endian file, cut up by the layers' text.

A constant `weights` of a layer is said by four keys:

    weights_type=int8
    weights_offset=384        in bytes
    weights_size=14112        in bytes
    weights_shape=[96,7,7,3]
"""

from collections.abc import Mapping
from math import prod

import numpy as np

from ...errors import AipuError
from .block import Block
from .values import value_text

TYPES: Mapping[str, np.dtype] = {
    name: np.dtype(name).newbyteorder("<")
    for name in (
        "int8",
        "uint8",
        "int16",
        "uint16",
        "int32",
        "uint32",
        "int64",
        "uint64",
        "float16",
        "float32",
        "float64",
        "bool",
    )
}
NAMES = {kind.newbyteorder("="): name for name, kind in TYPES.items()}


def has_constant(layer: Block, name: str) -> bool:
    """Whether a layer has a constant of this name."""
    return f"{name}_offset" in layer


def read_constant(layer: Block, name: str, data: bytes) -> np.ndarray:
    """A constant of a layer, read-only.

    Raises:
        AipuError: it lies outside of the file, or its size is not that of its shape.
    """
    kind = layer.text(f"{name}_type")
    if kind not in TYPES:
        raise layer.wrong(
            f"{name}_type", f"expected one of {', '.join(TYPES)} for a constant"
        )
    shape = layer.integers(f"{name}_shape")
    offset, size = layer.integer(f"{name}_offset"), layer.integer(f"{name}_size")
    if min(shape, default=0) < 0 or prod(shape) * TYPES[kind].itemsize != size:
        raise layer.wrong(
            f"{name}_size",
            f"{kind} of the shape {shape} takes {prod(shape) * TYPES[kind].itemsize} "
            "bytes",
        )
    if offset < 0 or offset + size > len(data):
        raise layer.wrong(
            f"{name}_offset",
            f"{size} bytes from there on, in a file of {len(data)} bytes",
        )
    count = size // TYPES[kind].itemsize
    array = np.frombuffer(data, TYPES[kind], count, offset).reshape(shape)
    return array.astype(array.dtype.newbyteorder("="), copy=False)


class ConstantWriter:
    """Builds the file of constants, one after another."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []
        self.size = 0

    def add(self, name: str, array: np.ndarray) -> dict[str, str]:
        """Append a constant; return the four keys that say where it is."""
        kind = array.dtype.newbyteorder("=")
        if kind not in NAMES:
            raise AipuError(f"the constant '{name}' holds {array.dtype} elements")
        data = array.astype(kind.newbyteorder("<")).tobytes()
        offset = self.size
        self.parts.append(data)
        self.size += len(data)
        return {
            f"{name}_type": NAMES[kind],
            f"{name}_offset": str(offset),
            f"{name}_size": str(len(data)),
            f"{name}_shape": value_text(list(array.shape)),
        }

    def data(self) -> bytes:
        """The whole file."""
        return b"".join(self.parts)
