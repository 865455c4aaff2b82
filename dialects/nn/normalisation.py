"""Operators that scale elements by a statistic, given or of their neighbours."""

from xdsl.dialects.builtin import FloatAttr, IntegerAttr, TensorType, f64, i64
from xdsl.ir import Attribute, SSAValue
from xdsl.irdl import (
    irdl_op_definition,
    operand_def,
    opt_operand_def,
    opt_prop_def,
    prop_def,
)
from xdsl.utils.exceptions import VerifyException

from .elements import check_quantised, check_vector
from .operator import Operator, integer, real
from .shapes import Shape, check_axes
from .tensors import element_type, shape
from .traits import Exponential


@irdl_op_definition
class BatchNormOp(Operator):
    """`ofm = gain * (ifm - mean) / sqrt(variance + epsilon) + offset`

    gain, offset, mean and variance hold one number a channel, the last axis.
    """

    name = "nn.batch_norm"

    ifm = operand_def(TensorType)
    gain = operand_def(TensorType)
    offset = operand_def(TensorType)
    mean = operand_def(TensorType)
    variance = operand_def(TensorType)
    epsilon = prop_def(FloatAttr.constr(f64))

    assembly_format = (
        "$ifm `,` $gain `,` $offset `,` $mean `,` $variance `epsilon` $epsilon "
        "attr-dict `:` functional-type(operands, results)"
    )

    def __init__(
        self,
        ifm: SSAValue,
        gain: SSAValue,
        offset: SSAValue,
        mean: SSAValue,
        variance: SSAValue,
        epsilon: float,
    ):
        super().__init__(
            operands=[ifm, gain, offset, mean, variance],
            properties={"epsilon": real(epsilon)},
            result_types=[ifm.type],
        )

    def ofm_shape(self) -> Shape:
        return shape(self.ifm)

    def verify_(self) -> None:
        super().verify_()
        check_axes(shape(self.ifm), [0])
        for name in ("gain", "offset", "mean", "variance"):
            check_vector(name, getattr(self, name), shape(self.ifm)[-1])


@irdl_op_definition
class LayerNormOp(Operator):
    """`ofm = gain * (ifm - mean(ifm)) / sqrt(variance(ifm) + epsilon) + offset`

    Mean and variance are over the last axes, as many as gain and offset have.
    """

    name = "nn.layer_norm"

    ifm = operand_def(TensorType)
    gain = operand_def(TensorType)
    offset = operand_def(TensorType)
    epsilon = prop_def(FloatAttr.constr(f64))

    assembly_format = (
        "$ifm `,` $gain `,` $offset `epsilon` $epsilon attr-dict "
        "`:` functional-type(operands, results)"
    )

    def __init__(self, ifm: SSAValue, gain: SSAValue, offset: SSAValue, epsilon: float):
        super().__init__(
            operands=[ifm, gain, offset],
            properties={"epsilon": real(epsilon)},
            result_types=[ifm.type],
        )

    def ofm_shape(self) -> Shape:
        extents, gain, offset = map(shape, self.operands)
        if not gain or gain != offset or extents[-len(gain) :] != gain:
            raise VerifyException(
                f"gain {list(gain)} and offset {list(offset)} must have the shape of "
                f"the last axes of {list(extents)}"
            )
        return extents


@irdl_op_definition
class RmsNormOp(Operator):
    """`ofm = gain * ifm / sqrt(mean(ifm ** 2) + epsilon)`

    The mean is over the last axes, as many as gain has.
    """

    name = "nn.rms_norm"

    ifm = operand_def(TensorType)
    gain = operand_def(TensorType)
    epsilon = prop_def(FloatAttr.constr(f64))

    assembly_format = (
        "$ifm `,` $gain `epsilon` $epsilon attr-dict "
        "`:` functional-type(operands, results)"
    )

    def __init__(self, ifm: SSAValue, gain: SSAValue, epsilon: float):
        super().__init__(
            operands=[ifm, gain],
            properties={"epsilon": real(epsilon)},
            result_types=[ifm.type],
        )

    def ofm_shape(self) -> Shape:
        extents, gain = map(shape, self.operands)
        if not gain or extents[-len(gain) :] != gain:
            raise VerifyException(
                f"gain {list(gain)} must have the shape of the last axes of "
                f"{list(extents)}"
            )
        return extents


@irdl_op_definition
class LpNormOp(Operator):
    """`ofm = ifm / max(sum(|ifm| ** order) ** (1 / order), least)` along an axis.

    The order is 1 or 2.
    """

    name = "nn.lp_norm"

    ifm = operand_def(TensorType)
    axis = prop_def(IntegerAttr.constr(i64))
    order = prop_def(IntegerAttr.constr(i64))
    least = prop_def(FloatAttr.constr(f64))

    assembly_format = (
        "$ifm `axis` $axis `order` $order `least` $least attr-dict "
        "`:` functional-type(operands, results)"
    )

    def __init__(self, ifm: SSAValue, axis: int, order: int, least: float):
        super().__init__(
            operands=[ifm],
            properties={
                "axis": integer(axis),
                "order": integer(order),
                "least": real(least),
            },
            result_types=[ifm.type],
        )

    def ofm_shape(self) -> Shape:
        check_axes(shape(self.ifm), [self.axis.value.data])
        if self.order.value.data not in (1, 2):
            raise VerifyException(f"the order is 1 or 2, found {self.order.value.data}")
        return shape(self.ifm)


@irdl_op_definition
class LrnOp(Exponential, Operator):
    """`ofm[c] = ifm[c] / (bias + alpha / size * sum(ifm[k] ** 2)) ** beta`

    k runs over `size` channels of the last axis about c. The first of them lies
    `before` channels before it: `(size - 1) // 2`, if nothing is said.
    """

    name = "nn.lrn"

    ifm = operand_def(TensorType)
    size = prop_def(IntegerAttr.constr(i64))
    before = opt_prop_def(IntegerAttr.constr(i64))
    alpha = prop_def(FloatAttr.constr(f64))
    beta = prop_def(FloatAttr.constr(f64))
    bias = prop_def(FloatAttr.constr(f64))

    assembly_format = (
        "$ifm `size` $size (`before` $before^)? `alpha` $alpha `beta` $beta "
        "`bias` $bias attr-dict `:` functional-type(operands, results)"
    )

    def __init__(
        self,
        ifm: SSAValue,
        size: int,
        alpha: float,
        beta: float,
        bias: float,
        before: int | None = None,
    ):
        said = None if before in (None, (size - 1) // 2) else before
        super().__init__(
            operands=[ifm],
            properties={
                "size": integer(size),
                "before": None if said is None else integer(said),
                "alpha": real(alpha),
                "beta": real(beta),
                "bias": real(bias),
            },
            result_types=[ifm.type],
        )

    @property
    def first(self) -> int:
        """How many channels before its own the window begins."""
        if self.before is None:
            return (self.size.value.data - 1) // 2
        return self.before.value.data

    def ofm_shape(self) -> Shape:
        if not 0 <= self.first < max(self.size.value.data, 1):
            raise VerifyException(
                f"a window of {self.size.value.data} channels from {self.first} before"
            )
        return shape(self.ifm)


@irdl_op_definition
class SoftmaxOp(Exponential, Operator):
    """`ofm = e ** ifm / sum(e ** ifm)` along an axis.

    Quantised, with the exponential as a table [256] of int16,

        power = table[255 + ifm - max(ifm)]
        ofm = round(power * round(256 / scale) / (256 * sum(power))) + zero_point

    where scale and zero point are those of the ofm, rounded half to even.
    """

    name = "nn.softmax"

    ifm = operand_def(TensorType)
    table = opt_operand_def(TensorType)
    axis = prop_def(IntegerAttr.constr(i64))

    assembly_format = (
        "$ifm (`,` $table^)? `axis` $axis attr-dict "
        "`:` functional-type(operands, results)"
    )

    def __init__(
        self,
        ifm: SSAValue,
        axis: int,
        *,
        table: SSAValue | None = None,
        element: Attribute | None = None,
    ):
        ofm = TensorType(element or element_type(ifm), shape(ifm))
        super().__init__(
            operands=[ifm, table],
            properties={"axis": integer(axis)},
            result_types=[ofm],
        )

    def ofm_shape(self) -> Shape:
        check_axes(shape(self.ifm), [self.axis.value.data])
        check_quantised([self.ifm], self.ofm)
        if self.table is not None:
            check_vector("table", self.table, 256)
        return shape(self.ifm)
