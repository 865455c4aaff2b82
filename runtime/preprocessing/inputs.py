"""The inputs of a package from files that are no arrays."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ...errors import AipuError
from ...frontends.preprocessing import Audio, Image
from ..manifest import Manifest
from .audio import features
from .image import read_image
from .resampling import resampled
from .wav_file import read_wav


class Prepared(NamedTuple):
    """Arrays for inputs by name, and what was done to the files on the way."""

    arrays: dict[str, np.ndarray]
    remarks: list[str]


def recordings(
    manifest: Manifest, files: Sequence[Path], rate: int | None = None
) -> Prepared:
    """The input that takes recordings, made of `.wav` files, one for each of a batch.

    Args:
        manifest: of the package.
        files: recordings of any rate and any number of channels.
        rate: that the network was trained on; None: what its clips suggest.

    Raises:
        AipuError: the package takes none, or other ones.
    """
    for name, audio in manifest.preprocessing.items():
        if isinstance(audio, Audio):
            remarks: list[str] = []
            made = [
                recorded(audio, file, rate or audio.rate, remarks) for file in files
            ]
            return Prepared(_batch(manifest, name, made), remarks)
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


def recorded(
    audio: Audio, file: Path, wanted: int | None, remarks: list[str]
) -> np.ndarray:
    """The features of a `.wav` file at the rate `wanted`, without a batch.

    What is done to it on the way is added to `remarks`.
    """
    found = read_wav(file, audio.samples, wanted)
    if found.channels > 1:
        remarks.append(f"{file}: the mean of its {found.channels} channels is taken")
    if wanted is None:
        remarks.append(
            f"{file}: taken at its {found.rate} Hz, as the model does not say a rate "
            "(--rate does)"
        )
        return features(audio, found.samples, found.rate)[0]
    if found.rate != wanted:
        remarks.append(
            f"{file}: resampled from {found.rate} to {wanted} Hz (--rate says another)"
        )
    samples = resampled(found.samples, found.rate, wanted)
    return features(audio, samples, wanted)[0]


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
