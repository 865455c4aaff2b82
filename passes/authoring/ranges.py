"""What calibration says of a tensor, as attributes.

`range = array<f64: low, high>`, and `mean = "key"` of a weight that holds the mean of
each channel; before it, `calibration = "min-max"` says by which method, and between it
and `choose-ranges` stand several `ranges` to choose from. Where `narrow-ranges` has cut
a range off, `told_apart = array<f64: low, high>` says what readers tell apart at most.
They stand on the operator that makes the tensor; on an argument of a function they are
called `nn.range`, `nn.mean`, `nn.calibration` and `nn.ranges`.
"""

from collections.abc import Sequence

from xdsl.dialects.builtin import ArrayAttr, DenseArrayBase, StringAttr, f64
from xdsl.ir import Attribute, BlockArgument, OpResult, SSAValue

from ...dialects.locations import place
from .functions import (
    argument_attributes,
    drop_argument_attribute,
    input_name,
    set_argument_attribute,
)
from .unmarked import UnmarkedError

RANGE, RANGES, MEAN, METHOD = "range", "ranges", "mean", "calibration"
TOLD_APART = "told_apart"

OF_VALUES = (RANGE, RANGES, MEAN, METHOD)
"""All that calibration says of a tensor."""

Range = tuple[float, float]

LARGEST_REAL = 3.4028234663852886e38
"""Of float32; a text cannot say infinity."""


def write_range(value: SSAValue, low: float, high: float) -> None:
    """Say that `value` reaches from `low` to `high`."""
    write(value, RANGE, DenseArrayBase.from_list(f64, [low, high]))


def read_range(value: SSAValue) -> Range:
    """The range of `value`.

    Raises:
        UnmarkedError: it has none.
    """
    found = as_range(read(value, RANGE))
    if found is None:
        raise missing(RANGE, value)
    return found


def write_told_apart(value: SSAValue, low: float, high: float) -> None:
    """Say that no reader tells values of `value` beyond `low` and `high` apart."""
    ends = [max(low, -LARGEST_REAL), min(high, LARGEST_REAL)]
    write(value, TOLD_APART, DenseArrayBase.from_list(f64, ends))


def read_told_apart(value: SSAValue) -> Range | None:
    """What readers of `value` tell apart at most; None where nothing was cut off."""
    return as_range(read(value, TOLD_APART))


def write_candidates(value: SSAValue, ranges: Sequence[Range]) -> None:
    """Say which ranges there are to choose from for `value`."""
    arrays = [DenseArrayBase.from_list(f64, each) for each in ranges]
    write(value, RANGES, ArrayAttr(arrays))


def read_candidates(value: SSAValue) -> list[Range]:
    """The ranges there are to choose from for `value`."""
    attribute = read(value, RANGES)
    if not isinstance(attribute, ArrayAttr):
        return []
    return [found for each in attribute if (found := as_range(each)) is not None]


def take_candidates(value: SSAValue) -> list[Range]:
    """The ranges there are to choose from for `value`, which no longer says so."""
    found = read_candidates(value)
    drop(value, RANGES)
    return found


def as_range(attribute: Attribute | None) -> Range | None:
    """The two numbers of an attribute; None if it is not of such."""
    if not isinstance(attribute, DenseArrayBase) or len(attribute) != 2:
        return None
    low, high = attribute.get_values()
    return low, high


def write_mean(value: SSAValue, key: str) -> None:
    """Say that the weight `key` holds the mean of each channel of `value`."""
    write(value, MEAN, StringAttr(key))


def read_mean(value: SSAValue) -> str:
    """The key of the weight that holds the mean of each channel of `value`.

    Raises:
        UnmarkedError: there is none.
    """
    attribute = read(value, MEAN)
    if not isinstance(attribute, StringAttr):
        raise missing(MEAN, value)
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


def drop(value: SSAValue, name: str) -> None:
    match value:
        case BlockArgument():
            drop_argument_attribute(value, f"nn.{name}")
        case OpResult():
            value.op.attributes.pop(name, None)


def read(value: SSAValue, name: str) -> Attribute | None:
    match value:
        case BlockArgument():
            return argument_attributes(value).get(f"nn.{name}")
        case OpResult():
            return value.op.attributes.get(name)
    return None


def say_alike(value: SSAValue, other: SSAValue) -> None:
    """Say of a value what is said of another one that is the same, where nothing is."""
    if value.type == other.type:
        for name in OF_VALUES:
            attribute = read(other, name)
            if attribute is not None and read(value, name) is None:
                write(value, name, attribute)


def missing(what: str, value: SSAValue) -> UnmarkedError:
    """The error that calibration has not said `what` of a tensor."""
    return UnmarkedError(
        value.op if isinstance(value, OpResult) else None,
        what,
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
