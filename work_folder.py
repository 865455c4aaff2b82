"""A folder to work in, beside what is written in the end, that is gone afterwards.

Who is killed cannot clean up. So a folder is locked while it is worked in, and whoever
makes the next one beside it removes those that nobody has locked.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp

PREFIX = ".aipu-"


@contextmanager
def work_folder(parent: Path) -> Iterator[Path]:
    """A new folder in `parent`, removed in the end with all that is in it.

    Raises:
        OSError: `parent` is no folder, or cannot be written to.
    """
    remove_leftovers(parent)
    folder, lock = _locked(parent)
    try:
        yield folder
    finally:
        rmtree(folder, ignore_errors=True)
        os.close(lock)


def remove_leftovers(parent: Path) -> None:
    """Remove the work folders that nobody works in any more."""
    for folder in sorted(parent.glob(f"{PREFIX}*")):
        with suppress(OSError):
            lock = _lock(folder)
            rmtree(folder, ignore_errors=True)
            os.close(lock)


def _locked(parent: Path) -> tuple[Path, int]:
    """A new folder and its lock; another if somebody took it for a leftover."""
    while True:
        folder = Path(mkdtemp(prefix=PREFIX, dir=parent))
        with suppress(BlockingIOError, FileNotFoundError):
            lock = _lock(folder)
            if folder.is_dir():
                return folder, lock
            os.close(lock)


def _lock(folder: Path) -> int:
    """Lock a folder until the file that is returned is closed.

    Raises:
        OSError: it is locked, or no folder.
    """
    file = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(file)
        raise
    return file
