"""Operators of two tensors or more that treat every element alike; and the clamp.

Quantised, the binary ones work on integers less their zero points:

    add    (lhs * multiplier[1] + rhs * multiplier[2]) * multiplier[0] >> shift
    sub    (lhs * multiplier[1] - rhs * multiplier[2]) * multiplier[0] >> shift
    mul    lhs * rhs * multiplier[0] >> shift

`minimum` and `maximum` choose between integers of one type, that of the result.
"""

from abc import ABC
from typing import ClassVar

from xdsl.dialects.builtin import TensorType
from xdsl.ir import Attribute, SSAValue
from xdsl.irdl import irdl_op_definition, operand_def, opt_prop_def, prop_def

from . import shapes
from .attributes import NO_CLAMP, Clamp, ClampAttr, RescaleAttr
from .elements import check_multipliers, check_quantised
from .operator import Operator
from .shapes import Shape
from .tensors import element_type, shape
from .traits import Exponential


class BinaryOperator(Operator, ABC):
    """Two tensors in, broadcast as numpy does."""

    lhs = operand_def(TensorType)
    rhs = operand_def(TensorType)
    rescale = opt_prop_def(RescaleAttr)
    activation = prop_def(ClampAttr, default_value=NO_CLAMP)

    assembly_format = (
        "$lhs `,` $rhs (`rescale` $rescale^)? (`then` $activation^)? attr-dict "
        "`:` functional-type(operands, results)"
    )

    def __init__(
        self,
        lhs: SSAValue,
        rhs: SSAValue,
        *,
        rescale: RescaleAttr | None = None,
        activation: ClampAttr = NO_CLAMP,
        element: Attribute | None = None,
    ):
        ofm = shapes.broadcast(shape(lhs), shape(rhs))
        super().__init__(
            operands=[lhs, rhs],
            properties={"rescale": rescale, "activation": activation},
            result_types=[TensorType(element or element_type(lhs), ofm)],
        )

    def ofm_shape(self) -> Shape:
        return shapes.broadcast(shape(self.lhs), shape(self.rhs))

    def verify_(self) -> None:
        super().verify_()
        check_quantised([self.lhs, self.rhs], self.ofm)
        check_multipliers(self.rescale, self.multiplier_count())

    def multiplier_count(self) -> int:
        """How many multipliers its rescale has."""
        return 1


class Sums(BinaryOperator, ABC):
    """`lhs + SIGN * rhs`, each scaled to the common scale."""

    SIGN: ClassVar[int] = 1

    def multiplier_count(self) -> int:
        return 3


@irdl_op_definition
class AddOp(Sums):
    """`ofm = clamp(lhs + rhs)`."""

    name = "nn.add"


@irdl_op_definition
class SubOp(Sums):
    """`ofm = clamp(lhs - rhs)`."""

    name = "nn.sub"
    SIGN: ClassVar[int] = -1


@irdl_op_definition
class MulOp(BinaryOperator):
    """`ofm = clamp(lhs * rhs)`."""

    name = "nn.mul"


@irdl_op_definition
class DivOp(BinaryOperator):
    """`ofm = clamp(lhs / rhs)`."""

    name = "nn.div"


@irdl_op_definition
class MinimumOp(BinaryOperator):
    """`ofm = min(lhs, rhs)`."""

    name = "nn.minimum"


@irdl_op_definition
class MaximumOp(BinaryOperator):
    """`ofm = max(lhs, rhs)`."""

    name = "nn.maximum"


@irdl_op_definition
class PowOp(Exponential, BinaryOperator):
    """`ofm = lhs ** rhs`."""

    name = "nn.pow"


@irdl_op_definition
class EqualOp(BinaryOperator):
    """`ofm = 1 if lhs == rhs else 0`."""

    name = "nn.equal"


@irdl_op_definition
class LessOp(BinaryOperator):
    """`ofm = 1 if lhs < rhs else 0`."""

    name = "nn.less"


@irdl_op_definition
class LessOrEqualOp(BinaryOperator):
    """`ofm = 1 if lhs <= rhs else 0`."""

    name = "nn.less_or_equal"


@irdl_op_definition
class SelectOp(Operator):
    """`ofm = lhs if condition != 0 else rhs`, all three broadcast."""

    name = "nn.select"

    condition = operand_def(TensorType)
    lhs = operand_def(TensorType)
    rhs = operand_def(TensorType)

    assembly_format = (
        "$condition `,` $lhs `,` $rhs attr-dict `:` functional-type(operands, results)"
    )

    def __init__(self, condition: SSAValue, lhs: SSAValue, rhs: SSAValue):
        ofm = shapes.broadcast(shape(condition), shape(lhs), shape(rhs))
        super().__init__(
            operands=[condition, lhs, rhs],
            result_types=[TensorType(element_type(lhs), ofm)],
        )

    def ofm_shape(self) -> Shape:
        return shapes.broadcast(*map(shape, self.operands))


@irdl_op_definition
class PReluOp(Operator):
    """`ofm = ifm if ifm > 0 else slope * ifm`; the slope broadcasts to the ifm."""

    name = "nn.prelu"

    ifm = operand_def(TensorType)
    slope = operand_def(TensorType)

    assembly_format = "$ifm `,` $slope attr-dict `:` functional-type(operands, results)"

    def __init__(self, ifm: SSAValue, slope: SSAValue):
        super().__init__(operands=[ifm, slope], result_types=[ifm.type])

    def ofm_shape(self) -> Shape:
        return shapes.broadcast(shape(self.ifm), shape(self.slope))


@irdl_op_definition
class ClampOp(Operator):
    """`ofm = min(max(ifm, low), high)`: relu, relu6 and clip."""

    name = "nn.clamp"

    ifm = operand_def(TensorType)
    bounds = prop_def(ClampAttr)

    assembly_format = "$ifm $bounds attr-dict `:` functional-type(operands, results)"

    def __init__(self, ifm: SSAValue, low: float, high: float):
        super().__init__(
            operands=[ifm],
            properties={"bounds": ClampAttr(Clamp(low, high))},
            result_types=[ifm.type],
        )

    def ofm_shape(self) -> Shape:
        return shape(self.ifm)
