"""Files and folders that are written whole or not at all."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ..errors import AipuError, some_of
from ..pipes import refuse_pipe
from ..whole_file import whole_file
from ..work_folder import work_folder


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
        refuse_pipe(path)
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


@dataclass(frozen=True)
class FolderKind:
    """What is known of folders that may be replaced by others of their kind.

    marker: a file that each of them has.
    files: all that one may hold, by their paths in it.
    """

    marker: str
    files: frozenset[str]

    def check(self, path: Path, *, force: bool = False, option: str = "") -> None:
        """Refuse a place for such a folder, before any work is done.

        It must be free, empty, or hold a folder of the kind and nothing beside it,
        unless `force` says that what is beside it may go. `option` is how a user says
        that, if there is a way.

        Raises:
            AipuError: `path` is something else, or its parent cannot be written to.
        """
        try:
            self._check(path, force, option)
            with work_folder(path.resolve().parent):
                pass
        except OSError as error:
            raise AipuError(
                f"cannot write here: {error.strerror or error}",
                place=str(path),
                remedy=f"is '{path.parent}' a folder that you may write to?",
            ) from error

    def _check(self, path: Path, force: bool, option: str) -> None:
        if not path.exists():
            return
        if not path.is_dir():
            raise AipuError("expected a folder, found a file", place=str(path))
        found = sorted(each for each in path.rglob("*") if not each.is_dir())
        names = [each.relative_to(path).as_posix() for each in found]
        if any(path.iterdir()) and self.marker not in names:
            raise AipuError(
                f"the folder is not empty, and has no {self.marker}",
                place=str(path),
                remedy="name a new folder, or one that may be replaced",
            )
        others = [name for name in names if name not in self.files]
        if others and not force:
            raise AipuError(
                f"what stands here would be replaced, with files that are not of it: "
                f"{some_of(others)}",
                place=str(path),
                remedy="move them, or name another folder"
                + (f"; {option} deletes them" if option else ""),
            )


@contextmanager
def whole_folder(
    path: Path, kind: FolderKind, *, force: bool = False
) -> Iterator[Path]:
    """A new folder to write to; in the end it replaces `path`.

    An error in the block leaves `path` as it was.

    Raises:
        AipuError: as `FolderKind.check`.
    """
    kind.check(path, force=force)
    try:
        with work_folder(path.resolve().parent) as around:
            beside, old = around / "new", around / "old"
            beside.mkdir()
            yield beside
            if path.exists():
                path.rename(old)
            try:
                beside.rename(path)
            except OSError:
                if old.exists():
                    old.rename(path)
                raise
    except OSError as error:
        raise AipuError(
            f"cannot write the folder: {error.strerror or error}", place=str(path)
        ) from error
