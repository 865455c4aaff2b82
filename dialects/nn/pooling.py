"""Operators that reduce a window."""

from collections.abc import Sequence
from math import prod

from xdsl.dialects.builtin import (
    DenseArrayBase,
    IntegerAttr,
    TensorType,
    UnitAttr,
    i64,
)
from xdsl.ir import Attribute, SSAValue
from xdsl.irdl import irdl_op_definition, operand_def, opt_prop_def, prop_def
from xdsl.utils.exceptions import VerifyException

from ..quant import uniform
from . import shapes
from .attributes import RescaleAttr
from .elements import check_multipliers, check_quantised
from .operator import Operator, integer, ints
from .shapes import Shape
from .tensors import element_type, shape
from .traits import Selects


@irdl_op_definition
class MaxPool2dOp(Selects):
    """`ofm[n,y,x,c] = max(ifm[n, y*s+i, x*s+j, c])`; padding never wins."""

    name = "nn.max_pool2d"

    kernel = prop_def(DenseArrayBase.constr(i64))
    stride = prop_def(DenseArrayBase.constr(i64), default_value=ints((1, 1)))
    pad = prop_def(DenseArrayBase.constr(i64), default_value=ints((0, 0, 0, 0)))

    assembly_format = (
        "$ifm `kernel` $kernel (`stride` $stride^)? (`pad` $pad^)? attr-dict "
        "`:` functional-type(operands, results)"
    )

    def __init__(
        self,
        ifm: SSAValue,
        kernel: Sequence[int],
        stride: Sequence[int] = (1, 1),
        pad: Sequence[int] = (0, 0, 0, 0),
    ):
        ofm = pooled_shape(shape(ifm), kernel, stride, pad)
        super().__init__(
            operands=[ifm],
            properties={
                "kernel": ints(kernel),
                "stride": ints(stride),
                "pad": ints(pad),
            },
            result_types=[TensorType(element_type(ifm), ofm)],
        )

    def ofm_shape(self) -> Shape:
        return pooled_shape(
            shape(self.ifm),
            self.kernel.get_values(),
            self.stride.get_values(),
            self.pad.get_values(),
        )


@irdl_op_definition
class AvgPool2dOp(Operator):
    """`ofm[n,y,x,c] = sum(ifm[n, y*s+i, x*s+j, c]) / count`

    The count is of the elements inside the feature map, or of the whole window with
    `counting_pad`. Quantised, the sum of integers less the zero point becomes
    `sum * multiplier[count - 1] >> shift`; a single multiplier serves every count.

    `around` is for models whose mean is of the stored integers themselves, less that
    number: where ifm and ofm have one type, it takes the place of both zero points.
    """

    name = "nn.avg_pool2d"

    ifm = operand_def(TensorType)
    kernel = prop_def(DenseArrayBase.constr(i64))
    stride = prop_def(DenseArrayBase.constr(i64), default_value=ints((1, 1)))
    pad = prop_def(DenseArrayBase.constr(i64), default_value=ints((0, 0, 0, 0)))
    counting_pad = opt_prop_def(UnitAttr)
    around = opt_prop_def(IntegerAttr.constr(i64))
    rescale = opt_prop_def(RescaleAttr)

    assembly_format = (
        "$ifm `kernel` $kernel (`stride` $stride^)? (`pad` $pad^)? "
        "(`counting_pad` $counting_pad^)? (`around` $around^)? "
        "(`rescale` $rescale^)? attr-dict "
        "`:` functional-type(operands, results)"
    )

    def __init__(
        self,
        ifm: SSAValue,
        kernel: Sequence[int],
        stride: Sequence[int] = (1, 1),
        pad: Sequence[int] = (0, 0, 0, 0),
        *,
        counting_pad: bool = False,
        around: int | None = None,
        rescale: RescaleAttr | None = None,
        element: Attribute | None = None,
    ):
        ofm = pooled_shape(shape(ifm), kernel, stride, pad)
        super().__init__(
            operands=[ifm],
            properties={
                "kernel": ints(kernel),
                "stride": ints(stride),
                "pad": ints(pad),
                "counting_pad": UnitAttr() if counting_pad else None,
                "around": None if around is None else integer(around),
                "rescale": rescale,
            },
            result_types=[TensorType(element or element_type(ifm), ofm)],
        )

    def ofm_shape(self) -> Shape:
        return pooled_shape(
            shape(self.ifm),
            self.kernel.get_values(),
            self.stride.get_values(),
            self.pad.get_values(),
        )

    def verify_(self) -> None:
        super().verify_()
        check_quantised([self.ifm], self.ofm)
        check_multipliers(self.rescale, 1, prod(self.kernel.get_values()), fine=True)
        if self.around is not None and not -128 <= self.around.value.data <= 127:
            raise VerifyException(
                f"`around` is an int8, found {self.around.value.data}"
            )

    @property
    def zero_points(self) -> tuple[int, int]:
        """What is taken off the integers of the ifm, and added to those of the ofm."""
        ifm, ofm = uniform(self.ifm), uniform(self.ofm)
        if self.around is not None and ifm == ofm:
            return (self.around.value.data, self.around.value.data)
        return (ifm.zero_point, ofm.zero_point)


def pooled_shape(
    ifm: Shape, kernel: Sequence[int], stride: Sequence[int], pad: Sequence[int]
) -> Shape:
    rows, columns = shapes.windows(ifm, kernel, stride, pad)
    return (ifm[0], rows, columns, ifm[3])


def meets_the_map(op: MaxPool2dOp | AvgPool2dOp) -> bool:
    """Whether no window lies in the padding alone, on any side."""
    (rows, columns), pad = op.kernel.get_values(), op.pad.get_values()
    return max(pad[0], pad[2]) < rows and max(pad[1], pad[3]) < columns
