"""What a user says of the meaning of outputs, completed by what their shapes tell."""

from collections.abc import Iterable, Mapping, Sequence
from math import prod
from pathlib import Path
from typing import Protocol

import msgspec
from msgspec import Struct

from ...errors import AipuError, nearest
from .record import Boxes, Classes, Meaning

KINDS: Mapping[str, type[Meaning]] = {"classes": Classes, "boxes": Boxes}
ROWS = (6, 7)
"""Columns of rows that objects are, without the frame and with it."""

PLACE = "--answer"
Shapes = Mapping[str, Sequence[int]]


class Shaped(Protocol):
    """An output."""

    @property
    def shape(self) -> Sequence[int]: ...


class MeaningAsked(Struct, frozen=True):
    """Labels, and what else was said: `{"kind": "boxes", "least": "0.7"}`."""

    labels: tuple[str, ...]
    settings: Mapping[str, str]


def asked(
    labels: Path | Sequence[str] | None, said: Mapping[str, str]
) -> MeaningAsked | None:
    """What a user says; None if nothing is said.

    Args:
        labels: or a file of them, one a line, that of class 0 first.
        said: by the names of what a record holds, and its `kind`.

    Raises:
        AipuError: there is no such file, or it is none of labels.
    """
    if labels is None and not said:
        return None
    if isinstance(labels, Path | str):
        labels = read_labels(Path(labels))
    return MeaningAsked(tuple(labels or ()), said)


def read_labels(path: Path) -> list[str]:
    """The lines of a file.

    Raises:
        AipuError: it cannot be read, or has no text.
    """
    try:
        lines = path.read_text("utf-8").strip().splitlines()
    except OSError as error:
        raise AipuError(
            f"cannot read the labels: {error.strerror}", place=str(path)
        ) from None
    except UnicodeDecodeError:
        lines = []
    if not lines:
        raise AipuError("no labels: expected one a line, in UTF-8", place=str(path))
    return [line.strip() for line in lines]


def meaning(
    asked: MeaningAsked | None, outputs: Mapping[str, Shaped]
) -> Meaning | None:
    """What the outputs of a network mean.

    Args:
        asked: what the user says.
        outputs: by their names.

    Raises:
        AipuError: something unknown is said, or it does not fit the outputs.
    """
    if asked is None:
        return None
    shapes = {name: each.shape for name, each in outputs.items()}
    said = dict(asked.settings)
    usual = "boxes" if any(map(_are_boxes, shapes.values())) else "classes"
    kind = said.pop("kind", usual)
    if kind not in KINDS:
        raise AipuError(f"no kind '{kind}'", place=PLACE, remedy=nearest(kind, KINDS))
    record = KINDS[kind]
    fields = [field for field in record.__struct_fields__ if field != "labels"]
    for name in said:
        if name not in fields:
            raise AipuError(
                f"{kind} have no '{name}'", place=PLACE, remedy=nearest(name, fields)
            )
    try:
        found = msgspec.convert({**said, "kind": kind}, Meaning, strict=False)
    except msgspec.ValidationError as error:
        expected, _, name = str(error).replace("`", "").partition(" - at $.")
        raise AipuError(
            f"{name} = {said.get(name)}: {expected[0].lower()}{expected[1:]}",
            place=PLACE,
        ) from None
    found = msgspec.structs.replace(found, labels=asked.labels)
    return (
        _classes(found, shapes) if isinstance(found, Classes) else _boxes(found, shapes)
    )


def _classes(found: Classes, shapes: Shapes) -> Classes:
    output = _named("output", found.output, shapes, shapes)
    _check_labels(found, prod(shapes[output][1:]), output)
    return msgspec.structs.replace(found, output=output)


def _boxes(found: Boxes, shapes: Shapes) -> Boxes:
    of_boxes = [name for name, shape in shapes.items() if _are_boxes(shape)]
    boxes = _named("boxes", found.boxes, shapes, of_boxes)
    if shapes[boxes][-1] in ROWS:
        return msgspec.structs.replace(found, boxes=boxes)
    if shapes[boxes][-1:] != (4,) or len(shapes[boxes]) != 3:
        raise _no("boxes", shapes)
    ahead = shapes[boxes][:2]
    alike = [
        name
        for name, shape in shapes.items()
        if tuple(shape[:2]) == tuple(ahead) and name not in (boxes, found.classes)
    ]
    scores = _named("scores", found.scores, shapes, alike)
    if scores not in alike:
        raise _no("scores", shapes)
    if found.classes and found.classes not in shapes:
        raise _no("classes", shapes)
    if len(shapes[scores]) == 3:
        _check_labels(found, shapes[scores][-1], scores)
    return msgspec.structs.replace(found, boxes=boxes, scores=scores)


def _are_boxes(shape: Sequence[int]) -> bool:
    return len(shape) >= 3 and shape[-1] in (4, *ROWS)


def _named(what: str, said: str, shapes: Shapes, likely: Iterable[str]) -> str:
    """The output that is said, or else the only one that can be it."""
    if said:
        if said not in shapes:
            raise AipuError(
                f"no output '{said}'", place=PLACE, remedy=nearest(said, shapes)
            )
        return said
    if len(found := list(likely)) != 1:
        raise _no(what, shapes)
    return found[0]


def _no(what: str, shapes: Shapes) -> AipuError:
    known = ", ".join(f"{name} {list(shape)}" for name, shape in shapes.items())
    return AipuError(
        f"which output holds the {what}? There are {known}",
        place=PLACE,
        remedy=f"say it: --answer {what}=NAME",
    )


def _check_labels(found: Meaning, classes: int, output: str) -> None:
    if found.labels and len(found.labels) != classes:
        raise AipuError(
            f"{len(found.labels)} labels for the {classes} classes of '{output}'",
            place="--labels",
            remedy="a line for each class, that of class 0 first",
        )
