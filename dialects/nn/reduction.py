"""Operators that reduce whole axes."""

from abc import ABC
from collections.abc import Sequence

from xdsl.dialects.builtin import (
    DenseArrayBase,
    IntegerAttr,
    TensorType,
    UnitAttr,
    f32,
    i64,
)
from xdsl.ir import SSAValue
from xdsl.irdl import irdl_op_definition, operand_def, opt_prop_def, prop_def
from xdsl.utils.exceptions import VerifyException

from . import shapes
from .operator import Operator, integer, ints
from .shapes import Shape
from .tensors import shape, tensor_like

LARGEST_POSITION = 1 << 24


class ReduceOperator(Operator, ABC):
    """One number from all elements along some axes."""

    ifm = operand_def(TensorType)
    axes = prop_def(DenseArrayBase.constr(i64))
    keep = opt_prop_def(UnitAttr)

    assembly_format = (
        "$ifm `axes` $axes (`keep` $keep^)? attr-dict "
        "`:` functional-type(operands, results)"
    )

    def __init__(self, ifm: SSAValue, axes: Sequence[int], *, keep: bool):
        ofm = shapes.reduce(shape(ifm), axes, keep)
        super().__init__(
            operands=[ifm],
            properties={"axes": ints(axes), "keep": UnitAttr() if keep else None},
            result_types=[tensor_like(ifm, ofm)],
        )

    def ofm_shape(self) -> Shape:
        return shapes.reduce(
            shape(self.ifm), self.axes.get_values(), self.keep is not None
        )


@irdl_op_definition
class ReduceMeanOp(ReduceOperator):
    """`ofm = sum(ifm) / count`."""

    name = "nn.reduce_mean"


@irdl_op_definition
class ReduceSumOp(ReduceOperator):
    """`ofm = sum(ifm)`."""

    name = "nn.reduce_sum"


@irdl_op_definition
class ReduceMaxOp(ReduceOperator):
    """`ofm = max(ifm)`."""

    name = "nn.reduce_max"


@irdl_op_definition
class ReduceMinOp(ReduceOperator):
    """`ofm = min(ifm)`."""

    name = "nn.reduce_min"


@irdl_op_definition
class ReduceProdOp(ReduceOperator):
    """`ofm` is the product of all `ifm`."""

    name = "nn.reduce_prod"


class ArgOperator(Operator, ABC):
    """A position along one axis, of equals the first, or the `last`.

    A position is a real as all others are, f32, so the axis has at most 2**24 elements:
    up to there f32 holds every whole number.
    """

    ifm = operand_def(TensorType)
    axis = prop_def(IntegerAttr.constr(i64))
    keep = opt_prop_def(UnitAttr)
    last = opt_prop_def(UnitAttr)

    assembly_format = (
        "$ifm `axis` $axis (`keep` $keep^)? (`last` $last^)? attr-dict "
        "`:` functional-type(operands, results)"
    )

    def __init__(self, ifm: SSAValue, axis: int, *, keep: bool, last: bool = False):
        ofm = shapes.reduce(shape(ifm), [axis], keep)
        super().__init__(
            operands=[ifm],
            properties={
                "axis": integer(axis),
                "keep": UnitAttr() if keep else None,
                "last": UnitAttr() if last else None,
            },
            result_types=[TensorType(f32, ofm)],
        )

    def ofm_shape(self) -> Shape:
        extents, axis = shape(self.ifm), self.axis.value.data
        ofm = shapes.reduce(extents, [axis], self.keep is not None)
        if extents[axis] > LARGEST_POSITION:
            raise VerifyException(
                f"f32 does not hold every position along {extents[axis]} elements"
            )
        return ofm


@irdl_op_definition
class ArgMaxOp(ArgOperator):
    """Where along an axis the greatest element is."""

    name = "nn.arg_max"


@irdl_op_definition
class ArgMinOp(ArgOperator):
    """Where along an axis the least element is."""

    name = "nn.arg_min"
