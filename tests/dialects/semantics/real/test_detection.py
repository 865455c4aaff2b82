"""Detections against the same steps in plain Python, one box after another."""

import math

import numpy as np
import pytest

from aipu.dialects import nn
from aipu.dialects.semantics.real.detection import AT_ONCE, suppressed

IMAGES, ANCHORS, CLASSES, COUNT = 2, 40, 3, 6
SCALE = (10.0, 10.0, 5.0, 5.0)
LEAST, MOST = 0.25, 0.4

Box = tuple[float, float, float, float]


def corners(box: np.ndarray, anchor: np.ndarray) -> Box:
    dy, dx, dh, dw = (part / scale for part, scale in zip(box, SCALE, strict=True))
    y, x, h, w = anchor
    height, width = h * math.exp(dh), w * math.exp(dw)
    top, left = y + h * dy - height / 2, x + w * dx - width / 2
    return (top, left, top + height, left + width)


def overlap(a: Box, b: Box) -> float:
    height = min(a[2], b[2]) - max(a[0], b[0])
    width = min(a[3], b[3]) - max(a[1], b[1])
    common = max(height, 0) * max(width, 0)
    both = sum((box[2] - box[0]) * (box[3] - box[1]) for box in (a, b))
    return common / (both - common)


def taken(boxes: list[Box], scores: list[float], count: int) -> list[int]:
    """Which boxes stay when worse ones that overlap a better one go."""
    kept: list[int] = []
    for number in sorted(range(len(boxes)), key=lambda number: -scores[number]):
        free = all(overlap(boxes[number], boxes[other]) <= MOST for other in kept)
        if scores[number] >= LEAST and free and len(kept) < count:
            kept.append(number)
    return kept


def detections(boxes: list[Box], scores: np.ndarray, per_class: int) -> list[tuple]:
    if not per_class:
        best = scores.max(axis=1).tolist()
        kept = taken(boxes, best, COUNT)
        return [(*boxes[n], scores[n].argmax(), best[n], 1.0) for n in kept]
    found = [
        (*boxes[number], class_, scores[number, class_], 1.0)
        for class_ in range(CLASSES)
        for number in taken(boxes, scores[:, class_].tolist(), per_class)
    ]
    return sorted(found, key=lambda row: -row[5])[:COUNT]


@pytest.mark.parametrize("levels", [None, 8, 2])
@pytest.mark.parametrize("crowded", [False, True])
@pytest.mark.parametrize("per_class", [0, 1, 4])
def test_detections(run, generator, per_class, crowded, levels):
    """Also where boxes lie on each other, so that many go, and where scores are equal,
    so that the first counts.
    """
    boxes = generator.normal(size=(IMAGES, ANCHORS, 4)) * (0.01 if crowded else 1)
    scores = generator.uniform(size=(IMAGES, ANCHORS, CLASSES))
    if levels is not None:
        scores = np.ceil(scores * levels) / levels
    anchors = generator.uniform(0.1, 0.6, (ANCHORS, 4))
    if crowded:
        anchors[: ANCHORS - 8] = anchors[0]

    ofm = run(
        lambda *operands: nn.DetectOp(
            *operands,
            count=COUNT,
            per_class=per_class,
            scale=SCALE,
            score_threshold=LEAST,
            iou_threshold=MOST,
        ),
        *(boxes, scores, anchors),
    )

    for image in range(IMAGES):
        decoded = [corners(*pair) for pair in zip(boxes[image], anchors, strict=True)]
        expected = detections(decoded, scores[image], per_class)
        found = len(expected)
        assert np.allclose(ofm[image, :found], expected)
        assert not ofm[image, found:].any()


@pytest.mark.parametrize("count", [3, 150, 700])
def test_more_boxes_than_are_looked_at_at_once(generator, count):
    """Also where most go, so that worse and worse ones come after them."""
    many = 2 * AT_ONCE + 40
    low = generator.uniform(0, 2, (many, 2))
    boxes = np.hstack([low, low + generator.uniform(0.1, 0.4, (many, 2))])
    scores = np.ceil(generator.uniform(size=many) * 50) / 50
    found = suppressed(boxes, scores, count, LEAST, MOST)
    assert found.tolist() == taken([*map(tuple, boxes)], scores.tolist(), count)
