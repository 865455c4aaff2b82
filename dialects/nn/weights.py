"""Constants of a network, kept beside the module and named by a key."""

from xdsl.dialects.builtin import StringAttr, TensorType
from xdsl.irdl import (
    IRDLOperation,
    irdl_op_definition,
    opt_prop_def,
    prop_def,
    result_def,
    traits_def,
)
from xdsl.traits import ConstantLike, Pure


@irdl_op_definition
class WeightOp(IRDLOperation):
    """`value = store[key]`: a constant tensor of the weight store.

    A weight that its model holds as integers is their multiple by `store[scale]`, of
    one number or one for each channel of the first axis. Quantised, it is those again.
    """

    name = "nn.weight"

    key = prop_def(StringAttr)
    scale = opt_prop_def(StringAttr)
    value = result_def(TensorType)

    traits = traits_def(Pure(), ConstantLike())
    assembly_format = "$key (`scale` $scale^)? attr-dict `:` type($value)"

    def __init__(self, key: str, type: TensorType, scale: str | None = None):
        super().__init__(
            properties={
                "key": StringAttr(key),
                "scale": None if scale is None else StringAttr(scale),
            },
            result_types=[type],
        )
