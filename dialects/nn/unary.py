"""Functions of one element: each operator is one line of mathematics.

Quantised, all of them are `nn.lookup`.
"""

from abc import ABC

from xdsl.dialects.builtin import FloatAttr, TensorType, f64
from xdsl.ir import SSAValue
from xdsl.irdl import irdl_op_definition, operand_def, prop_def

from .operator import Operator, real
from .shapes import Shape
from .tensors import shape
from .traits import Exponential


class UnaryOperator(Operator, ABC):
    """One tensor in, one of the same shape out; no element depends on another."""

    ifm = operand_def(TensorType)

    assembly_format = "$ifm attr-dict `:` functional-type(operands, results)"

    def __init__(self, ifm: SSAValue):
        super().__init__(operands=[ifm], result_types=[ifm.type])

    def ofm_shape(self) -> Shape:
        return shape(self.ifm)


class AlphaOperator(UnaryOperator, ABC):
    """A function of one element that also has a parameter."""

    alpha = prop_def(FloatAttr.constr(f64))

    assembly_format = (
        "$ifm `alpha` $alpha attr-dict `:` functional-type(operands, results)"
    )

    def __init__(self, ifm: SSAValue, alpha: float):
        super(UnaryOperator, self).__init__(
            operands=[ifm], properties={"alpha": real(alpha)}, result_types=[ifm.type]
        )


@irdl_op_definition
class AbsOp(UnaryOperator):
    """`ofm = |ifm|`."""

    name = "nn.abs"


@irdl_op_definition
class NegOp(UnaryOperator):
    """`ofm = -ifm`."""

    name = "nn.neg"


@irdl_op_definition
class SignOp(UnaryOperator):
    """`ofm = 1, 0 or -1, as ifm is positive, 0 or negative`."""

    name = "nn.sign"


@irdl_op_definition
class SquareOp(UnaryOperator):
    """`ofm = ifm ** 2`."""

    name = "nn.square"


@irdl_op_definition
class ReciprocalOp(UnaryOperator):
    """`ofm = 1 / ifm`."""

    name = "nn.reciprocal"


@irdl_op_definition
class SqrtOp(UnaryOperator):
    """`ofm = ifm ** 0.5`."""

    name = "nn.sqrt"


@irdl_op_definition
class RsqrtOp(UnaryOperator):
    """`ofm = ifm ** -0.5`."""

    name = "nn.rsqrt"


@irdl_op_definition
class ExpOp(Exponential, UnaryOperator):
    """`ofm = e ** ifm`."""

    name = "nn.exp"


@irdl_op_definition
class LogOp(Exponential, UnaryOperator):
    """`ofm = ln(ifm)`."""

    name = "nn.log"


@irdl_op_definition
class SinOp(Exponential, UnaryOperator):
    """`ofm = sin(ifm)`."""

    name = "nn.sin"


@irdl_op_definition
class CosOp(Exponential, UnaryOperator):
    """`ofm = cos(ifm)`."""

    name = "nn.cos"


@irdl_op_definition
class FloorOp(UnaryOperator):
    """`ofm = the greatest whole number that is not above ifm`."""

    name = "nn.floor"


@irdl_op_definition
class CeilOp(UnaryOperator):
    """`ofm = the least whole number that is not below ifm`."""

    name = "nn.ceil"


@irdl_op_definition
class RoundOp(UnaryOperator):
    """`ofm = the whole number nearest to ifm, of two the even one`."""

    name = "nn.round"


@irdl_op_definition
class ErfOp(Exponential, UnaryOperator):
    """`ofm = 2 / sqrt(pi) * integral of e ** -(t ** 2) from 0 to ifm`."""

    name = "nn.erf"


@irdl_op_definition
class TanhOp(Exponential, UnaryOperator):
    """`ofm = tanh(ifm)`."""

    name = "nn.tanh"


@irdl_op_definition
class SigmoidOp(Exponential, UnaryOperator):
    """`ofm = 1 / (1 + e ** -ifm)`."""

    name = "nn.sigmoid"


@irdl_op_definition
class SiluOp(Exponential, UnaryOperator):
    """`ofm = ifm * sigmoid(ifm)`."""

    name = "nn.silu"


@irdl_op_definition
class GeluOp(Exponential, UnaryOperator):
    """`ofm = ifm * (1 + erf(ifm / sqrt(2))) / 2`."""

    name = "nn.gelu"


@irdl_op_definition
class GeluTanhOp(Exponential, UnaryOperator):
    """`ofm = ifm * (1 + tanh(sqrt(2 / pi) * (ifm + 0.044715 * ifm ** 3))) / 2`."""

    name = "nn.gelu_tanh"


@irdl_op_definition
class SoftplusOp(Exponential, UnaryOperator):
    """`ofm = ln(1 + e ** ifm)`."""

    name = "nn.softplus"


@irdl_op_definition
class SoftsignOp(UnaryOperator):
    """`ofm = ifm / (1 + |ifm|)`."""

    name = "nn.softsign"


@irdl_op_definition
class MishOp(Exponential, UnaryOperator):
    """`ofm = ifm * tanh(softplus(ifm))`."""

    name = "nn.mish"


@irdl_op_definition
class SeluOp(Exponential, UnaryOperator):
    """`ofm = 1.0507 * (ifm if ifm > 0 else 1.67326 * (e ** ifm - 1))`."""

    name = "nn.selu"


@irdl_op_definition
class HardSwishOp(UnaryOperator):
    """`ofm = ifm * min(max(ifm + 3, 0), 6) / 6`."""

    name = "nn.hard_swish"


@irdl_op_definition
class LeakyReluOp(AlphaOperator):
    """`ofm = ifm if ifm > 0 else alpha * ifm`."""

    name = "nn.leaky_relu"


@irdl_op_definition
class EluOp(Exponential, AlphaOperator):
    """`ofm = ifm if ifm > 0 else alpha * (e ** ifm - 1)`."""

    name = "nn.elu"


@irdl_op_definition
class CeluOp(Exponential, AlphaOperator):
    """`ofm = ifm if ifm > 0 else alpha * (e ** (ifm / alpha) - 1)`."""

    name = "nn.celu"


@irdl_op_definition
class ThresholdedReluOp(AlphaOperator):
    """`ofm = ifm if ifm > alpha else 0`."""

    name = "nn.thresholded_relu"


@irdl_op_definition
class HardSigmoidOp(UnaryOperator):
    """`ofm = min(max(alpha * ifm + beta, 0), 1)`."""

    name = "nn.hard_sigmoid"

    alpha = prop_def(FloatAttr.constr(f64))
    beta = prop_def(FloatAttr.constr(f64))

    assembly_format = (
        "$ifm `alpha` $alpha `beta` $beta attr-dict "
        "`:` functional-type(operands, results)"
    )

    def __init__(self, ifm: SSAValue, alpha: float, beta: float):
        super(UnaryOperator, self).__init__(
            operands=[ifm],
            properties={"alpha": real(alpha), "beta": real(beta)},
            result_types=[ifm.type],
        )


@irdl_op_definition
class ShrinkOp(UnaryOperator):
    """`ofm = ifm - bias if ifm > bound, ifm + bias if ifm < -bound, else 0`."""

    name = "nn.shrink"

    bound = prop_def(FloatAttr.constr(f64))
    bias = prop_def(FloatAttr.constr(f64))

    assembly_format = (
        "$ifm `bound` $bound `bias` $bias attr-dict "
        "`:` functional-type(operands, results)"
    )

    def __init__(self, ifm: SSAValue, bound: float, bias: float):
        super(UnaryOperator, self).__init__(
            operands=[ifm],
            properties={"bound": real(bound), "bias": real(bias)},
            result_types=[ifm.type],
        )
