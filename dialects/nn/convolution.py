"""Operators that multiply and accumulate."""

from collections.abc import Sequence

from xdsl.dialects.builtin import (
    DenseArrayBase,
    IntegerAttr,
    TensorType,
    UnitAttr,
    i64,
)
from xdsl.ir import Attribute, SSAValue
from xdsl.irdl import (
    irdl_op_definition,
    operand_def,
    opt_prop_def,
    prop_def,
)

from . import shapes
from .attributes import NO_CLAMP, ClampAttr, RescaleAttr
from .elements import check_parameters, check_quantised
from .operator import Operator, integer, ints
from .shapes import Shape
from .tensors import element_type, shape
from .traits import Multiplies, WeightedSums


@irdl_op_definition
class Conv2dOp(WeightedSums):
    """`ofm[n,y,x,m] = clamp(bias[m] + sum(ifm[n,y*s+i*d,x*s+j*d,c] * weight[m,i,j,c]))`

    Channels c run over the group of m; a depthwise convolution has as many groups as
    channels. Quantised, ifm and weight are integers less their zero points, the sum is
    int32, and before the clamp x becomes `x * multiplier[m] >> shift[m]`; these two are
    the operands of `rescale`. A multiplier of f32 is the only one; then x and the
    product are rounded to float32. Two more are multiplier and shift of x below 0; in
    reals, a `rescale` is the slope of such x: `slope[m] * x`.

    ifm [N, H, W, C], weight [M, KH, KW, C / groups], bias [M], rescale [M] and [M].
    """

    name = "nn.conv2d"

    stride = prop_def(DenseArrayBase.constr(i64), default_value=ints((1, 1)))
    pad = prop_def(DenseArrayBase.constr(i64), default_value=ints((0, 0, 0, 0)))
    dilation = prop_def(DenseArrayBase.constr(i64), default_value=ints((1, 1)))
    groups = prop_def(IntegerAttr.constr(i64), default_value=integer(1))

    assembly_format = (
        "$ifm `,` $weight `,` $bias (`rescale` $rescale^)? "
        "(`stride` $stride^)? (`pad` $pad^)? (`dilation` $dilation^)? "
        "(`groups` $groups^)? (`then` $activation^)? attr-dict "
        "`:` functional-type(operands, results)"
    )

    def __init__(
        self,
        ifm: SSAValue,
        weight: SSAValue,
        bias: SSAValue,
        *,
        rescale: Sequence[SSAValue] = (),
        stride: Sequence[int] = (1, 1),
        pad: Sequence[int] = (0, 0, 0, 0),
        dilation: Sequence[int] = (1, 1),
        groups: int = 1,
        activation: ClampAttr = NO_CLAMP,
        element: Attribute | None = None,
    ):
        ofm = shapes.conv2d(shape(ifm), shape(weight), stride, pad, dilation, groups)
        super().__init__(
            operands=[ifm, weight, bias, rescale],
            properties={
                "stride": ints(stride),
                "pad": ints(pad),
                "dilation": ints(dilation),
                "groups": integer(groups),
                "activation": activation,
            },
            result_types=[TensorType(element or element_type(ifm), ofm)],
        )

    def ofm_shape(self) -> Shape:
        return shapes.conv2d(
            shape(self.ifm),
            shape(self.weight),
            self.stride.get_values(),
            self.pad.get_values(),
            self.dilation.get_values(),
            self.groups.value.data,
        )

    def verify_(self) -> None:
        super().verify_()
        check_quantised([self.ifm], self.ofm)
        check_parameters(self.bias, self.rescale, shape(self.weight)[0])


@irdl_op_definition
class ConvTranspose2dOp(Operator):
    """`ofm[n,y*s+i*d-top,x*s+j*d-left,m] += ifm[n,y,x,c] * weight[m,i,j,c]` on bias[m]

    The sum is over y, x, i, j, and the channels c of the group of m. What `pad` says
    is cut off the result, [top, left, bottom, right]; `extra` [rows, columns] come on
    top of it after the last. The clamp of the activation comes after all.

    ifm [N, H, W, C], weight [M, KH, KW, C / groups], bias [M].
    """

    name = "nn.conv_transpose2d"

    ifm = operand_def(TensorType)
    weight = operand_def(TensorType)
    bias = operand_def(TensorType)
    stride = prop_def(DenseArrayBase.constr(i64), default_value=ints((1, 1)))
    pad = prop_def(DenseArrayBase.constr(i64), default_value=ints((0, 0, 0, 0)))
    extra = prop_def(DenseArrayBase.constr(i64), default_value=ints((0, 0)))
    dilation = prop_def(DenseArrayBase.constr(i64), default_value=ints((1, 1)))
    groups = prop_def(IntegerAttr.constr(i64), default_value=integer(1))
    activation = prop_def(ClampAttr, default_value=NO_CLAMP)

    assembly_format = (
        "$ifm `,` $weight `,` $bias (`stride` $stride^)? (`pad` $pad^)? "
        "(`extra` $extra^)? (`dilation` $dilation^)? (`groups` $groups^)? "
        "(`then` $activation^)? attr-dict `:` functional-type(operands, results)"
    )

    def __init__(
        self,
        ifm: SSAValue,
        weight: SSAValue,
        bias: SSAValue,
        *,
        stride: Sequence[int] = (1, 1),
        pad: Sequence[int] = (0, 0, 0, 0),
        extra: Sequence[int] = (0, 0),
        dilation: Sequence[int] = (1, 1),
        groups: int = 1,
        activation: ClampAttr = NO_CLAMP,
    ):
        ofm = shapes.conv_transpose2d(
            shape(ifm), shape(weight), stride, pad, extra, dilation, groups
        )
        super().__init__(
            operands=[ifm, weight, bias],
            properties={
                "stride": ints(stride),
                "pad": ints(pad),
                "extra": ints(extra),
                "dilation": ints(dilation),
                "groups": integer(groups),
                "activation": activation,
            },
            result_types=[TensorType(element_type(ifm), ofm)],
        )

    def ofm_shape(self) -> Shape:
        return shapes.conv_transpose2d(
            shape(self.ifm),
            shape(self.weight),
            self.stride.get_values(),
            self.pad.get_values(),
            self.extra.get_values(),
            self.dilation.get_values(),
            self.groups.value.data,
        )


@irdl_op_definition
class FullyConnectedOp(WeightedSums):
    """`ofm[n,m] = clamp(bias[m] + sum(ifm[n,k] * weight[m,k]))`, quantised as `conv2d`.

    ifm [N, K], weight [M, K], bias [M], rescale [M] and [M].
    """

    name = "nn.fully_connected"

    assembly_format = (
        "$ifm `,` $weight `,` $bias (`rescale` $rescale^)? "
        "(`then` $activation^)? attr-dict `:` functional-type(operands, results)"
    )

    def __init__(
        self,
        ifm: SSAValue,
        weight: SSAValue,
        bias: SSAValue,
        *,
        rescale: Sequence[SSAValue] = (),
        activation: ClampAttr = NO_CLAMP,
        element: Attribute | None = None,
    ):
        ofm = shapes.fully_connected(shape(ifm), shape(weight))
        super().__init__(
            operands=[ifm, weight, bias, rescale],
            properties={"activation": activation},
            result_types=[TensorType(element or element_type(ifm), ofm)],
        )

    def ofm_shape(self) -> Shape:
        return shapes.fully_connected(shape(self.ifm), shape(self.weight))

    def verify_(self) -> None:
        super().verify_()
        check_quantised([self.ifm], self.ofm)
        check_parameters(self.bias, self.rescale, shape(self.weight)[0])


@irdl_op_definition
class MatMulOp(Multiplies):
    """`ofm[..., m, n] = sum(lhs[..., m, k] * rhs[..., k, n])`, neither a weight.

    With `transposed`, rhs is [..., n, k]. Quantised, the sum of products of integers
    less their zero points becomes `sum * multiplier >> shift`.
    """

    name = "nn.matmul"

    lhs = operand_def(TensorType)
    rhs = operand_def(TensorType)
    transposed = opt_prop_def(UnitAttr)
    rescale = opt_prop_def(RescaleAttr)

    assembly_format = (
        "$lhs `,` $rhs (`transposed` $transposed^)? (`rescale` $rescale^)? attr-dict "
        "`:` functional-type(operands, results)"
    )

    def __init__(
        self,
        lhs: SSAValue,
        rhs: SSAValue,
        *,
        transposed: bool = False,
        rescale: RescaleAttr | None = None,
        element: Attribute | None = None,
    ):
        ofm = shapes.matmul(shape(lhs), shape(rhs), transposed=transposed)
        super().__init__(
            operands=[lhs, rhs],
            properties={
                "transposed": UnitAttr() if transposed else None,
                "rescale": rescale,
            },
            result_types=[TensorType(element or element_type(lhs), ofm)],
        )

    def ofm_shape(self) -> Shape:
        transposed = self.transposed is not None
        return shapes.matmul(shape(self.lhs), shape(self.rhs), transposed=transposed)
