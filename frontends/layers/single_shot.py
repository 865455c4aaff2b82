"""The end of a single-shot detector: locations, confidences and priors to detections.

Liu et al. 2016, "SSD: Single Shot MultiBox Detector", section 2.2.
"""

from dataclasses import dataclass

import numpy as np
from xdsl.ir import SSAValue

from ...dialects import nn
from ..vocabulary.moving import reshaped, taken
from .node import LayerNode


@dataclass(frozen=True)
class Choice:
    """Which detections are taken.

    top: of each class, at most so many; 0 for all.
    keep: in the end, at most so many; 0 for all.
    """

    classes: int
    score_threshold: float
    iou_threshold: float
    top: int
    keep: int


def detections(
    node: LayerNode, choice: Choice, *, variances_in_locations: bool
) -> tuple[SSAValue, SSAValue, SSAValue]:
    """Labels [N, keep, 1], scores [N, keep, 1], and left, top, right, bottom.

    The bottoms are locations [N, boxes * 4], confidences [N, boxes * classes], of which
    the first class is the background, and priors [1, 2, boxes * 4]. Rows without a
    detection are zeros: label 0 is the background.
    """
    images, priors = nn.shape(node.bottom(0))[0], nn.shape(node.bottom(2))[-1] // 4
    if choice.classes < 2 or priors < 1:
        raise node.wrong(f"{choice.classes} classes and {priors} boxes")
    locations = _reshaped(node, node.bottom(0), (images, priors, 4))
    anchors, variances = (
        _reshaped(node, columns(node, node.bottom(2), 1, row, row + 1), (-1, priors, 4))
        for row in range(2)
    )
    if not variances_in_locations:
        locations = node.emit(nn.MulOp(locations, variances))
    scores = _reshaped(node, node.bottom(1), (images, priors, choice.classes))
    found = nn.DetectOp(
        _rows_first(node, locations),
        columns(node, scores, 2, 1, choice.classes),
        _anchors(node, anchors),
        count=choice.keep or priors,
        per_class=choice.top or priors,
        scale=(1.0, 1.0, 1.0, 1.0),
        score_threshold=choice.score_threshold,
        iou_threshold=choice.iou_threshold,
    )
    return labelled(node, node.emit(found))


def labelled(node: LayerNode, found: SSAValue) -> tuple[SSAValue, SSAValue, SSAValue]:
    """Labels, scores and boxes of what `nn.detect` found; labels begin with 1."""
    there, class_ = columns(node, found, 2, 6, 7), columns(node, found, 2, 4, 5)
    labels = node.emit(nn.AddOp(class_, there))
    boxes = _rows_first(node, columns(node, found, 2, 0, 4))
    return labels, columns(node, found, 2, 5, 6), boxes


def columns(
    node: LayerNode, value: SSAValue, axis: int, start: int, end: int
) -> SSAValue:
    """The elements from start to end along one axis."""
    return taken(node, value, {axis: range(start, end)})


def _anchors(node: LayerNode, corners: SSAValue) -> SSAValue:
    """[y, x, height, width] of boxes [1, boxes, left, top, right, bottom]."""
    first, last = columns(node, corners, 2, 0, 2), columns(node, corners, 2, 2, 4)
    size = node.emit(nn.SubOp(last, first))
    half = node.emit(nn.MulOp(size, node.weight(f"{node.name}/half", np.array(0.5))))
    centre = node.emit(nn.AddOp(first, half))
    anchors = _rows_first(node, node.emit(nn.ConcatOp([centre, size], 2)))
    return reshaped(node, anchors, nn.shape(anchors)[1:])


def _rows_first(node: LayerNode, boxes: SSAValue) -> SSAValue:
    """x and y exchanged, in both halves of [N, boxes, 4]."""
    parts = [columns(node, boxes, 2, i, i + 1) for i in (1, 0, 3, 2)]
    return node.emit(nn.ConcatOp(parts, 2))


def _reshaped(node: LayerNode, value: SSAValue, shape: tuple[int, ...]) -> SSAValue:
    shape = (nn.shape(value)[0], *shape[1:])
    return reshaped(node, value, shape)
