"""One array in an `.npy` file."""

from pathlib import Path

import numpy as np

from ...dialects.semantics.stored_arrays import UNREADABLE, read_arrays
from ...errors import AipuError


def read_array(path: Path) -> np.ndarray:
    """The array of an `.npy` file.

    Raises:
        AipuError: there is no such file, or it is of another format, or damaged.
    """
    try:
        array = read_arrays(path)
    except FileNotFoundError:
        raise AipuError("no such file", place=str(path)) from None
    except UNREADABLE as error:
        raise AipuError(
            f"not an .npy file, or a damaged one: {error}",
            place=str(path),
            remedy="write it with numpy.save",
        ) from error
    if not isinstance(array, np.ndarray):
        raise AipuError(
            "this is an .npz, which holds several arrays",
            place=str(path),
            remedy="write each array with numpy.save",
        )
    return array
