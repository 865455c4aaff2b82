"""Operators that treat every element alike.

Quantised, the binary ones work on integers less their zero points:

    add    (lhs * multiplier[1] + rhs * multiplier[2]) * multiplier[0] >> shift
    sub    (lhs * multiplier[1] - rhs * multiplier[2]) * multiplier[0] >> shift
    mul    lhs * rhs * multiplier[0] >> shift
"""

from abc import ABC

from xdsl.dialects.builtin import FloatAttr, TensorType, f64
from xdsl.ir import Attribute, SSAValue
from xdsl.irdl import irdl_op_definition, operand_def, opt_prop_def, prop_def

from . import shapes
from .attributes import NO_CLAMP, Clamp, ClampAttr, RescaleAttr
from .elements import check_multipliers, check_quantised
from .operator import Operator, real
from .shapes import Shape
from .tensors import element_type, shape


class UnaryOperator(Operator, ABC):
    """One tensor in, one of the same shape out."""

    ifm = operand_def(TensorType)

    assembly_format = "$ifm attr-dict `:` functional-type(operands, results)"

    def __init__(self, ifm: SSAValue):
        super().__init__(operands=[ifm], result_types=[ifm.type])

    def ofm_shape(self) -> Shape:
        return shape(self.ifm)


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


class SumOperator(BinaryOperator, ABC):
    """A sum of two tensors, each scaled to the common scale."""

    def multiplier_count(self) -> int:
        return 3


@irdl_op_definition
class AddOp(SumOperator):
    """`ofm = clamp(lhs + rhs)`."""

    name = "nn.add"


@irdl_op_definition
class SubOp(SumOperator):
    """`ofm = clamp(lhs - rhs)`."""

    name = "nn.sub"


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
class PowOp(BinaryOperator):
    """`ofm = lhs ** rhs`."""

    name = "nn.pow"


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


@irdl_op_definition
class AbsOp(UnaryOperator):
    """`ofm = |ifm|`."""

    name = "nn.abs"


@irdl_op_definition
class NegOp(UnaryOperator):
    """`ofm = -ifm`."""

    name = "nn.neg"


@irdl_op_definition
class ExpOp(UnaryOperator):
    """`ofm = e ** ifm`."""

    name = "nn.exp"


@irdl_op_definition
class LogOp(UnaryOperator):
    """`ofm = ln(ifm)`."""

    name = "nn.log"


@irdl_op_definition
class SqrtOp(UnaryOperator):
    """`ofm = ifm ** 0.5`."""

    name = "nn.sqrt"


@irdl_op_definition
class SigmoidOp(UnaryOperator):
    """`ofm = 1 / (1 + e ** -ifm)`."""

    name = "nn.sigmoid"


@irdl_op_definition
class TanhOp(UnaryOperator):
    """`ofm = tanh(ifm)`."""

    name = "nn.tanh"


@irdl_op_definition
class HardSwishOp(UnaryOperator):
    """`ofm = ifm * min(max(ifm + 3, 0), 6) / 6`."""

    name = "nn.hard_swish"


@irdl_op_definition
class HardSigmoidOp(Operator):
    """`ofm = min(max(alpha * ifm + beta, 0), 1)`."""

    name = "nn.hard_sigmoid"

    ifm = operand_def(TensorType)
    alpha = prop_def(FloatAttr.constr(f64))
    beta = prop_def(FloatAttr.constr(f64))

    assembly_format = (
        "$ifm `alpha` $alpha `beta` $beta attr-dict "
        "`:` functional-type(operands, results)"
    )

    def __init__(self, ifm: SSAValue, alpha: float, beta: float):
        super().__init__(
            operands=[ifm],
            properties={"alpha": real(alpha), "beta": real(beta)},
            result_types=[ifm.type],
        )

    def ofm_shape(self) -> Shape:
        return shape(self.ifm)


@irdl_op_definition
class LeakyReluOp(Operator):
    """`ofm = ifm if ifm > 0 else alpha * ifm`."""

    name = "nn.leaky_relu"

    ifm = operand_def(TensorType)
    alpha = prop_def(FloatAttr.constr(f64))

    assembly_format = (
        "$ifm `alpha` $alpha attr-dict `:` functional-type(operands, results)"
    )

    def __init__(self, ifm: SSAValue, alpha: float):
        super().__init__(
            operands=[ifm],
            properties={"alpha": real(alpha)},
            result_types=[ifm.type],
        )

    def ofm_shape(self) -> Shape:
        return shape(self.ifm)
