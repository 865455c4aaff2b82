"""Feature maps with another number of rows and columns."""

from collections.abc import Sequence

from xdsl.dialects.builtin import (
    DenseArrayBase,
    StringAttr,
    TensorType,
    f64,
    i64,
)
from xdsl.ir import SSAValue
from xdsl.irdl import irdl_op_definition, operand_def, prop_def
from xdsl.utils.exceptions import VerifyException

from .operator import Operator, ints, reals
from .shapes import Shape
from .tensors import shape, tensor_like

METHODS = ("linear", "floor", "ceil", "half_up", "half_down")
"""Between neighbours in proportion, or one of them: below, above, or the nearest."""


@irdl_op_definition
class ResizeOp(Operator):
    """`ofm[n,y,x,c] = ifm[n, y*step[0]+offset[0], x*step[1]+offset[1], c]`

    A position between rows or columns is taken by `method`; one outside of the feature
    map is moved to its edge. So step and offset say what others call half_pixel,
    align_corners or asymmetric.
    """

    name = "nn.resize"

    ifm = operand_def(TensorType)
    size = prop_def(DenseArrayBase.constr(i64))
    step = prop_def(DenseArrayBase.constr(f64))
    offset = prop_def(DenseArrayBase.constr(f64))
    method = prop_def(StringAttr)

    assembly_format = (
        "$ifm `to` $size `step` $step `offset` $offset `by` $method attr-dict "
        "`:` functional-type(operands, results)"
    )

    def __init__(
        self,
        ifm: SSAValue,
        size: Sequence[int],
        step: Sequence[float],
        offset: Sequence[float],
        method: str,
    ):
        images, _, _, channels = feature_map(shape(ifm))
        super().__init__(
            operands=[ifm],
            properties={
                "size": ints(size),
                "step": reals(step),
                "offset": reals(offset),
                "method": StringAttr(method),
            },
            result_types=[tensor_like(ifm, (images, *size, channels))],
        )

    def ofm_shape(self) -> Shape:
        images, _, _, channels = feature_map(shape(self.ifm))
        size = self.size.get_values()
        if not len(size) == len(self.step) == len(self.offset) == 2 or min(size) < 1:
            raise VerifyException("size, step and offset are of rows and columns")
        if self.method.data not in METHODS:
            raise VerifyException(
                f"a method is one of {', '.join(METHODS)}, found '{self.method.data}'"
            )
        return (images, *size, channels)


def feature_map(extents: Shape) -> Shape:
    """The extents of an NHWC feature map."""
    if len(extents) != 4:
        raise VerifyException(
            f"expected an NHWC feature map, found rank {len(extents)}"
        )
    return extents
