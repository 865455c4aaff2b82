"""What a package says of the preprocessing of its inputs."""

from collections.abc import Mapping

import msgspec

from ...errors import AipuError
from ...frontends.preprocessing import Image, Preprocessing
from ..manifest import TensorInfo
from .image import ORDERS


def preprocessing(
    found: Mapping[str, Preprocessing],
    image: Image | None,
    inputs: Mapping[str, TensorInfo],
) -> dict[str, Preprocessing]:
    """How inputs are made: what the model says, and `image` for what takes images.

    Args:
        found: in the model, by the names of inputs.
        image: what the user says; its layout follows from the input.
        inputs: of the network.

    Raises:
        AipuError: no input takes images, or not such ones.
    """
    if image is None:
        return dict(found)
    for name, info in inputs.items():
        layout = _layout(info)
        if name not in found and layout is not None:
            _check(image, info.shape[layout.index("C")])
            return {**found, name: msgspec.structs.replace(image, layout=layout)}
    shapes = ", ".join(f"{name} {list(info.shape)}" for name, info in inputs.items())
    raise AipuError(f"no input takes images: {shapes}", place="--mean, --scale")


def _layout(info: TensorInfo) -> str | None:
    """The layout of an input of 1 or 3 channels; None if it is none of images."""
    if len(info.shape) != 4:
        return None
    if info.shape[3] in (1, 3):
        return "NHWC"
    return "NCHW" if info.shape[1] in (1, 3) else None


def _check(image: Image, channels: int) -> None:
    """Every channel has its numbers.

    Raises:
        AipuError: there are too many of them, or too few.
    """
    expected = 1 if image.channels == "GREY" else 3
    if image.channels not in ORDERS or channels != expected:
        raise AipuError(
            f"{image.channels} images for an input of {channels} channels",
            place="--channels",
            remedy=f"known: {', '.join(ORDERS)}",
        )
    for option, numbers in (("--mean", image.mean), ("--scale", image.scale)):
        if len(numbers) not in (1, channels):
            raise AipuError(
                f"{len(numbers)} numbers for {channels} channels", place=option
            )
