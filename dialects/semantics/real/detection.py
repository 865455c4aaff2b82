"""Finding objects among candidates, in reals."""

from collections.abc import Iterator

import numpy as np

from ... import nn
from ...nn.detection import COLUMNS

MANY = 2
"""So many candidates are sorted for each box that is wanted, at first."""


def detect(
    op: nn.DetectOp, boxes: np.ndarray, scores: np.ndarray, anchors: np.ndarray
) -> np.ndarray:
    """`nn.detect`, one image after another."""
    count = op.count.value.data
    ofm = np.zeros((len(boxes), count, COLUMNS), boxes.dtype)
    for image, rows in enumerate(ofm):
        corners = decoded(boxes[image], anchors, op.scale.get_values())
        box, class_, score = _best(op, corners, scores[image])
        found = len(box)
        rows[:found, :4] = corners[box]
        rows[:found, 4:] = np.column_stack([class_, score, np.ones(found)])
    return ofm


def decoded(
    boxes: np.ndarray, anchors: np.ndarray, scale: tuple[float, ...]
) -> np.ndarray:
    """Top, left, bottom and right of boxes about anchors."""
    relative = boxes / np.asarray(scale, boxes.dtype)
    centre = anchors[:, :2] + anchors[:, 2:] * relative[:, :2]
    half = anchors[:, 2:] * np.exp(relative[:, 2:]) / 2
    return np.concatenate([centre - half, centre + half], axis=1)


def _best(
    op: nn.DetectOp, corners: np.ndarray, scores: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Box, class and score of the detections, from the best to the worst."""
    count, per_class = op.count.value.data, op.per_class.value.data
    least, most = op.score_threshold.value.data, op.iou_threshold.value.data
    if not per_class:
        class_, score = scores.argmax(1), scores.max(1)
        box = suppressed(corners, score, count, least, most)
        return box, class_[box], score[box]
    boxes = [suppressed(corners, score, per_class, least, most) for score in scores.T]
    box = np.concatenate(boxes)
    class_ = np.repeat(np.arange(len(boxes)), list(map(len, boxes)))
    best = np.argsort(-scores[box, class_], kind="stable")[:count]
    return box[best], class_[best], scores[box, class_][best]


def suppressed(
    corners: np.ndarray, scores: np.ndarray, count: int, least: float, most: float
) -> np.ndarray:
    """Up to `count` boxes that overlap no better one by more than `most`."""
    taken: list[int] = []
    for order in _by_score(scores, np.flatnonzero(scores >= least), MANY * count):
        for first in taken:
            order = order[overlap(corners[first], corners[order]) <= most]
        while len(order) and len(taken) < count:
            first, *_ = order
            taken.append(first)
            order = order[1:]
            order = order[overlap(corners[first], corners[order]) <= most]
        if len(taken) >= count:
            break
    return np.array(taken, np.int64)


def _by_score(
    scores: np.ndarray, places: np.ndarray, many: int
) -> Iterator[np.ndarray]:
    """Places from the best score to the worst, equal ones in order, so many at a time:
    few are asked for, and all of them take long to sort.
    """
    while len(places) > many:
        values = scores[places]
        worst = np.partition(values, -many)[-many]
        some = values > worst
        some[np.flatnonzero(values == worst)[: many - np.count_nonzero(some)]] = True
        yield _sorted(scores, places[some])
        places = places[~some]
    yield _sorted(scores, places)


def _sorted(scores: np.ndarray, places: np.ndarray) -> np.ndarray:
    return places[np.argsort(-scores[places], kind="stable")]


def overlap(box: np.ndarray, others: np.ndarray) -> np.ndarray:
    """The intersection of a box with others over their union; 0 of empty boxes."""
    top_left = np.maximum(box[:2], others[:, :2])
    bottom_right = np.minimum(box[2:], others[:, 2:])
    common = np.prod(np.maximum(bottom_right - top_left, 0), axis=1)
    area, areas = np.prod(box[2:] - box[:2]), np.prod(others[:, 2:] - others[:, :2], 1)
    empty = (area <= 0) | (areas <= 0)
    return np.divide(
        common, area + areas - common, out=np.zeros_like(common), where=~empty
    )


FUNCTIONS = {nn.DetectOp: detect}
"""A detection is of float boxes and scores; there is none on integers."""
