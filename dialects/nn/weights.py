"""Constants of a network, kept beside the module and named by a key."""

from xdsl.dialects.builtin import StringAttr, TensorType
from xdsl.irdl import (
    IRDLOperation,
    irdl_op_definition,
    prop_def,
    result_def,
    traits_def,
)
from xdsl.traits import ConstantLike, Pure


@irdl_op_definition
class WeightOp(IRDLOperation):
    """`value = store[key]`: a constant tensor of the weight store."""

    name = "nn.weight"

    key = prop_def(StringAttr)
    value = result_def(TensorType)

    traits = traits_def(Pure(), ConstantLike())
    assembly_format = "$key attr-dict `:` type($value)"

    def __init__(self, key: str, type: TensorType):
        super().__init__(properties={"key": StringAttr(key)}, result_types=[type])
