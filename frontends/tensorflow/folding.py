"""What nodes compute from constants: shapes, loop counters, statistics.

`FOLDERS` maps an operator to numpy. One that is not in it is computed at run time.
"""

from collections.abc import Callable, Mapping, Sequence
from math import ceil, prod

import numpy as np

from ...errors import AipuError
from ..constant import Constant
from ..limits import LARGEST
from .node import Node
from .tensor_proto import ELEMENTS, read_tensor

Arrays = Sequence[np.ndarray]
Folder = Callable[[Node, Arrays], np.ndarray | list[np.ndarray]]

FAULTS = (ArithmeticError, IndexError, TypeError, ValueError)
"""What numpy raises where shapes or numbers do not fit."""


def fold(node: Node, constants: Sequence[Constant]) -> list[Constant]:
    """The results of a node on constants.

    Raises:
        AipuError: the constants do not fit the operator, or the result is too large.
    """
    arrays = [constant.array for constant in constants]
    try:
        with np.errstate(all="ignore"):
            found = FOLDERS[node.operator](node, arrays)
    except FAULTS as error:
        raise node.wrong(f"this constant cannot be computed: {error}") from error
    results = found if isinstance(found, list) else [found]
    if any(array.size > LARGEST for array in results):
        raise too_large(node)
    return [Constant(node.definition.name, np.asarray(array)) for array in results]


def too_large(node: Node) -> AipuError:
    return node.wrong(f"a constant of more than {LARGEST} elements")


def binary(function: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> Folder:
    def folder(node: Node, arrays: Arrays) -> np.ndarray:
        lhs, rhs = arrays
        if prod(np.broadcast_shapes(lhs.shape, rhs.shape)) > LARGEST:
            raise too_large(node)
        return np.asarray(function(lhs, rhs))

    return folder


def unary(function: Callable[[np.ndarray], np.ndarray]) -> Folder:
    return lambda node, arrays: np.asarray(function(arrays[0]))


def divide(lhs: np.ndarray, rhs: np.ndarray) -> np.ndarray:
    """Integers are divided as C does, towards 0."""
    if lhs.dtype.kind == "f":
        return lhs / rhs
    if not rhs.all():
        raise ZeroDivisionError("division by zero")
    quotient = np.abs(lhs) // np.abs(rhs)
    return (np.sign(lhs) * np.sign(rhs) * quotient).astype(lhs.dtype)


def constant(node: Node, arrays: Arrays) -> np.ndarray:
    fixed = node.definition.attributes.get("value")
    if isinstance(fixed, np.ndarray):
        return fixed
    return read_tensor(node.literal("value").proto)


def cast(node: Node, arrays: Arrays) -> np.ndarray:
    kind = node.dtype("DstT")
    if kind not in ELEMENTS or ELEMENTS[kind][0] == "O":
        raise node.unsupported(f"a cast to {kind.name.lower()}")
    return arrays[0].astype(np.float32 if kind.name == "BFLOAT16" else _numpy(node))


def _numpy(node: Node) -> np.dtype:
    kind = node.dtype("DstT")
    return np.dtype(np.float16 if kind.name == "HALF" else ELEMENTS[kind][0])


def fill(node: Node, arrays: Arrays) -> np.ndarray:
    extents = arrays[0].tolist()
    if prod(extents) > LARGEST:
        raise too_large(node)
    return np.full(extents, arrays[1])


def range_(node: Node, arrays: Arrays) -> np.ndarray:
    start, limit, delta = (array.item() for array in arrays)
    if ceil((limit - start) / delta) > LARGEST:
        raise too_large(node)
    return np.arange(start, limit, delta).astype(arrays[0].dtype)


def select(node: Node, arrays: Arrays) -> np.ndarray:
    return np.where(*arrays)


def reduction(function: Callable[..., np.ndarray]) -> Folder:
    def folder(node: Node, arrays: Arrays) -> np.ndarray:
        axes = tuple(arrays[1].reshape(-1).tolist())
        keep = node.flag("keep_dims", False)
        return np.asarray(
            function(arrays[0], axis=axes, keepdims=keep, dtype=arrays[0].dtype)
        )

    return folder


def extreme(function: Callable[..., np.ndarray]) -> Folder:
    def folder(node: Node, arrays: Arrays) -> np.ndarray:
        axes = tuple(arrays[1].reshape(-1).tolist())
        keep = node.flag("keep_dims", False)
        return np.asarray(function(arrays[0], axis=axes, keepdims=keep))

    return folder


def rsqrt(array: np.ndarray) -> np.ndarray:
    return np.reciprocal(np.sqrt(array))


FOLDERS: Mapping[str, Folder] = {
    "Const": constant,
    "Cast": cast,
    "Fill": fill,
    "Range": range_,
    "Select": select,
    "SelectV2": select,
    "Sum": reduction(np.sum),
    "Prod": reduction(np.prod),
    "Max": extreme(np.max),
    "Min": extreme(np.min),
    "All": extreme(np.all),
    "Any": extreme(np.any),
    "Add": binary(np.add),
    "AddV2": binary(np.add),
    "Sub": binary(np.subtract),
    "Mul": binary(np.multiply),
    "Div": binary(divide),
    "RealDiv": binary(divide),
    "FloorDiv": binary(np.floor_divide),
    "FloorMod": binary(np.mod),
    "Maximum": binary(np.maximum),
    "Minimum": binary(np.minimum),
    "Less": binary(np.less),
    "LessEqual": binary(np.less_equal),
    "Greater": binary(np.greater),
    "GreaterEqual": binary(np.greater_equal),
    "Equal": binary(np.equal),
    "NotEqual": binary(np.not_equal),
    "LogicalAnd": binary(np.logical_and),
    "LogicalOr": binary(np.logical_or),
    "LogicalNot": unary(np.logical_not),
    "Neg": unary(np.negative),
    "Sqrt": unary(np.sqrt),
    "Rsqrt": unary(rsqrt),
    "Square": unary(np.square),
    "Floor": unary(np.floor),
    "Ceil": unary(np.ceil),
    "ZerosLike": unary(np.zeros_like),
    "OnesLike": unary(np.ones_like),
}
