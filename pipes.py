"""Pipes are no files: to read one would wait for its writer, perhaps for ever."""

from contextlib import suppress
from pathlib import Path

from .errors import AipuError


def refuse_pipe(path: Path) -> None:
    """Nothing, if a path is a file or a folder, or whatever cannot be looked at.

    Raises:
        AipuError: it is a pipe.
    """
    with suppress(OSError):  # whoever reads it then tells what is wrong
        if path.is_fifo():
            raise AipuError(
                "expected a file, found a pipe",
                place=str(path),
                remedy="write what comes out of it to a file before",
            )
