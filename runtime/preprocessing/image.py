"""Images as a model takes them: resized, in its order of channels, scaled."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ...errors import AipuError
from ...frontends.preprocessing import Image

if TYPE_CHECKING:
    from PIL.Image import Image as PillowImage

LAYOUTS = {"NHWC": (0, 1, 2), "NCHW": (2, 0, 1)}
"""For each layout, where its axes are in rows, columns and channels."""

ORDERS = {"RGB": ("RGB", 1), "BGR": ("RGB", -1), "GREY": ("L", 1)}
"""For each order of channels, what Pillow calls them, and which way they are read."""

BILINEAR = 2
"""Pillow's number of it, known before Pillow is imported."""

MOST_PIXELS = 100_000_000
"""Of an image; a small file can claim many."""


def read_image(path: Path, image: Image, rows: int, columns: int) -> np.ndarray:
    """An image, scaled and in the layout of the model, without a batch.

    Raises:
        AipuError: there is no such file, or it is no image, or far too large; or Pillow
            is not installed.
    """
    pixels = _pixels(path, image, rows, columns)
    reals = pixels[..., :: ORDERS[image.channels][1]].astype(np.float64)
    mean, scale = np.array(image.mean), np.array(image.scale)
    scaled = ((reals - mean) * scale).astype(np.float32)
    return scaled.transpose(LAYOUTS[image.layout])


def crop_box(
    columns: int, rows: int, resize: int, wanted: tuple[int, int]
) -> tuple[float, float, float, float]:
    """What of an image is seen: left, top, right, bottom, in its own pixels.

    The shorter side is scaled to `resize`, then the middle of `wanted` columns and rows
    is taken; 0 takes all of the image.
    """
    if resize == 0:
        return (0, 0, columns, rows)
    factor = min(columns, rows) / resize
    width, height = (
        min(n * factor, most) for n, most in zip(wanted, (columns, rows), strict=True)
    )
    left, top = (columns - width) / 2, (rows - height) / 2
    return (left, top, left + width, top + height)


def _pixels(path: Path, image: Image, rows: int, columns: int) -> np.ndarray:
    """[rows, columns, channels] from 0 to 255, RGB or grey."""
    whole = open_image(path, ORDERS[image.channels][0])
    box = crop_box(whole.width, whole.height, image.resize, (columns, rows))
    resized = whole.resize((columns, rows), BILINEAR, box)
    return np.asarray(resized).reshape(rows, columns, -1)


def open_image(path: Path, mode: str) -> "PillowImage":
    """An image file, whose pixels are "RGB" or "L".

    Raises:
        AipuError: there is no such file, or it is no image, or far too large; or Pillow
            is not installed.
    """
    try:
        from PIL import Image as Pillow
    except ImportError:
        raise AipuError(
            "reading images needs Pillow",
            place=str(path),
            remedy="pip install 'aipu-compiler[image]'",
        ) from None
    try:
        with Pillow.open(path) as file:
            if file.width * file.height > MOST_PIXELS:
                raise AipuError(
                    f"an image of {file.width}x{file.height} pixels", place=str(path)
                )
            return file.convert(mode)
    except FileNotFoundError:
        raise AipuError("no such file", place=str(path)) from None
    except (OSError, ValueError, SyntaxError, Pillow.DecompressionBombError) as error:
        raise AipuError(f"not an image: {error}", place=str(path)) from error
