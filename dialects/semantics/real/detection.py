"""Finding objects among candidates, in reals."""

from collections.abc import Iterator

import numpy as np

from ... import nn
from ...nn.detection import COLUMNS

MANY = 2
"""So many candidates are sorted for each box that is wanted, at first."""

AT_ONCE = 256
"""So many at most: each of them is held to each other."""


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
        class_ = scores.argmax(1)
        score = scores[np.arange(len(scores)), class_]
        box = suppressed(corners, score, count, least, most)
        return box, class_[box], score[box]
    by_class = np.ascontiguousarray(scores.T)
    boxes = [suppressed(corners, score, per_class, least, most) for score in by_class]
    box = np.concatenate(boxes)
    class_ = np.repeat(np.arange(len(boxes)), list(map(len, boxes)))
    best = np.argsort(-scores[box, class_], kind="stable")[:count]
    return box[best], class_[best], scores[box, class_][best]


def suppressed(
    corners: np.ndarray, scores: np.ndarray, count: int, least: float, most: float
) -> np.ndarray:
    """Up to `count` boxes that overlap no better one by more than `most`."""
    taken = np.empty(0, np.int64)
    at_once = min(MANY * count, AT_ONCE)
    for order in _by_score(scores, np.flatnonzero(scores >= least), at_once):
        if len(taken):
            apart = overlaps(corners[taken], corners[order]) <= most
            order = order[apart.all(axis=0)]
        apart = overlaps(corners[order], corners[order]) <= most
        taken = np.append(taken, order[_greedy(apart, count - len(taken))])
        if len(taken) >= count:
            break
    return taken


def _greedy(apart: np.ndarray, count: int) -> list[int]:
    """Up to `count` places, each apart from all before it: of bool [n, n]."""
    taken: list[int] = []
    left = np.ones(len(apart), bool)
    for place, others in enumerate(apart):
        if len(taken) == count:
            break
        if left[place]:
            taken.append(place)
            left &= others
    return taken


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
    if len(places):
        yield _sorted(scores, places)


def _sorted(scores: np.ndarray, places: np.ndarray) -> np.ndarray:
    return places[np.argsort(-scores[places], kind="stable")]


def overlaps(boxes: np.ndarray, others: np.ndarray) -> np.ndarray:
    """The intersection of boxes [m, 4] with others [n, 4] over their union: [m, n]; 0
    of empty boxes.
    """
    top, left, bottom, right = boxes.T[:, :, None]
    above, before, below, after = others.T
    common = np.maximum(np.minimum(bottom, below) - np.maximum(top, above), 0)
    common *= np.maximum(np.minimum(right, after) - np.maximum(left, before), 0)
    area, areas = (bottom - top) * (right - left), (below - above) * (after - before)
    empty = (area <= 0) | (areas <= 0)
    union = area + areas - common
    return np.divide(common, union, out=np.zeros_like(common), where=~empty)


FUNCTIONS = {nn.DetectOp: detect}
"""A detection is of float boxes and scores; there is none on integers."""
