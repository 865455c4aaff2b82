"""Raw files of tensors: int8 and NHWC, as programs on the board exchange them."""

from collections.abc import Sequence
from math import prod
from pathlib import Path

import numpy as np

from ...dialects.quant import UniformType
from ...dialects.semantics.real.onnx_node import kind_of
from ...dialects.semantics.uniform import to_reals, to_stored
from ...errors import AipuError
from ..files import read_file, write_file


def read_input(
    path: Path, shape: Sequence[int], element: UniformType, *, channels_first: bool
) -> np.ndarray:
    """The reals of a raw file, float32 of `shape`.

    The file holds an integer of `element` for each, or a float32; NHWC, also where the
    input of the network has `channels_first`.

    Raises:
        AipuError: it cannot be read, or has another size.
    """
    data, count, kind = read_file(path), prod(shape), kind_of(element.storage)
    size = count * kind.itemsize
    if len(data) not in (size, 4 * count):
        raise AipuError(
            f"expected {size} bytes of {kind}, or {4 * count} of float32, for the "
            f"input {list(shape)}, found {len(data)}",
            place=str(path),
        )
    if len(data) == size:
        values = to_reals(np.frombuffer(data, kind.newbyteorder("<")), element)
    else:
        values = np.frombuffer(data, "<f4")
    if channels_first and len(shape) == 4:
        batch, channels, rows, columns = shape
        stored = values.reshape(batch, rows, columns, channels)
        return stored.transpose(0, 3, 1, 2).astype(np.float32)
    return values.reshape(tuple(shape)).astype(np.float32)


def write_output(path: Path, values: np.ndarray, element: UniformType) -> None:
    """Write the int8 that stand for reals."""
    write_file(path, to_stored(values, element).astype(np.int8).tobytes())
