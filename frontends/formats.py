"""The formats that models come in: by the ending of a file, or by what is in memory."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Protocol

import numpy as np

from ..errors import AipuError
from ..pipes import refuse_pipe
from .foreign_formats import refusal
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
        fixed: Mapping[str, np.ndarray] = ...,
    ) -> ImportedModel: ...


class PairImporter(Importer, Protocol):
    """Reads a model in two files; by default it finds the one of the weights itself."""

    def __call__(
        self,
        model: Path,
        /,
        *,
        weights: Path | None = ...,
        shapes: Mapping[str, Sequence[int]] = ...,
        inputs: Sequence[str] = ...,
        outputs: Sequence[str] = ...,
        batch: int | None = ...,
        random_weights: int | None = ...,
        fixed: Mapping[str, np.ndarray] = ...,
    ) -> ImportedModel: ...


def onnx() -> Importer:
    from .onnx.importer import import_onnx

    return import_onnx


def caffe() -> PairImporter:
    from .caffe.importer import import_caffe

    return import_caffe


def ncnn() -> PairImporter:
    from .ncnn.importer import import_ncnn

    return import_ncnn


def tensorflow() -> Importer:
    from .tensorflow.importer import import_tensorflow

    return import_tensorflow


def tflite() -> Importer:
    from .tflite.importer import import_tflite

    return import_tflite


def pytorch() -> Importer:
    from .pytorch.importer import import_pytorch

    return import_pytorch


def zhouyi_ir() -> PairImporter:
    from .zhouyi_ir.importer import import_zhouyi_ir

    return import_zhouyi_ir


PAIRS: dict[str, Callable[[], PairImporter]] = {
    ".caffemodel": caffe,
    ".param": ncnn,
    ".prototxt": caffe,
    ".txt": zhouyi_ir,
}
"""Formats with the weights in a file of their own."""

FORMATS: dict[str, Callable[[], Importer]] = {
    ".onnx": onnx,
    ".pb": tensorflow,
    ".pt2": pytorch,
    ".tflite": tflite,
    **PAIRS,
}


def importer(path: Path, weights: Path | None = None) -> Importer:
    """What reads the file at `path`, by its ending.

    Args:
        path: of the model.
        weights: the file of its weights, if the user names one.

    Raises:
        AipuError: no frontend reads such files, or they hold their weights themselves.
    """
    foreign = refusal(path)
    if foreign is not None:
        raise foreign
    if path.is_dir():
        raise AipuError(
            "a folder, and no SavedModel",
            place=str(path),
            remedy="name the file of a model; of a package, such as levels/tile.mlir",
        )
    if path.suffix not in FORMATS:
        if not path.exists():
            raise AipuError("no such file", place=str(path))
        raise AipuError(
            f"no frontend reads '{path.suffix}' files",
            place=str(path),
            remedy=f"known: {', '.join(sorted(FORMATS))}, and .mlir",
        )
    refuse_pipe(path)
    if weights is None:
        return FORMATS[path.suffix]()
    if path.suffix not in PAIRS:
        raise AipuError(
            f"'{path.suffix}' files hold their weights themselves",
            place=str(path),
            remedy="leave --weights out",
        )
    return partial(PAIRS[path.suffix](), weights=weights)
