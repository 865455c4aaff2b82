"""The two files of an IR: `net.txt` and `net.bin` beside it."""

from dataclasses import dataclass
from pathlib import Path

from ...errors import AipuError
from .text import Text, read_text


@dataclass(frozen=True)
class NetworkFile:
    """An IR: its text, and the file of its constants, `data`; None if there is none."""

    name: str
    text: Text
    data: bytes | None
    data_file: Path


def read_network(path: Path, constants: Path | None = None) -> NetworkFile:
    """Both files of the IR whose text is at `path`.

    The file of constants is the one that is given here; else the one that the header
    names as `model_bin`, relative to its own folder; else the one beside the text with
    the ending `.bin`.

    Raises:
        AipuError: the text is missing, too damaged to read, or no IR.
    """
    try:
        text = read_text(path.read_bytes().decode(), str(path))
    except UnicodeDecodeError:
        raise AipuError(
            "expected the text of an IR, in UTF-8", place=str(path)
        ) from None
    except OSError as error:
        raise AipuError(f"cannot read: {error.strerror}", place=str(path)) from None
    beside = path.with_suffix(".bin")
    named = path.parent / text.header.text("model_bin", beside.name)
    found = constants or next((f for f in (named, beside) if f.is_file()), None)
    data = None
    if found is not None:
        try:
            data = found.read_bytes()
        except OSError as error:
            raise AipuError(
                f"cannot read: {error.strerror}", place=str(found)
            ) from None
    name = text.header.text("model_name", path.stem)
    return NetworkFile(name, text, data, found or named)
