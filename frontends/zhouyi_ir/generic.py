"""Operators that the IR has no word for, under their own names: `layer_type=nn.select`.

Their properties are written as in a module: `axes=array<i64: 1, 2>`.
"""

from collections.abc import Mapping

from xdsl.context import Context
from xdsl.dialects.builtin import Builtin, TensorType, f32
from xdsl.ir import Attribute, SSAValue
from xdsl.parser import Parser
from xdsl.utils.exceptions import ParseError, VerifyException

from ...dialects import nn
from ...dialects.quant import Quant
from .elements import element_of
from .node import IrNode
from .operators import Converter

OPERATORS: Mapping[str, type[nn.Operator]] = {
    each.name: each for each in nn.Nn.operations if issubclass(each, nn.Operator)
}


def properties_of(op: nn.Operator) -> dict[str, str]:
    """The properties of an operator, as text."""
    return {name: str(attribute) for name, attribute in op.properties.items()}


def operator(node: IrNode) -> SSAValue:
    """The operator that a layer is called after."""
    made = OPERATORS[node.operator].create(
        operands=node.bottoms,
        properties=read_properties(node),
        result_types=[TensorType(element_of(node.block) or f32, node.top_shape())],
    )
    try:
        made.verify()
    except (VerifyException, ValueError) as error:
        raise node.wrong(str(error)) from None
    return node.emit(made)


def read_properties(node: IrNode) -> dict[str, Attribute]:
    """The properties that the operator has, as far as the text says them."""
    context = Context()
    for dialect in (Builtin, Quant, nn.Nn):
        context.load_dialect(dialect)
    known = OPERATORS[node.operator].get_irdl_definition().properties
    properties: dict[str, Attribute] = {}
    for name in known:
        if name in node.block:
            try:
                text = node.block.text(name)
                properties[name] = Parser(context, text).parse_attribute()
            except (ParseError, VerifyException) as error:
                raise node.block.wrong(name, f"no attribute: {error.args[0]}") from None
    return properties


CONVERTERS: Mapping[str, Converter] = dict.fromkeys(OPERATORS, operator)
