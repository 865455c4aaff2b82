"""Files that are written whole or not at all."""

from collections.abc import Iterator
from contextlib import contextmanager
from os.path import realpath
from pathlib import Path

from .errors import AipuError
from .work_folder import work_folder


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
        with work_folder(target.parent) as folder:
            beside = folder / target.name
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
