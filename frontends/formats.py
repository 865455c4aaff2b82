"""The formats that models come in: by the ending of a file, or by what is in memory."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from ..errors import AipuError
from .model import ImportedModel


class Importer(Protocol):
    """Reads a model; raises an AipuError where it cannot."""

    def __call__(
        self,
        model: Path,
        /,
        *,
        shapes: Mapping[str, Sequence[int]] = ...,
        inputs: Sequence[str] = ...,
        outputs: Sequence[str] = ...,
        batch: int | None = ...,
        random_weights: int | None = ...,
    ) -> ImportedModel: ...


def onnx() -> Importer:
    from .onnx.importer import import_onnx

    return import_onnx


def tensorflow() -> Importer:
    from .tensorflow.importer import import_tensorflow

    return import_tensorflow


def tflite() -> Importer:
    from .tflite.importer import import_tflite

    return import_tflite


FORMATS: dict[str, Callable[[], Importer]] = {
    ".onnx": onnx,
    ".pb": tensorflow,
    ".tflite": tflite,
}


def importer(path: Path) -> Importer:
    """What reads the file at `path`, by its ending.

    Raises:
        AipuError: no frontend reads such files.
    """
    if path.suffix not in FORMATS:
        raise AipuError(
            f"no frontend reads '{path.suffix}' files",
            place=str(path),
            remedy=f"known: {', '.join(sorted(FORMATS))}, and .mlir",
        )
    return FORMATS[path.suffix]()
