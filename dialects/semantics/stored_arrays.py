"""Arrays in `.npy` and `.npz` files, read only if the file can hold what it claims.

A header of a few bytes can claim any shape, and a compressed archive be a thousand
times larger than its file; pickles could run code, and are not read.
"""

import zlib
from collections.abc import Mapping
from math import prod
from pathlib import Path
from tokenize import TokenError
from typing import IO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile

import numpy as np
from numpy.lib import format as npy

from ...pipes import refuse_pipe

MOST_BYTES = 1 << 30
"""Of the arrays in an archive whose parts are compressed."""

ENCRYPTED = 1
"""The flag of such a part of an archive."""

HEADERS = {
    (1, 0): npy.read_array_header_1_0,
    (2, 0): npy.read_array_header_2_0,
}

UNREADABLE = (
    BadZipFile,
    EOFError,
    KeyError,
    MemoryError,
    NotImplementedError,
    OSError,
    RecursionError,
    TokenError,
    ValueError,
    zlib.error,
)
"""What reading something else than such a file raises."""


def read_arrays(path: Path) -> np.ndarray | dict[str, np.ndarray]:
    """The array of an `.npy`, or those of an `.npz` by name.

    Raises:
        UNREADABLE: it is neither, damaged, or claims more than it can hold.
        AipuError: it is a pipe.
    """
    refuse_pipe(path)
    with path.open("rb") as file:
        if file.read(2) == b"PK":
            return _archive(file)
        file.seek(0)
        return _array(file, path.stat().st_size)


def read_archive(path: Path) -> dict[str, np.ndarray]:
    """The arrays of an `.npz` by name.

    Raises:
        UNREADABLE: as `read_arrays`; also if it is an `.npy`.
    """
    arrays = read_arrays(path)
    if not isinstance(arrays, Mapping):
        raise ValueError("this is one array, an .npy, and no archive of them")
    return arrays


def _archive(file: IO[bytes]) -> dict[str, np.ndarray]:
    with ZipFile(file) as archive:
        members = archive.infolist()
        size = sum(member.file_size for member in members)
        kinds = {member.compress_type for member in members}
        if not kinds <= {ZIP_STORED, ZIP_DEFLATED} or any(
            member.flag_bits & ENCRYPTED for member in members
        ):
            raise ValueError("its parts are not stored as numpy stores them")
        whole = ZIP_DEFLATED not in kinds
        most = file.seek(0, 2) if whole else MOST_BYTES
        if size > most:
            raise ValueError(
                f"its parts claim {size} bytes, and may have {most}"
                + ("" if whole else ": write it with numpy.savez, not compressed")
            )
        arrays: dict[str, np.ndarray] = {}
        for member in members:
            with archive.open(member) as stream:
                name = member.filename.removesuffix(".npy")
                arrays[name] = _array(stream, member.file_size)
        return arrays


def _array(stream: IO[bytes], size: int) -> np.ndarray:
    """The array of a stream of `size` bytes, which can be read twice."""
    version = npy.read_magic(stream)
    if version not in HEADERS:
        raise ValueError(f"version {version} of the format")
    shape, _, dtype = HEADERS[version](stream)
    if dtype.hasobject:
        raise ValueError("it holds Python objects in a pickle, which is not read")
    claimed, held = prod(shape) * dtype.itemsize, size - stream.tell()
    if claimed > held:
        raise ValueError(f"its shape {shape} needs {claimed} bytes, it has {held}")
    stream.seek(0)
    return npy.read_array(stream, allow_pickle=False)
