"""Files and folders that are written whole or not at all."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp

from ..errors import AipuError
from ..whole_file import whole_file


def write_file(path: Path, data: bytes) -> None:
    """Write a whole file, or none.

    Raises:
        AipuError: `path` cannot be written.
    """
    with whole_file(path) as beside:
        beside.write_bytes(data)


def read_file(path: Path) -> bytes:
    """The bytes of a file.

    Raises:
        AipuError: it is missing or cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        message = f"cannot read the file: {error.strerror or error}"
        raise AipuError(message, place=str(path)) from error


def read_text(path: Path) -> str:
    """The text of a file in UTF-8.

    Raises:
        AipuError: it is missing, cannot be read, or is not text.
    """
    try:
        return read_file(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"not a text in UTF-8: {error.reason} at byte {error.start}"
        raise AipuError(message, place=str(path)) from error


@contextmanager
def whole_folder(path: Path, marker: str) -> Iterator[Path]:
    """A new folder to write to; in the end it replaces `path`.

    A folder is only ever replaced by another of its kind: it must be empty, or hold a
    file called `marker`. An error in the block leaves `path` as it was.

    Raises:
        AipuError: `path` is something else, or its parent cannot be written to.
    """
    check_folder(path, marker)
    parent = path.resolve().parent
    try:
        with TemporaryDirectory(prefix=".aipu-", dir=parent) as around:
            beside = Path(around) / "new"
            beside.mkdir()
            yield beside
            if path.exists():
                path.rename(Path(around) / "old")
            beside.rename(path)
    except OSError as error:
        raise AipuError(
            f"cannot write the folder: {error.strerror or error}", place=str(path)
        ) from error


def check_folder(path: Path, marker: str) -> None:
    """Refuse what `whole_folder` would refuse, before any work is done.

    Raises:
        AipuError: as `whole_folder`.
    """
    if path.exists() and not path.is_dir():
        raise AipuError("expected a folder, found a file", place=str(path))
    if path.is_dir() and any(path.iterdir()) and not (path / marker).is_file():
        raise AipuError(
            f"the folder is not empty, and has no {marker}",
            place=str(path),
            remedy="name a new folder, or one that may be replaced",
        )
    parent = path.resolve().parent
    try:
        Path(mkdtemp(prefix=".aipu-", dir=parent)).rmdir()
    except OSError as error:
        raise AipuError(
            f"cannot write here: {error.strerror or error}",
            place=str(path),
            remedy=f"is '{parent}' a folder that you may write to?",
        ) from error
