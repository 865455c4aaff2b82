"""Raw files of tensors: integers and NHWC, as programs on the board exchange them."""

from collections.abc import Sequence
from math import prod
from pathlib import Path

import numpy as np

from ...dialects.semantics.uniform import to_reals, to_stored
from ...errors import AipuError
from ..files import read_file, write_file
from .boundary import Raw


def read_input(
    path: Path, shape: Sequence[int], raw: Raw, *, channels_first: bool
) -> np.ndarray:
    """The elements of a raw file, of `shape`: float32, or integers of themselves.

    The file holds an element of `raw` for each, or a float32; NHWC, also where the
    input of the network has `channels_first`.

    Raises:
        AipuError: it cannot be read, or has another size.
    """
    data, count = read_file(path), prod(shape)
    size = count * raw.kind.itemsize
    if len(data) not in (size, 4 * count):
        raise AipuError(
            f"expected {size} bytes of {raw.kind}, or {4 * count} of float32, for the "
            f"input {list(shape)}, found {len(data)}",
            place=str(path),
        )
    values = _elements(data, raw) if len(data) == size else np.frombuffer(data, "<f4")
    if channels_first and len(shape) == 4:
        batch, channels, rows, columns = shape
        stored = values.reshape(batch, rows, columns, channels)
        return np.ascontiguousarray(stored.transpose(0, 3, 1, 2))
    return values.reshape(tuple(shape))


def _elements(data: bytes, raw: Raw) -> np.ndarray:
    stored = np.frombuffer(data, raw.kind.newbyteorder("<"))
    if raw.element is None:
        return stored.astype(raw.kind)
    return to_reals(stored, raw.element).astype(np.float32)


def write_output(path: Path, values: np.ndarray, raw: Raw) -> None:
    """Write the elements that stand for reals."""
    stored = values if raw.element is None else to_stored(values, raw.element)
    write_file(path, stored.astype(raw.kind.newbyteorder("<")).tobytes())
