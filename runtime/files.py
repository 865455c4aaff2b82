"""Files that are written whole or not at all."""

from collections.abc import Iterator
from contextlib import contextmanager
from os.path import realpath
from pathlib import Path
from tempfile import TemporaryDirectory

from ..errors import AipuError


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A path to write to; what is there in the end replaces `path`.

    with whole_file(Path("aipu.bin")) as beside:
        beside.write_bytes(data)

    An error in the block leaves `path` as it was, and nothing beside it.

    Raises:
        AipuError: `path` is a folder or a device, or its folder cannot be written to.
    """
    target = _target(path)
    try:
        with TemporaryDirectory(prefix=".aipu-", dir=target.parent) as folder:
            beside = Path(folder) / target.name
            yield beside
            beside.replace(target)
    except OSError as error:
        raise _cannot_write(path, error) from error


def _target(path: Path) -> Path:
    """The file that a path stands for, behind links."""
    target = Path(realpath(path))
    try:
        is_file = target.is_file() or not target.exists()
    except OSError as error:
        raise _cannot_write(path, error) from error
    if not is_file:
        kind = "a folder" if target.is_dir() else "not a regular file"
        raise AipuError(f"cannot write a file: this is {kind}", place=str(path))
    return target


def _cannot_write(path: Path, error: OSError) -> AipuError:
    return AipuError(
        f"cannot write the file: {error.strerror or error}",
        place=str(path),
        remedy=f"is '{path.parent}' a folder that you may write to?",
    )


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
