"""From one kind of numbers to another: what quantised, half and whole ones become."""

from collections.abc import Callable, Mapping

import numpy as np

from ...constant import Constant, Value
from ..node import Node

WHOLE = {"INT8", "UINT8", "INT16", "UINT16", "INT32", "UINT32", "INT64", "UINT64"}


def same_reals(node: Node) -> Value:
    """Integers stand for reals already; the scale of the result is put behind it."""
    return node.value(0)


def cast(node: Node) -> Value:
    """Between kinds of reals, and from whole numbers; known ones to whole numbers."""
    value, result = node.value(0), node.results[0]
    if result.kind not in WHOLE:
        return value
    if not isinstance(value, Constant):
        raise node.unsupported("a cast from reals to whole numbers")
    return Constant(node.name, value.reals.astype(np.int64))


CONVERTERS = {
    "QUANTIZE": same_reals,
    "DEQUANTIZE": same_reals,
    "CAST": cast,
}

MANY = 4096
"""Elements of a shape, or of what shapes are computed from, at most."""

OF_WHOLE_NUMBERS: Mapping[str, Callable[..., np.ndarray]] = {
    "ADD": np.add,
    "SUB": np.subtract,
    "MUL": np.multiply,
    "FLOOR_DIV": np.floor_divide,
    "FLOOR_MOD": np.mod,
    "MINIMUM": np.minimum,
    "MAXIMUM": np.maximum,
    "REDUCE_PROD": lambda values, axes: np.prod(values, axis=tuple(axes.reshape(-1))),
}
"""Arithmetic on shapes, which a network must know now."""


def computed(node: Node) -> Constant | None:
    """The result of a node on whole numbers that are known; None if they are not."""
    arrays = [value.array for value in node.inputs if isinstance(value, Constant)]
    few = all(array.dtype.kind in "iu" and array.size <= MANY for array in arrays)
    known = few and 0 < len(arrays) == len(node.inputs)
    if node.operator not in OF_WHOLE_NUMBERS or not known:
        return None
    try:
        with np.errstate(all="ignore"):
            result = OF_WHOLE_NUMBERS[node.operator](*arrays)
    except (IndexError, TypeError, ValueError) as error:
        raise node.wrong(str(error)) from error
    return Constant(node.name, np.asarray(result))
