"""The custom operator at the end of TFLite's object detectors."""

import struct
from collections.abc import Mapping, Sequence
from math import isfinite

from xdsl.ir import SSAValue

from ....dialects import nn
from ..node import Node

NEEDED = (
    "max_detections",
    "max_classes_per_detection",
    "num_classes",
    "nms_score_threshold",
    "nms_iou_threshold",
    "y_scale",
    "x_scale",
    "h_scale",
    "w_scale",
)
UNREADABLE = (struct.error, IndexError, KeyError, OverflowError, TypeError, ValueError)
"""What the flexbuffers package raises where a buffer is not what it says."""

Options = Mapping[str, int | float]


def detection_post_process(node: Node) -> list[SSAValue]:
    """Boxes, classes, scores and how many of them there are."""
    options = _options(node)
    regular = options.get("use_regular_nms", False)
    if options["max_classes_per_detection"] != 1 and not regular:
        raise node.unsupported("several classes for one box")
    count = int(options["max_detections"])
    ofm = nn.DetectOp(
        node.tensor(0),
        _scores(node, int(options["num_classes"])),
        node.tensor(2),
        count=count,
        per_class=int(options.get("detections_per_class", 100)) if regular else 0,
        scale=[options[f"{side}_scale"] for side in "yxhw"],
        score_threshold=options["nms_score_threshold"],
        iou_threshold=options["nms_iou_threshold"],
    )
    found = node.emit(ofm)
    images = nn.shape(found)[0]
    boxes = _columns(node, found, range(4))
    classes, scores, there = (
        node.emit(
            nn.ReshapeOp(_columns(node, found, range(at, at + 1)), (images, count))
        )
        for at in (4, 5, 6)
    )
    return [boxes, classes, scores, node.emit(nn.ReduceSumOp(there, [1], keep=False))]


def _scores(node: Node, classes: int) -> SSAValue:
    """The scores of the classes; what comes before them is the background's."""
    scores = node.tensor(1)
    extents = nn.shape(scores)
    background = extents[-1] - classes
    if len(extents) != 3 or background not in (0, 1):
        raise node.wrong(f"scores of {classes} classes in the shape {list(extents)}")
    return _columns(node, scores, range(background, extents[-1]))


def _columns(node: Node, value: SSAValue, columns: range) -> SSAValue:
    images, rows, found = nn.shape(value)
    if len(columns) == found:
        return value
    return node.emit(
        nn.SliceOp(
            value, (0, 0, columns.start), (images, rows, len(columns)), (1, 1, 1)
        )
    )


def _options(node: Node) -> Options:
    """The options of the operator, which are a map of numbers in a flexbuffer."""
    from flatbuffers import flexbuffers  # of the extra that reading such a file takes

    try:
        found: object = flexbuffers.Loads(node.source.custom_options)
    except UNREADABLE as error:
        raise node.wrong(f"its options cannot be read: {error}") from error
    if not isinstance(found, dict):
        raise node.wrong("its options are no map")
    numbers = {
        name: value
        for name, value in found.items()
        if isinstance(value, int | float) and isfinite(value)
    }
    missing: Sequence[str] = [name for name in NEEDED if name not in numbers]
    if missing:
        raise node.wrong(f"its options {missing} are missing")
    return numbers


CONVERTERS = {"TFLite_Detection_PostProcess": detection_post_process}
