"""Layers of detectors: the boxes that predictions are relative to, the detections."""

import numpy as np
from xdsl.ir import SSAValue

from ....dialects import nn
from ...layers.prior_boxes import PriorBoxes, Size, box_sizes
from ...layers.single_shot import Choice, detections
from ..node import CaffeNode
from ..schema import Fields


def prior_box(node: CaffeNode) -> SSAValue:
    """A constant [1, 2, boxes * 4] for a map and an image, the second bottom."""
    given = node.parameters("prior_box")
    smallest, largest = given.reals("min_size"), given.reals("max_size")
    ratios = given.reals("aspect_ratio")
    if not smallest or min(*smallest, *largest, *ratios) <= 0:
        raise node.wrong("boxes must have positive sizes and ratios")
    _, _, rows, columns = node.image(0)
    _, _, height, width = node.image(1)
    if given.integer("img_size") or (given.integer("img_h") and given.integer("img_w")):
        height = given.integer("img_h") or given.integer("img_size")
        width = given.integer("img_w") or given.integer("img_size")
    boxes = PriorBoxes(
        box_sizes(smallest, largest, ratios, flip=given.flag("flip")),
        _step(given, (width / columns, height / rows)),
        offset=given.real("offset"),
        clip=given.flag("clip"),
        variances=given.reals("variance") or [0.1],
    )
    if len(boxes.variances) not in (1, 4):
        raise node.wrong(f"{len(boxes.variances)} variances, expected 1 or 4")
    return node.weight(node.name, boxes.array(rows, columns, (width, height))[None])


def _step(given: Fields, default: Size) -> Size:
    if given.has("step_h") and given.has("step_w"):
        return (given.real("step_w"), given.real("step_h"))
    return (given.real("step"), given.real("step")) if given.real("step") else default


def detection_output(node: CaffeNode) -> SSAValue:
    """[1, 1, N * keep, 7]: image, label, score, left, top, right, bottom."""
    given = node.parameters("detection_output")
    if given.choice("code_type") != "CENTER_SIZE":
        raise node.unsupported("boxes that are not given by centre and size")
    if not given.flag("share_location") or given.integer("background_label_id") != 0:
        raise node.unsupported("boxes a class, or a background that is not class 0")
    choice = Choice(
        classes=given.integer("num_classes"),
        score_threshold=given.real("confidence_threshold"),
        iou_threshold=given.fields("nms_param").real("nms_threshold"),
        top=max(given.fields("nms_param").integer("top_k"), 0),
        keep=max(given.integer("keep_top_k"), 0),
    )
    found = detections(
        node, choice, variances_in_locations=given.flag("variance_encoded_in_target")
    )
    images, rows, _ = nn.shape(found[0])
    number = np.arange(images).repeat(rows).reshape(images, rows, 1)
    image = node.weight(f"{node.name}/image", number)
    ofm = node.emit(nn.ConcatOp([image, *found], 2))
    return node.emit(nn.ReshapeOp(ofm, (1, 1, images * rows, 7)))


CONVERTERS = {"DetectionOutput": detection_output, "PriorBox": prior_box}
