"""One array in an `.npy` file."""

from pathlib import Path
from tokenize import TokenError

import numpy as np

from ...errors import AipuError


def read_array(path: Path) -> np.ndarray:
    """The array of an `.npy` file.

    Raises:
        AipuError: there is no such file, or it is of another format, or damaged.
    """
    try:
        array = np.load(path, allow_pickle=False)
    except FileNotFoundError:
        raise AipuError("no such file", place=str(path)) from None
    except (OSError, ValueError, EOFError, MemoryError, TokenError) as error:
        raise AipuError(
            f"not an .npy file, or a damaged one: {error}",
            place=str(path),
            remedy="write it with numpy.save",
        ) from error
    if not isinstance(array, np.ndarray):
        array.close()
        raise AipuError(
            "this is an .npz, which holds several arrays",
            place=str(path),
            remedy="write each array with numpy.save",
        )
    return array
