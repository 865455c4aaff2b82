"""Layers of detectors: the boxes that predictions are relative to, the detections."""

from xdsl.ir import SSAValue

from ....dialects import nn
from ...layers.prior_boxes import PriorBoxes, box_sizes
from ...layers.single_shot import Choice, detections
from ..node import ABSENT, NcnnNode

VARIANCES = (0.1, 0.1, 0.2, 0.2)


def prior_box(node: NcnnNode) -> SSAValue:
    """A constant [1, 2, boxes * 4] for a map and an image, the second bottom."""
    smallest, largest, ratios = (node.reals(number) for number in (0, 1, 2))
    if node.flag(14) or node.flag(15) or len(node.bottoms) < 2 or not smallest:
        raise node.unsupported("prior boxes but as Caffe's SSD has them")
    if min(*smallest, *largest, *ratios) <= 0:
        raise node.wrong("boxes must have positive sizes and ratios")
    _, _, rows, across = nn.shape(node.image(0))
    image_rows, image_columns = nn.shape(node.image(1))[2:]
    width, height = (
        extent if given in (ABSENT, 0) else given
        for given, extent in (
            (node.integer(9), image_columns),
            (node.integer(10), image_rows),
        )
    )
    step_x, step_y = node.real(11, ABSENT), node.real(12, ABSENT)
    boxes = PriorBoxes(
        box_sizes(smallest, largest, ratios, flip=node.flag(7, True)),
        step=(
            width / across if step_x == ABSENT else step_x,
            height / rows if step_y == ABSENT else step_y,
        ),
        offset=node.real(13),
        clip=node.flag(8),
        variances=[node.real(3 + i, VARIANCES[i]) for i in range(4)],
    )
    array = boxes.array(rows, across, (width, height))
    return node.weight(node.name, array[None])


def detection_output(node: NcnnNode) -> SSAValue:
    """[N, keep, 6]: label, score, left, top, right, bottom."""
    node.ignore(5, 6, 7, 8)
    choice = Choice(
        classes=node.integer(0),
        score_threshold=node.real(4, 0.5),
        iou_threshold=node.real(1, 0.05),
        top=node.integer(2, 300),
        keep=node.integer(3, 100),
    )
    found = detections(node, choice, variances_in_locations=False)
    return node.emit(nn.ConcatOp(found, 2))


CONVERTERS = {"DetectionOutput": detection_output, "PriorBox": prior_box}
