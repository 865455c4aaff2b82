"""The elements of parameters, buffers and constants: raw bytes as arrays."""

from collections.abc import Mapping
from math import prod

import numpy as np

from ...errors import AipuError
from .archive import Archive
from .schema import Extent, TensorMeta

BOOLEAN, BFLOAT16 = 12, 13

DTYPES: Mapping[int, str] = {
    1: "u1",
    2: "i1",
    3: "i2",
    4: "i4",
    5: "i8",
    6: "f2",
    7: "f4",
    8: "f8",
    BOOLEAN: "?",
    BFLOAT16: "u2",
    28: "u2",
}
"""numpy's little-endian types, by torch's codes; bfloat16 is the upper half of f4."""

REALS = {6, 7, 8, BFLOAT16}

REPEATED = 1 << 24
"""Elements of a tensor that has more of them than its file: strides of 0 repeat."""


def read_tensor(archive: Archive, name: str) -> np.ndarray:
    """A parameter, buffer or constant.

    Raises:
        AipuError: it is missing, a pickle, or does not lie within its file.
    """
    place = f"tensor '{name}'"
    if name not in archive.tensors:
        raise AipuError("its elements are not in the archive", place=place)
    payload, content = archive.tensors[name]
    if payload.use_pickle or payload.tensor_meta is None:
        raise AipuError(
            "it is stored as a pickle, which could run code; it is not read",
            place=place,
            remedy="export a module of plain tensors, without subclasses",
        )
    meta = payload.tensor_meta
    shape, strides = extents(meta.sizes, place), extents(meta.strides, place)
    (offset,) = extents([meta.storage_offset], place)
    if meta.dtype not in DTYPES:
        raise AipuError(f"elements of torch's type {meta.dtype}", place=place)
    dtype = np.dtype(DTYPES[meta.dtype]).newbyteorder("<")
    stored = len(content) // dtype.itemsize
    _check_bounds(shape, strides, offset, stored, place)
    if 0 in shape:
        return np.zeros(shape, _native(meta.dtype))
    flat = np.frombuffer(content, dtype, stored)[offset:]
    steps = [stride * dtype.itemsize for stride in strides]
    array = np.lib.stride_tricks.as_strided(flat, shape, steps, writeable=False)
    if meta.dtype == BFLOAT16:
        array = (array.astype(np.uint32) << 16).view(np.float32)
    return array.astype(_native(meta.dtype), copy=False)


def as_declared(array: np.ndarray, meta: TensorMeta | None) -> np.ndarray:
    """A computed constant with elements of the type that the program declares."""
    return array if meta is None else as_type(array, meta.dtype)


def as_type(array: np.ndarray, code: int) -> np.ndarray:
    """Elements of another type, by torch's code; of an unknown one they stay."""
    if code not in DTYPES:
        return array
    with np.errstate(invalid="ignore"):
        return array.astype(_native(code), copy=False)


def extents(sizes: list[Extent], place: str) -> tuple[int, ...]:
    """Numbers that must be known and not negative."""
    known = tuple(-1 if size.as_int is None else size.as_int for size in sizes)
    if min(known, default=0) < 0:
        raise AipuError("its extents must be known and not negative", place=place)
    return known


def _native(code: int) -> np.dtype:
    return np.dtype(np.float32 if code == BFLOAT16 else DTYPES[code])


def _check_bounds(
    shape: tuple[int, ...],
    strides: tuple[int, ...],
    offset: int,
    stored: int,
    place: str,
) -> None:
    """All elements must lie within those that are stored."""
    if len(shape) != len(strides):
        raise AipuError(
            f"strides {list(strides)} of the shape {list(shape)}", place=place
        )
    reach = (stride * (n - 1) for n, stride in zip(shape, strides, strict=True))
    if 0 not in shape and offset + sum(reach) >= stored:
        raise AipuError(
            f"its file holds {stored} elements, too few for {list(shape)}", place=place
        )
    if prod(shape) > max(stored, REPEATED):
        raise AipuError(f"{stored} elements are repeated to {list(shape)}", place=place)
