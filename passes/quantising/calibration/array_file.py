"""Arrays in `.npy` and `.npz` files; what is wrong with one is told with its name."""

from pathlib import Path

import numpy as np

from ....dialects.semantics import stored_arrays
from ....errors import AipuError


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
        AipuError: there is no such file, or it is of another format, damaged, or claims
            more than it can hold.
    """
    try:
        return stored_arrays.read_arrays(path)
    except FileNotFoundError:
        raise AipuError("no such file", place=str(path)) from None
    except stored_arrays.UNREADABLE as error:
        raise AipuError(
            f"not an .npy or .npz file, or a damaged one: {error}",
            place=str(path),
            remedy="write numbers, with numpy.save or numpy.savez",
        ) from error
