"""The calibrated range of a tensor, as an attribute.

`range = array<f64: low, high>` on the operator that makes it, `nn.range` on an argument
of a function.
"""

from xdsl.dialects.builtin import DenseArrayBase, f64
from xdsl.ir import BlockArgument, OpResult, SSAValue

from ...errors import AipuError
from ..functions import argument_attributes, input_name, set_argument_attribute
from ..place import place

ON_OPERATOR, ON_ARGUMENT = "range", "nn.range"


def write_range(value: SSAValue, low: float, high: float) -> None:
    """Say that `value` reaches from `low` to `high`."""
    attribute = DenseArrayBase.from_list(f64, [low, high])
    match value:
        case BlockArgument():
            set_argument_attribute(value, ON_ARGUMENT, attribute)
        case OpResult():
            value.op.attributes[ON_OPERATOR] = attribute


def read_range(value: SSAValue) -> tuple[float, float]:
    """The range of `value`.

    Raises:
        AipuError: it has none.
    """
    attribute, source = None, ""
    match value:
        case BlockArgument():
            attribute = argument_attributes(value).get(ON_ARGUMENT)
            source = input_name(value)
        case OpResult():
            attribute = value.op.attributes.get(ON_OPERATOR)
            source = place(value.op)
    if not isinstance(attribute, DenseArrayBase) or len(attribute) != 2:
        raise AipuError(
            "this tensor has no range",
            place=source,
            remedy="run the pass 'calibrate' before",
        )
    low, high = attribute.get_values()
    return low, high
