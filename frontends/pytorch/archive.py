"""The archive that `torch.export.save` writes: a zip of JSON and raw elements.

    NAME/models/MODEL.json                          the program
    NAME/data/weights/MODEL_weights_config.json     where its weights lie, by name
    NAME/data/weights/weight_0                      the elements of a weight
    NAME/data/constants/...                         the same for constants
    NAME/data/sample_inputs/MODEL.pt                a pickle, never read

Nothing is unpickled, which could run code. torch stores all parts as they are: an
archive with compressed parts, which could be a bomb, is refused.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import NamedTuple, TypeVar
from zipfile import ZIP_STORED, BadZipFile, ZipFile

import msgspec

from ...errors import AipuError
from .schema import ExportedProgram, Payload, PayloadConfig

UNREADABLE = (BadZipFile, EOFError, NotImplementedError, OSError, RuntimeError)
"""What reading a damaged zip raises, OverflowError, ValueError and KeyError aside."""

EXPORT_AGAIN = (
    "expected a file of torch 2.9 or newer: "
    "torch.export.save(torch.export.export(module, inputs), path)"
)
SCHEMA = 8
"""The major version of the JSON."""

Decoded = TypeVar("Decoded")


class StoredTensor(NamedTuple):
    """What is said of a tensor, and the bytes of its file."""

    payload: Payload
    content: bytes


@dataclass(frozen=True)
class Archive:
    """A program, and its parameters, buffers and constants by name."""

    place: str
    program: ExportedProgram
    tensors: Mapping[str, StoredTensor]


def read_archive(source: Path | bytes, place: str) -> Archive:
    """The archive in a file, or in memory.

    Raises:
        AipuError: it cannot be read, is no exported program, or holds pickles.
    """
    parts = _parts(_content(source, place), place)
    model = _model(parts, place)
    program = _decoded(parts, f"models/{model}.json", ExportedProgram, place)
    found = program.schema_version
    if found.major != SCHEMA:
        raise AipuError(
            f"a program of schema {found.major}.{found.minor}, expected {SCHEMA}",
            place=place,
            remedy=EXPORT_AGAIN,
        )
    tensors: dict[str, StoredTensor] = {}
    for kind in ("weights", "constants"):
        file = f"data/{kind}/{model}_{kind}_config.json"
        config = _decoded(parts, file, PayloadConfig, place)
        for name, payload in config.config.items():
            content = parts.get(f"data/{kind}/{payload.path_name}", b"")
            tensors[name] = StoredTensor(payload, content)
    return Archive(place, program, tensors)


def _content(source: Path | bytes, place: str) -> bytes:
    if isinstance(source, bytes):
        return source
    try:
        return source.read_bytes()
    except FileNotFoundError:
        raise AipuError("no such file", place=place) from None
    except OSError as error:
        raise AipuError(f"cannot be read: {error.strerror}", place=place) from error


def _parts(content: bytes, place: str) -> dict[str, bytes]:
    """The parts of a zip, by their names without the first folder."""
    if content[:1] == b"\x80":
        raise AipuError(
            "this is a pickle, which could run code; it is not read",
            place=place,
            remedy=EXPORT_AGAIN,
        )
    try:
        with ZipFile(BytesIO(content)) as file:
            members = file.infolist()
            size = sum(member.file_size for member in members)
            if any(member.compress_type != ZIP_STORED for member in members):
                raise AipuError(
                    "its parts are compressed; torch stores them as they are",
                    place=place,
                    remedy=EXPORT_AGAIN,
                )
            if size > len(content):
                raise AipuError(
                    f"its parts claim {size} bytes in a file of {len(content)}",
                    place=place,
                )
            return {
                member.filename.partition("/")[2]: file.read(member)
                for member in members
            }
    except (*UNREADABLE, OverflowError, ValueError, KeyError) as error:
        raise AipuError(
            f"not a whole zip archive: {error}", place=place, remedy=EXPORT_AGAIN
        ) from error


def _model(parts: Mapping[str, bytes], place: str) -> str:
    """The name of the only model in an archive."""
    models = [
        Path(name).stem
        for name in parts
        if name.startswith("models/") and name.endswith(".json")
    ]
    if len(models) == 1:
        return models[0]
    raise AipuError(_what_else(parts, models), place=place, remedy=EXPORT_AGAIN)


def _what_else(parts: Mapping[str, bytes], models: Sequence[str]) -> str:
    """What an archive is that does not hold one program."""
    if models:
        return f"an archive of {len(models)} models, expected one"
    if any(name.startswith("code/") for name in parts):
        return "a TorchScript module, not an exported program"
    if "data.pkl" in parts:
        return "a pickle of torch.save, not an exported program"
    return "a zip without an exported program, or one of an old torch"


def _decoded(
    parts: Mapping[str, bytes], name: str, kind: type[Decoded], place: str
) -> Decoded:
    if name not in parts:
        raise AipuError(f"no '{name}' in the archive", place=place, remedy=EXPORT_AGAIN)
    try:
        return msgspec.json.decode(parts[name], type=kind)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise AipuError(f"'{name}' cannot be read: {error}", place=place) from error
