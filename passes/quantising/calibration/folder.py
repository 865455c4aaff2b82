"""A folder of samples: `.npy` files, in the order of their names.

    samples/0000.npy  0001.npy ...          one input
    samples/left/0000.npy ...               several inputs, a folder for each
    samples/right/0000.npy ...

A file holds one sample, or several along an axis in front.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from ....errors import AipuError
from .array_file import read_array


def read_folder(folder: Path, ranks: Mapping[str, int]) -> dict[str, np.ndarray]:
    """The samples of every input, [samples, ...].

    Args:
        folder: of files, or of folders of files.
        ranks: of the inputs by name, the network's batch counted.

    Raises:
        AipuError: a folder or file is missing, damaged, or unlike the others.
    """
    if len(ranks) == 1:
        (rank,) = ranks.values()
        return dict.fromkeys(ranks, _samples(folder, rank))
    return {name: _samples(folder / name, rank) for name, rank in ranks.items()}


def _samples(folder: Path, rank: int) -> np.ndarray:
    """The samples of one input."""
    if not folder.is_dir():
        raise AipuError(
            "no such folder of samples",
            place=str(folder),
            remedy="a network of several inputs needs a folder for each, of its name",
        )
    files = sorted(folder.glob("*.npy"))
    if not files:
        raise AipuError("there are no .npy files in this folder", place=str(folder))
    arrays = [_with_axis(read_array(file), rank) for file in files]
    _check_alike(files, arrays)
    return np.concatenate(arrays)


def _with_axis(array: np.ndarray, rank: int) -> np.ndarray:
    """An array with an axis that counts samples."""
    return array[np.newaxis] if array.ndim == rank - 1 else array


def _check_alike(files: Sequence[Path], arrays: Sequence[np.ndarray]) -> None:
    first = arrays[0]
    for file, array in zip(files, arrays, strict=True):
        if array.ndim == 0 or array.shape[1:] != first.shape[1:]:
            raise AipuError(
                f"samples of shape {list(array.shape[1:])}, those of "
                f"{files[0].name} are of shape {list(first.shape[1:])}",
                place=str(file),
            )
        if array.dtype != first.dtype:
            raise AipuError(
                f"{array.dtype}, but {files[0].name} holds {first.dtype}",
                place=str(file),
            )
