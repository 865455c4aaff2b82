"""Several functions of one element as one: what they compute stays inside of it."""

from collections.abc import Sequence

from xdsl.dialects.builtin import TensorType, f32
from xdsl.ir import Region, SSAValue
from xdsl.irdl import (
    IRDLOperation,
    irdl_op_definition,
    operand_def,
    region_def,
    traits_def,
    var_operand_def,
)
from xdsl.traits import IsolatedFromAbove, IsTerminator
from xdsl.utils.exceptions import VerifyException

from .operator import Operator
from .tensors import element_type
from .unary import UnaryOperator


@irdl_op_definition
class YieldElementOp(IRDLOperation):
    """What a composite computes."""

    name = "nn.yield"

    value = operand_def()

    traits = traits_def(IsTerminator())
    assembly_format = "$value attr-dict `:` type($value)"

    def __init__(self, value: SSAValue):
        super().__init__(operands=[value])


@irdl_op_definition
class CompositeOp(UnaryOperator):
    """`ofm = body(ifm, constants)`, element by element, and never rounded within.

    The constants are weights of one element each. What is in the body keeps the
    locations of the nodes that it comes from.
    """

    name = "nn.composite"

    ifm = operand_def(TensorType)
    constants = var_operand_def(TensorType)
    body = region_def("single_block")

    traits = traits_def(IsolatedFromAbove())
    assembly_format = (
        "$ifm (`,` $constants^)? $body attr-dict `:` functional-type(operands, results)"
    )

    def __init__(self, ifm: SSAValue, constants: Sequence[SSAValue], body: Region):
        super(UnaryOperator, self).__init__(
            operands=[ifm, constants], regions=[body], result_types=[ifm.type]
        )

    @property
    def parts(self) -> list[Operator]:
        """The operators of the body, in order."""
        return [op for op in self.body.block.ops if isinstance(op, Operator)]

    def verify_(self) -> None:
        super().verify_()
        block = self.body.block
        if any(element_type(value) != f32 for value in (*self.operands, self.ofm)):
            raise VerifyException("a composite is of f32")
        if [a.type for a in block.args] != [value.type for value in self.operands]:
            raise VerifyException("the body must take what the composite is given")
        last = block.last_op
        if not isinstance(last, YieldElementOp):
            raise VerifyException("the body must end in nn.yield")
        if [*block.ops] != [*self.parts, last]:
            raise VerifyException("the body must hold operators alone")
        if self.parts[-1:] != [last.value.owner] or last.value.type != self.ofm.type:
            raise VerifyException("the last operator must make what the composite does")
