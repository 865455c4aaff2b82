"""The model of a cfg: its format, its file, its inputs and their shapes."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from ...errors import AipuError
from ...frontends.foreign_formats import refusal
from .cfg_file import Section

IR = "compass_ir"
"""What an optimizer that is given a cfg alone reads."""

ENDINGS: Mapping[str, Sequence[str]] = {
    "tensorflow": (".pb",),
    "onnx": (".onnx",),
    "tflite": (".tflite",),
    "caffe": (".caffemodel", ".prototxt"),
    "torch": (".pt2",),
    "paddle": (".pdmodel",),
    IR: (".txt",),
}
"""What a `model_type` reads, by the endings of its files."""

LIST = re.compile(r"\[([^\[\]]*)\]")


def check_ending(model: Path, kind: str, place: str) -> None:
    """The file of a network must be of its `model_type`, and one that is read here.

    Raises:
        AipuError: it is not; where another tool can convert it, the remedy says how.
    """
    foreign = refusal(model)
    if foreign is not None:
        raise AipuError(foreign.message, place=place, remedy=foreign.remedy)
    if model.suffix not in ENDINGS[kind]:
        types = [name for name in ENDINGS if name != IR]
        raise AipuError(
            f"a model of the type '{kind}' ends in {' or '.join(ENDINGS[kind])}, "
            f"found '{model.name}'",
            place=place,
            remedy=f"set 'model_type', one of {', '.join(types)}",
        )


def shapes_of(parser: Section) -> dict[str, list[int]]:
    """`input=a,b` and `input_shape=[1,3],[4]` side by side; [] is what the model says.

    Raises:
        AipuError: there are more of the ones than of the others, or an extent is none.
    """
    names = parser.list("input")
    shapes = [
        _extents(found, parser) for found in LIST.findall(parser.text("input_shape"))
    ]
    if shapes and len(shapes) != len(names):
        raise AipuError(
            f"{len(names)} inputs and {len(shapes)} shapes",
            place=parser.place("input_shape"),
            remedy="name them in that order: input = a,b",
        )
    return dict(zip(names, shapes, strict=False)) or {name: [] for name in names}


def _extents(text: str, parser: Section) -> list[int]:
    numbers = [part.strip() for part in text.split(",") if part.strip()]
    if not all(number.isdecimal() and int(number) for number in numbers):
        raise AipuError(
            f"expected positive extents, found [{text}]",
            place=parser.place("input_shape"),
        )
    return [int(number) for number in numbers]
