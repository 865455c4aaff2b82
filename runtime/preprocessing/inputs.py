"""The inputs of a package from files that are no arrays."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ...errors import AipuError
from ...frontends.preprocessing import Audio, Image
from ..manifest import Manifest
from .audio import features
from .image import read_image
from .wav_file import read_wav


def recordings(manifest: Manifest, files: Sequence[Path]) -> dict[str, np.ndarray]:
    """The input that takes recordings, made of `.wav` files, one for each of a batch.

    Raises:
        AipuError: the package takes none, or other ones.
    """
    for name, audio in manifest.preprocessing.items():
        if isinstance(audio, Audio):
            arrays = [recorded(audio, file) for file in files]
            return _batch(manifest, name, arrays)
    raise AipuError(
        "this package takes no recordings",
        place="--audio",
        remedy="give an array: --input NAME=X.npy",
    )


def images(manifest: Manifest, files: Sequence[Path]) -> dict[str, np.ndarray]:
    """The input that takes images, made of image files, one for each of a batch.

    Raises:
        AipuError: the package does not say how, or an image cannot be read.
    """
    for name, image in manifest.preprocessing.items():
        if isinstance(image, Image):
            shape = manifest.inputs[name].shape
            rows, columns = shape[2:] if image.layout == "NCHW" else shape[1:3]
            arrays = [read_image(file, image, rows, columns) for file in files]
            return _batch(manifest, name, arrays)
    raise AipuError(
        "this package does not say how images are scaled",
        place="--image",
        remedy="build it again with --mean, --scale, --channels and --resize",
    )


def recorded(audio: Audio, file: Path) -> np.ndarray:
    """The features of a `.wav` file, without a batch."""
    recording, rate = read_wav(file, audio.samples)
    return features(audio, recording, rate)[0]


def _batch(
    manifest: Manifest, name: str, arrays: Sequence[np.ndarray]
) -> dict[str, np.ndarray]:
    shape = manifest.inputs[name].shape
    if len(arrays) != shape[0]:
        raise AipuError(
            f"{len(arrays)} files for a batch of {shape[0]}", place=f"input '{name}'"
        )
    array = np.stack(arrays)
    if array.shape != shape:
        raise AipuError(
            f"expected shape {list(shape)}, found {list(array.shape)}",
            place=f"input '{name}'",
        )
    return {name: array}
