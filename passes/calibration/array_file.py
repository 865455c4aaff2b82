"""Arrays in `.npy` and `.npz` files, of which nothing but numbers is believed.

An archive may unpack to far more than a computer can hold: what it says of sizes is
looked at before anything is read. Pickles are never loaded.
"""

import zlib
from pathlib import Path
from tokenize import TokenError
from zipfile import BadZipFile, ZipFile

import numpy as np

from ...errors import AipuError

NPY, NPZ = b"\x93NUMPY", b"PK"
"""What these files begin with."""

LARGEST = 1 << 32
"""Bytes that an archive may unpack to: 7000 images of 224 x 224 in float32."""

UNREADABLE = (
    OSError,
    ValueError,
    EOFError,
    KeyError,
    MemoryError,
    NotImplementedError,
    RuntimeError,
    TokenError,
    BadZipFile,
    zlib.error,
)
"""What reading a damaged file raises; an encrypted one ends in a RuntimeError."""


def read_array(path: Path) -> np.ndarray:
    """The array of an `.npy` file.

    Raises:
        AipuError: there is no such file, or it is of another format, or damaged.
    """
    found = read_arrays(path)
    if not isinstance(found, np.ndarray):
        raise AipuError(
            "this is an .npz, which holds several arrays",
            place=str(path),
            remedy="write each array with numpy.save",
        )
    return found


def read_arrays(path: Path) -> np.ndarray | dict[str, np.ndarray]:
    """The array of an `.npy` file, or all of an `.npz` by name.

    Raises:
        AipuError: there is no such file, or it is of another format, damaged, or an
            archive that unpacks to more than `LARGEST` bytes.
    """
    try:
        with path.open("rb") as file:
            start = file.read(len(NPY))
        if start == NPY:
            return np.load(path, allow_pickle=False)
        if start.startswith(NPZ):
            return _unpacked(path)
    except FileNotFoundError:
        raise AipuError("no such file", place=str(path)) from None
    except UNREADABLE as error:
        raise _unreadable(path, _reason(error)) from error
    raise _unreadable(path, f"it begins with {start!r}")


def _unpacked(path: Path) -> dict[str, np.ndarray]:
    with ZipFile(path) as archive:
        size = sum(member.file_size for member in archive.infolist())
    if size > LARGEST:
        raise AipuError(
            f"it would unpack to {size} bytes, expected {LARGEST} at most",
            place=str(path),
            remedy="take fewer samples",
        )
    with np.load(path, allow_pickle=False) as loaded:
        return {name: loaded[name] for name in loaded.files}


def _reason(error: Exception) -> str:
    """What is wrong, without the ways around it that numpy offers its callers."""
    if "allow_pickle" in str(error):
        return "it holds Python objects, which are not loaded"
    return f"{error}"


def _unreadable(path: Path, reason: str) -> AipuError:
    return AipuError(
        f"not an .npy or .npz file, or a damaged one: {reason}",
        place=str(path),
        remedy="write numbers, with numpy.save or numpy.savez",
    )
