"""Operators that move elements and change none of them."""

from collections.abc import Sequence

from xdsl.dialects.builtin import (
    DenseArrayBase,
    FloatAttr,
    IntegerAttr,
    TensorType,
    f64,
    i64,
)
from xdsl.ir import SSAValue
from xdsl.irdl import irdl_op_definition, prop_def, var_operand_def

from . import shapes
from .operator import integer, ints, real
from .shapes import Shape
from .tensors import element_type, shape, tensor_like
from .traits import MakesNone, Moves, Selects


@irdl_op_definition
class ReshapeOp(Moves):
    """The elements of `ifm`, in order, in another shape."""

    name = "nn.reshape"

    assembly_format = "$ifm attr-dict `:` functional-type(operands, results)"

    def __init__(self, ifm: SSAValue, new_shape: Sequence[int]):
        super().__init__(
            operands=[ifm], result_types=[tensor_like(ifm, tuple(new_shape))]
        )

    def ofm_shape(self) -> Shape:
        shapes.same_size(shape(self.ifm), shape(self.ofm))
        return shape(self.ofm)


@irdl_op_definition
class TransposeOp(Moves):
    """Axis i of `ofm` is axis `permutation[i]` of `ifm`."""

    name = "nn.transpose"

    permutation = prop_def(DenseArrayBase.constr(i64))

    assembly_format = (
        "$ifm `by` $permutation attr-dict `:` functional-type(operands, results)"
    )

    def __init__(self, ifm: SSAValue, permutation: Sequence[int]):
        ofm = shapes.transpose(shape(ifm), permutation)
        super().__init__(
            operands=[ifm],
            properties={"permutation": ints(permutation)},
            result_types=[tensor_like(ifm, ofm)],
        )

    def ofm_shape(self) -> Shape:
        return shapes.transpose(shape(self.ifm), self.permutation.get_values())


@irdl_op_definition
class ConcatOp(MakesNone):
    """The inputs, one after another along an axis."""

    name = "nn.concat"

    inputs = var_operand_def(TensorType)
    axis = prop_def(IntegerAttr.constr(i64))

    assembly_format = (
        "$inputs `axis` $axis attr-dict `:` functional-type(operands, results)"
    )

    def __init__(self, inputs: Sequence[SSAValue], axis: int):
        ofm = shapes.concat([shape(value) for value in inputs], axis)
        super().__init__(
            operands=[inputs],
            properties={"axis": integer(axis)},
            result_types=[TensorType(element_type(inputs[0]), ofm)],
        )

    def ofm_shape(self) -> Shape:
        return shapes.concat(
            [shape(value) for value in self.inputs], self.axis.value.data
        )


@irdl_op_definition
class SliceOp(Moves):
    """`sizes[i]` elements of axis i, from `starts[i]` in steps of `strides[i]`."""

    name = "nn.slice"

    starts = prop_def(DenseArrayBase.constr(i64))
    sizes = prop_def(DenseArrayBase.constr(i64))
    strides = prop_def(DenseArrayBase.constr(i64))

    assembly_format = (
        "$ifm `from` $starts `sizes` $sizes `strides` $strides attr-dict "
        "`:` functional-type(operands, results)"
    )

    def __init__(
        self,
        ifm: SSAValue,
        starts: Sequence[int],
        sizes: Sequence[int],
        strides: Sequence[int],
    ):
        ofm = shapes.slice(shape(ifm), starts, sizes, strides)
        super().__init__(
            operands=[ifm],
            properties={
                "starts": ints(starts),
                "sizes": ints(sizes),
                "strides": ints(strides),
            },
            result_types=[tensor_like(ifm, ofm)],
        )

    def ofm_shape(self) -> Shape:
        return shapes.slice(
            shape(self.ifm),
            self.starts.get_values(),
            self.sizes.get_values(),
            self.strides.get_values(),
        )


@irdl_op_definition
class PadOp(Selects):
    """`low[i]` elements of `value` before axis i and `high[i]` after it."""

    name = "nn.pad"

    low = prop_def(DenseArrayBase.constr(i64))
    high = prop_def(DenseArrayBase.constr(i64))
    value = prop_def(FloatAttr.constr(f64), default_value=real(0.0))

    assembly_format = (
        "$ifm `low` $low `high` $high (`value` $value^)? attr-dict "
        "`:` functional-type(operands, results)"
    )

    def __init__(
        self,
        ifm: SSAValue,
        low: Sequence[int],
        high: Sequence[int],
        value: float = 0.0,
    ):
        ofm = shapes.pad(shape(ifm), low, high)
        super().__init__(
            operands=[ifm],
            properties={"low": ints(low), "high": ints(high), "value": real(value)},
            result_types=[tensor_like(ifm, ofm)],
        )

    def ofm_shape(self) -> Shape:
        return shapes.pad(
            shape(self.ifm), self.low.get_values(), self.high.get_values()
        )
