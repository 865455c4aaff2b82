"""Operators that find objects among candidates."""

from collections.abc import Sequence

from xdsl.dialects.builtin import (
    DenseArrayBase,
    FloatAttr,
    IntegerAttr,
    TensorType,
    f32,
    f64,
    i64,
)
from xdsl.ir import SSAValue
from xdsl.irdl import irdl_op_definition, operand_def, prop_def
from xdsl.utils.exceptions import VerifyException

from .operator import Operator, integer, real, reals
from .shapes import Shape
from .tensors import shape

COLUMNS = 7
"""Of a detection: top, left, bottom, right, class, score, and 1 where there is one."""


@irdl_op_definition
class DetectOp(Operator):
    """The best boxes of objects, none of which overlaps a better one of its class.

    A box [dy, dx, dh, dw] is about an anchor [y, x, h, w]:

        centre  y + h * dy / scale[0],       x + w * dx / scale[1]
        size    h * e ** (dh / scale[2]),    w * e ** (dw / scale[3])

    Boxes with a score of at least `score_threshold` are taken from the best to the
    worst, unless the intersection with one that was taken is more than `iou_threshold`
    of the union. With `per_class` 0 a box is only of its best class; otherwise each
    class takes up to `per_class` boxes, and the best of all classes are the result.

    boxes [N, A, 4], scores [N, A, C], anchors [A, 4], ofm [N, count, 7]: rows of
    [top, left, bottom, right, class, score, 1] from the best to the worst, then zeros.
    """

    name = "nn.detect"

    boxes = operand_def(TensorType)
    scores = operand_def(TensorType)
    anchors = operand_def(TensorType)
    count = prop_def(IntegerAttr.constr(i64))
    per_class = prop_def(IntegerAttr.constr(i64), default_value=integer(0))
    scale = prop_def(DenseArrayBase.constr(f64))
    score_threshold = prop_def(FloatAttr.constr(f64))
    iou_threshold = prop_def(FloatAttr.constr(f64))

    assembly_format = (
        "$boxes `,` $scores `around` $anchors `scale` $scale `best` $count "
        "(`per_class` $per_class^)? `score` $score_threshold `iou` $iou_threshold "
        "attr-dict `:` functional-type(operands, results)"
    )

    def __init__(
        self,
        boxes: SSAValue,
        scores: SSAValue,
        anchors: SSAValue,
        *,
        count: int,
        per_class: int = 0,
        scale: Sequence[float],
        score_threshold: float,
        iou_threshold: float,
    ):
        ofm = detections(shape(boxes), shape(scores), shape(anchors), count)
        super().__init__(
            operands=[boxes, scores, anchors],
            properties={
                "count": integer(count),
                "per_class": integer(per_class),
                "scale": reals(scale),
                "score_threshold": real(score_threshold),
                "iou_threshold": real(iou_threshold),
            },
            result_types=[TensorType(f32, ofm)],
        )

    def ofm_shape(self) -> Shape:
        scale = self.scale.get_values()
        if len(scale) != 4 or min(scale) <= 0:
            raise VerifyException("expected four positive scales: y, x, h and w")
        if self.per_class.value.data < 0:
            raise VerifyException("per_class counts boxes")
        boxes, scores, anchors = map(shape, self.operands)
        return detections(boxes, scores, anchors, self.count.value.data)


def detections(boxes: Shape, scores: Shape, anchors: Shape, count: int) -> Shape:
    """`count` rows for each image."""
    if len(boxes) != 3 or len(scores) != 3 or boxes[:2] != scores[:2]:
        raise VerifyException(
            f"expected boxes [N, A, 4] and scores [N, A, C], found {list(boxes)} and "
            f"{list(scores)}"
        )
    if boxes[2] != 4 or anchors != boxes[1:] or count < 1:
        raise VerifyException(
            f"{count} boxes of the shape {list(boxes)} about anchors {list(anchors)}"
        )
    return (boxes[0], count, COLUMNS)
