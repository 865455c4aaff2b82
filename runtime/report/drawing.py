"""What was found in an image, drawn into it."""

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

from ...errors import AipuError
from ...frontends.preprocessing import Image
from ..answers.answering import Answers, Found, Named
from ..answers.record import Boxes
from ..manifest import Manifest
from ..preprocessing.image import crop_box, open_image

COLOURS = ("#e6194b", "#3cb44b", "#4363d8", "#f58231", "#911eb4", "#008080")
"""Of classes, by their numbers, one after another."""

THICKNESS = 150
"""How often a line fits into the shorter side."""


def require_boxes(manifest: Manifest) -> None:
    """
    Raises:
        AipuError: the package does not say where its objects are.
    """
    if not isinstance(manifest.meaning, Boxes):
        raise AipuError(
            "this package does not say where objects are",
            place="--draw",
            remedy="build it again with --answer kind=boxes",
        )


def in_pixels(answers: Answers, manifest: Manifest, files: Sequence[Path]) -> Answers:
    """The same, objects in pixels of their images, where those are there."""
    if not isinstance(manifest.meaning, Boxes) or not files:
        return answers
    records = manifest.preprocessing.items()
    (name, image), *_ = [(n, each) for n, each in records if isinstance(each, Image)]
    shape = manifest.inputs[name].shape
    rows, columns = shape[2:] if image.layout == "NCHW" else shape[1:3]
    return [
        [_moved(each, file, image, (columns, rows)) for each in frame]
        for frame, file in zip(answers, files, strict=False)
    ]


def _moved(
    found: Found | Named, file: Path, image: Image, wanted: tuple[int, int]
) -> Found:
    assert isinstance(found, Found)
    whole = open_image(file, "RGB")
    left, top, right, bottom = crop_box(whole.width, whole.height, image.resize, wanted)
    width, height = right - left, bottom - top
    return found._replace(
        left=left + width * found.left,
        top=top + height * found.top,
        right=left + width * found.right,
        bottom=top + height * found.bottom,
    )


def drawn(file: Path, found: Sequence[Found | Named]) -> bytes:
    """An image with a box and a label for each object, as PNG.

    Args:
        file: the image.
        found: objects, in its pixels.
    """
    from PIL import ImageDraw, ImageFont

    picture = open_image(file, "RGB")
    draw = ImageDraw.Draw(picture)
    line = max(2, min(picture.size) // THICKNESS)
    font = ImageFont.load_default(max(10, 6 * line))
    for each in reversed(found):
        assert isinstance(each, Found)
        colour = COLOURS[each.number % len(COLOURS)]
        left, top, right, bottom = map(round, each[3:])
        draw.rectangle(
            (left, top, max(left, right), max(top, bottom)), None, colour, line
        )
        text = f"{each.label} {100 * each.score:.0f} %"
        _, _, width, height = draw.textbbox((0, 0), text, font)
        x = max(0, min(left, picture.width - width))
        y = top - height - line if top > height + line else bottom + line
        y = max(0, min(y, picture.height - height - line))
        draw.rectangle((x, y, x + width, y + height + line), colour)
        draw.text((x, y), text, "white", font)
    data = BytesIO()
    picture.save(data, "PNG")
    return data.getvalue()
