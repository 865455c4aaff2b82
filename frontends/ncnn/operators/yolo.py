"""The end of YOLO detectors: maps of boxes to detections.

A cell of a map [N, boxes * (5 + classes), H, W] says for each of its boxes
[tx, ty, tw, th, b, classes]:

    centre  (column + sigmoid(tx)) / W,     (row + sigmoid(ty)) / H
    size    width * e ** tw,                height * e ** th

Redmon, Farhadi 2017, "YOLO9000", section 2, and 2018, "YOLOv3", section 2.1.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from xdsl.ir import SSAValue

from ....dialects import nn
from ...layers.prior_boxes import Size
from ...layers.single_shot import columns, labelled
from ...vocabulary.arranging import arranged
from ..node import NcnnNode

MOST = 100
"""Detections: ncnn gives as many as it finds, but here a shape must be known."""

COORDINATES = 4


class Map(NamedTuple):
    """A bottom, and the sizes of its boxes in parts of the image."""

    ifm: SSAValue
    sizes: Sequence[Size]


Confidence = Callable[[NcnnNode, SSAValue, SSAValue], SSAValue]
"""Of boxes [N, A, 1] and of classes [N, A, C] to that of each class of each box."""


def yolo_v3(node: NcnnNode) -> SSAValue:
    """Each map has boxes of its own: parameter 5 chooses them, 6 scales the map."""
    sizes, count = _sizes(node), node.integer(1, 5)
    chosen = [int(number) for number in _bits_or_reals(node, 5)]
    factors = node.reals(6)
    maps: list[Map] = []
    for position, ifm in enumerate(node.bottoms):
        _, _, rows, across = nn.shape(node.image(position))
        own = chosen[position * count : (position + 1) * count]
        if len(own) < count or position >= len(factors) or factors[position] <= 0:
            raise node.wrong("its boxes are not those of its maps")
        if not all(0 <= number < len(sizes) for number in own):
            raise node.wrong(f"the boxes {own} of {len(sizes)}")
        width, height = (int(factors[position] * extent) for extent in (across, rows))
        boxes = [sizes[number] for number in own]
        maps.append(Map(ifm, [(w / width, h / height) for w, h in boxes]))
    return _detections(node, maps, of_independent_classes)


def yolo_v2(node: NcnnNode) -> SSAValue:
    """All maps have the same boxes, their sizes are in cells."""
    sizes = _sizes(node)[: node.integer(1, 5)]
    maps: list[Map] = []
    for position, ifm in enumerate(node.bottoms):
        _, _, rows, across = nn.shape(node.image(position))
        maps.append(Map(ifm, [(w / across, h / rows) for w, h in sizes]))
    return _detections(node, maps, of_exclusive_classes)


def of_independent_classes(
    node: NcnnNode, box: SSAValue, classes: SSAValue
) -> SSAValue:
    """`1 / (1 + e ** -b * (1 + e ** -c))`."""
    one = node.scalar("one", 1.0)
    of_box, of_classes = (
        node.emit(nn.ExpOp(node.emit(nn.NegOp(value)))) for value in (box, classes)
    )
    more = node.emit(nn.AddOp(of_classes, one))
    product = node.emit(nn.MulOp(more, of_box))
    return node.emit(nn.ReciprocalOp(node.emit(nn.AddOp(product, one))))


def of_exclusive_classes(node: NcnnNode, box: SSAValue, classes: SSAValue) -> SSAValue:
    """`sigmoid(b) * softmax(classes)`."""
    chances = node.emit(nn.SoftmaxOp(classes, 2))
    return node.emit(nn.MulOp(chances, node.emit(nn.SigmoidOp(box))))


def _detections(
    node: NcnnNode, maps: Sequence[Map], confidence: Confidence
) -> SSAValue:
    """[N, 100, 6]: label, score, left, top, right, bottom; then zeros."""
    classes = node.integer(0, 20)
    parts = [_candidates(node, found, classes) for found in maps]
    boxes = node.emit(nn.ConcatOp([boxes for boxes, _, _ in parts], 1))
    scores = node.emit(
        nn.ConcatOp([confidence(node, box, found) for _, box, found in parts], 1)
    )
    found = nn.DetectOp(
        boxes,
        scores,
        node.weight(f"{node.name}/anchors", np.concatenate(list(map(_anchors, maps)))),
        count=MOST,
        scale=(1.0, 1.0, 1.0, 1.0),
        score_threshold=node.real(2, 0.01),
        iou_threshold=node.real(3, 0.45),
    )
    return node.emit(nn.ConcatOp(labelled(node, node.emit(found)), 2))


def _candidates(
    node: NcnnNode, found: Map, classes: int
) -> tuple[SSAValue, SSAValue, SSAValue]:
    """Boxes as `nn.detect` reads them, their confidence, and that of their classes."""
    _, channels, rows, across = nn.shape(found.ifm)
    depth, count = COORDINATES + 1 + classes, len(found.sizes)
    if count < 1 or channels != count * depth:
        raise node.wrong(f"{channels} channels of {count} boxes in {classes} classes")
    line = "n (count depth) h w -> n (count h w) depth"
    table = arranged(node, found.ifm, line, depth=depth)
    x, y, width, height = (columns(node, table, 2, i, i + 1) for i in range(4))
    # A centre moves by parts of a cell, an anchor counts in its own size.
    cells = np.array([[1 / across, 1 / rows]]) / np.array(found.sizes)
    across_cells, row_cells = (
        node.weight(f"{node.name}/cell", cells[:, side].repeat(rows * across)[:, None])
        for side in range(2)
    )
    moved = [
        node.emit(nn.MulOp(node.emit(nn.SigmoidOp(value)), cell))
        for value, cell in ((y, row_cells), (x, across_cells))
    ]
    boxes = node.emit(nn.ConcatOp([*moved, height, width], 2))
    return boxes, columns(node, table, 2, 4, 5), columns(node, table, 2, 5, depth)


def _anchors(found: Map) -> np.ndarray:
    """[boxes * rows * columns, 4]: the first corner of a cell, the size of a box."""
    _, _, rows, across = nn.shape(found.ifm)
    y, x = np.mgrid[:rows, :across].reshape(2, -1)
    cells = np.column_stack([y / rows, x / across])
    return np.concatenate(
        [
            np.column_stack([cells, np.full(len(cells), h), np.full(len(cells), w)])
            for w, h in found.sizes
        ]
    )


def _sizes(node: NcnnNode) -> list[Size]:
    """Widths and heights, one after another in parameter 4."""
    numbers = node.reals(4)
    if not numbers or len(numbers) % 2 or min(numbers) <= 0:
        raise node.wrong("boxes must have positive widths and heights")
    return list(zip(numbers[::2], numbers[1::2], strict=True))


def _bits_or_reals(node: NcnnNode, number: int) -> list[float]:
    """Reals, which some files write as the integers of their bits."""
    words = node.reals(number)
    bits = np.array(words, np.int64).astype(np.int32).view(np.float32)
    return [
        float(real) if abs(word) > 1 << 20 else word
        for word, real in zip(words, bits, strict=True)
    ]


CONVERTERS = {
    "Yolov3DetectionOutput": yolo_v3,
    "YoloDetectionOutput": yolo_v2,
}
