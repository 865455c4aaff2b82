"""What calibration says of a tensor, as attributes.

`range = array<f64: low, high>`, and `mean = "key"` of a weight that holds the mean of
each channel; before it, `calibration = "min-max"` says by which method. They stand on
the operator that makes the tensor; on an argument of a function they are called
`nn.range`, `nn.mean` and `nn.calibration`.
"""

from xdsl.dialects.builtin import DenseArrayBase, StringAttr, f64
from xdsl.ir import Attribute, BlockArgument, OpResult, SSAValue

from ...dialects.locations import place
from ...errors import AipuError
from ..functions import argument_attributes, input_name, set_argument_attribute

RANGE, MEAN, METHOD = "range", "mean", "calibration"


def write_range(value: SSAValue, low: float, high: float) -> None:
    """Say that `value` reaches from `low` to `high`."""
    write(value, RANGE, DenseArrayBase.from_list(f64, [low, high]))


def read_range(value: SSAValue) -> tuple[float, float]:
    """The range of `value`.

    Raises:
        AipuError: it has none.
    """
    attribute = read(value, RANGE)
    if not isinstance(attribute, DenseArrayBase) or len(attribute) != 2:
        raise missing("range", value)
    low, high = attribute.get_values()
    return low, high


def write_mean(value: SSAValue, key: str) -> None:
    """Say that the weight `key` holds the mean of each channel of `value`."""
    write(value, MEAN, StringAttr(key))


def read_mean(value: SSAValue) -> str:
    """The key of the weight that holds the mean of each channel of `value`.

    Raises:
        AipuError: there is none.
    """
    attribute = read(value, MEAN)
    if not isinstance(attribute, StringAttr):
        raise missing("mean", value)
    return attribute.data


def write_method(value: SSAValue, method: str) -> None:
    """Say how the range of `value` is to be chosen."""
    write(value, METHOD, StringAttr(method))


def read_method(value: SSAValue) -> str:
    """How the range of `value` is to be chosen; empty where nothing is said."""
    attribute = read(value, METHOD)
    return attribute.data if isinstance(attribute, StringAttr) else ""


def write(value: SSAValue, name: str, attribute: Attribute) -> None:
    match value:
        case BlockArgument():
            set_argument_attribute(value, f"nn.{name}", attribute)
        case OpResult():
            value.op.attributes[name] = attribute


def read(value: SSAValue, name: str) -> Attribute | None:
    match value:
        case BlockArgument():
            return argument_attributes(value).get(f"nn.{name}")
        case OpResult():
            return value.op.attributes.get(name)
    return None


def missing(what: str, value: SSAValue) -> AipuError:
    """The error that calibration has not said `what` of a tensor."""
    return AipuError(
        f"this tensor has no calibrated {what}",
        place=source(value),
        remedy="run the pass 'calibrate' before",
    )


def source(value: SSAValue) -> str:
    """The node that a value comes from, or the input."""
    match value:
        case BlockArgument():
            return input_name(value)
        case OpResult():
            return place(value.op)
    return ""
