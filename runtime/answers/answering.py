"""Outputs in words: the best classes, or the objects, of every frame."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from ...dialects.semantics.real.detection import suppressed
from .record import Boxes, Classes, Meaning


class Named(NamedTuple):
    """A class by number and label, and its score."""

    number: int
    label: str
    score: float


class Found(NamedTuple):
    """An object: its class, its score, and its sides from 0 to 1 of what is seen."""

    number: int
    label: str
    score: float
    left: float
    top: float
    right: float
    bottom: float


Answers = Sequence[Sequence[Named]] | Sequence[Sequence[Found]]
"""For each frame what is there, the best first."""


def answers(meaning: Meaning, outputs: Mapping[str, np.ndarray]) -> Answers:
    """What outputs mean.

    Args:
        meaning: as a package has it.
        outputs: of a run, by their names.
    """
    if isinstance(meaning, Classes):
        return [_named(meaning, frame) for frame in outputs[meaning.output]]
    boxes = outputs[meaning.boxes]
    if not meaning.scores:
        return _rows(meaning, boxes)
    return [
        _boxes(meaning, corners, *of_classes(meaning, outputs, frame))
        for frame, corners in enumerate(boxes)
    ]


def of_classes(
    meaning: Boxes, outputs: Mapping[str, np.ndarray], frame: int
) -> tuple[np.ndarray, np.ndarray]:
    """Of a frame the scores, and the class of each, [boxes, columns] both."""
    scores = outputs[meaning.scores][frame]
    scores = scores.reshape(len(scores), -1)
    numbers = np.broadcast_to(np.arange(scores.shape[1]), scores.shape)
    if meaning.classes:
        numbers = outputs[meaning.classes][frame].reshape(-1, 1).astype(np.int64)
    return scores, numbers


def _named(meaning: Classes, frame: np.ndarray) -> list[Named]:
    scores = frame.reshape(-1).astype(np.float64)
    if meaning.softmax:
        scores = np.exp(scores - scores.max())
        scores /= scores.sum()
    best = np.argsort(-scores, kind="stable")[: meaning.top].tolist()
    return [Named(each, meaning.label(each), float(scores[each])) for each in best]


def _boxes(
    meaning: Boxes, corners: np.ndarray, scores: np.ndarray, numbers: np.ndarray
) -> list[Found]:
    """The objects of a frame: class by class, without what a better one overlaps."""
    if meaning.order == "yxyx":
        corners = corners[:, [1, 0, 3, 2]]
    found: list[Found] = []
    for number in np.unique(numbers).tolist():
        if meaning.background and number == 0:
            continue
        of_it = np.where(numbers == number, scores, -np.inf).max(1)
        taken = suppressed(corners, of_it, len(of_it), meaning.least, meaning.overlap)
        found += [_found(meaning, number, of_it[each], corners[each]) for each in taken]
    return _best_first(found)


def _rows(meaning: Boxes, rows: np.ndarray) -> list[list[Found]]:
    """The objects of all frames that a network has chosen itself."""
    if rows.shape[-1] == 6:
        frames = list(rows.reshape(len(rows), -1, 6))
    else:
        rows = rows.reshape(-1, 7)
        count = int(rows[:, 0].max(initial=0)) + 1
        frames = [rows[rows[:, 0] == frame, 1:] for frame in range(count)]
    return [
        _best_first(
            [
                _found(meaning, int(row[0]), row[1], row[2:])
                for row in frame
                if row[1] >= meaning.least and not (meaning.background and row[0] == 0)
            ]
        )
        for frame in frames
    ]


def _found(meaning: Boxes, number: int, score: np.floating, sides: np.ndarray) -> Found:
    return Found(number, meaning.label(number), float(score), *map(float, sides))


def _best_first(found: Sequence[Found]) -> list[Found]:
    return sorted(found, key=lambda each: -each.score)
