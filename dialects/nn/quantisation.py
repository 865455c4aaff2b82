"""Operators between reals and integers, and from one scale to another."""

from xdsl.dialects.builtin import TensorType, f32
from xdsl.ir import SSAValue
from xdsl.irdl import irdl_op_definition, operand_def, prop_def

from ..quant import UniformType
from .attributes import NO_CLAMP, ClampAttr, RescaleAttr
from .elements import check_multipliers, check_quantised, check_vector
from .operator import Operator
from .shapes import Shape
from .tensors import shape


@irdl_op_definition
class QuantiseOp(Operator):
    """`ofm = saturate(round(ifm / scale) + zero_point)`, half to even."""

    name = "nn.quantise"

    ifm = operand_def(TensorType)

    assembly_format = "$ifm attr-dict `:` functional-type(operands, results)"

    def __init__(self, ifm: SSAValue, element: UniformType):
        super().__init__(operands=[ifm], result_types=[TensorType(element, shape(ifm))])

    def ofm_shape(self) -> Shape:
        return shape(self.ifm)


@irdl_op_definition
class DequantiseOp(Operator):
    """`ofm = scale * (ifm - zero_point)`."""

    name = "nn.dequantise"

    ifm = operand_def(TensorType)

    assembly_format = "$ifm attr-dict `:` functional-type(operands, results)"

    def __init__(self, ifm: SSAValue):
        super().__init__(operands=[ifm], result_types=[TensorType(f32, shape(ifm))])

    def ofm_shape(self) -> Shape:
        return shape(self.ifm)


@irdl_op_definition
class RequantiseOp(Operator):
    """`ofm = clamp((ifm - zero_point) * multiplier >> shift)`: to another scale."""

    name = "nn.requantise"

    ifm = operand_def(TensorType)
    rescale = prop_def(RescaleAttr)
    activation = prop_def(ClampAttr, default_value=NO_CLAMP)

    assembly_format = (
        "$ifm `rescale` $rescale (`then` $activation^)? attr-dict "
        "`:` functional-type(operands, results)"
    )

    def __init__(
        self,
        ifm: SSAValue,
        element: UniformType,
        rescale: RescaleAttr,
        activation: ClampAttr = NO_CLAMP,
    ):
        super().__init__(
            operands=[ifm],
            properties={"rescale": rescale, "activation": activation},
            result_types=[TensorType(element, shape(ifm))],
        )

    def ofm_shape(self) -> Shape:
        return shape(self.ifm)

    def verify_(self) -> None:
        super().verify_()
        check_quantised([self.ifm], self.ofm)
        check_multipliers(self.rescale, 1)


@irdl_op_definition
class LookupOp(Operator):
    """`ofm = table[ifm + 128]`: any function of one int8, as its 256 values."""

    name = "nn.lookup"

    ifm = operand_def(TensorType)
    table = operand_def(TensorType)

    assembly_format = "$ifm `,` $table attr-dict `:` functional-type(operands, results)"

    def __init__(self, ifm: SSAValue, table: SSAValue, element: UniformType):
        super().__init__(
            operands=[ifm, table], result_types=[TensorType(element, shape(ifm))]
        )

    def ofm_shape(self) -> Shape:
        return shape(self.ifm)

    def verify_(self) -> None:
        super().verify_()
        check_quantised([self.ifm], self.ofm)
        check_vector("table", self.table, 256)
