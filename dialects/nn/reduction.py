"""Operators that reduce whole axes."""

from abc import ABC
from collections.abc import Sequence

from xdsl.dialects.builtin import DenseArrayBase, TensorType, UnitAttr, i64
from xdsl.ir import SSAValue
from xdsl.irdl import irdl_op_definition, operand_def, opt_prop_def, prop_def

from . import shapes
from .operator import Operator, ints
from .shapes import Shape
from .tensors import shape, tensor_like


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
