"""Whatever else ONNX can say: one operator that holds a node as it is."""

from collections.abc import Mapping, Sequence

from xdsl.dialects.builtin import (
    DictionaryAttr,
    IntegerAttr,
    StringAttr,
    TensorType,
    i64,
)
from xdsl.ir import SSAValue
from xdsl.irdl import irdl_op_definition, opt_prop_def, prop_def, var_operand_def

from .operator import Operator, integer
from .shapes import Shape
from .tensors import shape


@irdl_op_definition
class OnnxNodeOp(Operator):
    """`ofm` is result `number` of a node of ONNX, as its specification defines it.

    For operators that no other of this dialect says: on integers, booleans or strings
    of indices, or in a form that a frontend refuses, `because` of what it says there.
    Only the host runs it. `node` is the NodeProto in base64; the operands are its
    inputs, but for those that it leaves out; `opsets` are the versions of the domains
    that it may name.
    """

    name = "nn.onnx"

    inputs = var_operand_def(TensorType)
    operator = prop_def(StringAttr)
    number = prop_def(IntegerAttr.constr(i64), default_value=integer(0))
    because = opt_prop_def(StringAttr)
    node = prop_def(StringAttr)
    opsets = prop_def(DictionaryAttr)

    assembly_format = (
        "$operator `(` $inputs `)` (`result` $number^)? (`because` $because^)? "
        "`node` $node `opsets` $opsets attr-dict `:` functional-type(operands, results)"
    )

    def __init__(
        self,
        operator: str,
        node: str,
        opsets: Mapping[str, int],
        inputs: Sequence[SSAValue],
        ofm: TensorType,
        number: int = 0,
        because: str | None = None,
    ):
        versions = {domain: integer(version) for domain, version in opsets.items()}
        super().__init__(
            operands=[inputs],
            properties={
                "operator": StringAttr(operator),
                "number": integer(number),
                "node": StringAttr(node),
                "opsets": DictionaryAttr(versions),
                "because": None if because is None else StringAttr(because),
            },
            result_types=[ofm],
        )

    def ofm_shape(self) -> Shape:
        return shape(self.ofm)
