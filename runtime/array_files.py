"""Arrays in files: `.npy` in for the inputs of a network, out for its outputs."""

from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import quote

import numpy as np

from ..errors import AipuError
from ..passes.quantising.calibration.array_file import read_array
from .files import whole_file


def read_arrays(files: Iterable[tuple[str, Path]]) -> dict[str, np.ndarray]:
    """The arrays of `.npy` files by name.

    Raises:
        AipuError: a file is missing or none, or a name is given twice.
    """
    arrays: dict[str, np.ndarray] = {}
    for name, path in files:
        if name in arrays:
            raise AipuError(f"the input '{name}' is given twice")
        arrays[name] = read_array(path)
    return arrays


def write_arrays(folder: Path, arrays: Mapping[str, np.ndarray]) -> list[Path]:
    """Write each array to `<name>.npy`, all of them or none; return the files.

    What file names cannot hold is escaped as in addresses of the web: `/` is `%2F`.

    Raises:
        AipuError: the folder cannot be written to.
    """
    paths = [folder / f"{quote(name, safe=' :')}.npy" for name in arrays]
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise AipuError(
            f"cannot make this folder: {error.strerror}", place=str(folder)
        ) from error
    with ExitStack() as files:
        for path, array in zip(paths, arrays.values(), strict=True):
            beside = files.enter_context(whole_file(path))
            with beside.open("wb") as file:
                np.save(file, array, allow_pickle=False)
    return paths
