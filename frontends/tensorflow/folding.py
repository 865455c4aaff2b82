"""What nodes compute from constants: shapes, loop counters, statistics.

`FOLDERS` maps an operator to numpy. One that is not in it is computed at run time.
"""

from collections.abc import Callable, Mapping, Sequence
from math import ceil, prod

import numpy as np

from ...errors import AipuError
from .node import Node
from .slices import strided
from .tensor_proto import ELEMENTS, LARGEST, read_tensor
from .values import Constant

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


def concat(node: Node, arrays: Arrays) -> np.ndarray:
    """The axis comes last."""
    return np.concatenate(arrays[:-1], arrays[-1].item())


def concat_old(node: Node, arrays: Arrays) -> np.ndarray:
    """The axis comes first."""
    return np.concatenate(arrays[1:], arrays[0].item())


def pack(node: Node, arrays: Arrays) -> np.ndarray:
    return np.stack(arrays, node.integer("axis", 0))


def unpack(node: Node, arrays: Arrays) -> list[np.ndarray]:
    return list(np.moveaxis(arrays[0], node.integer("axis", 0), 0))


def slice_(node: Node, arrays: Arrays) -> np.ndarray:
    array, starts, sizes = arrays
    return array[
        tuple(
            slice(start, None if size == -1 else start + size)
            for start, size in zip(starts.tolist(), sizes.tolist(), strict=True)
        )
    ]


def strided_slice(node: Node, arrays: Arrays) -> np.ndarray:
    array, begins, ends, strides = arrays
    cut = strided(node, array.shape, begins.tolist(), ends.tolist(), strides.tolist())
    taken = tuple(slice(r.start, _stop(r), r.step) for r in cut.taken)
    return array[taken].reshape(cut.shape)


def _stop(taken: range) -> int | None:
    """Where a slice ends that goes as the range does; None is before the first."""
    return taken.stop if taken.stop >= 0 else None


def reshape(node: Node, arrays: Arrays) -> np.ndarray:
    return arrays[0].reshape(arrays[1].tolist())


def squeeze(node: Node, arrays: Arrays) -> np.ndarray:
    axes = node.integers("squeeze_dims")
    return np.squeeze(arrays[0], tuple(axes) if axes else None)


def expand_dims(node: Node, arrays: Arrays) -> np.ndarray:
    return np.expand_dims(arrays[0], arrays[1].item())


def transpose(node: Node, arrays: Arrays) -> np.ndarray:
    return np.transpose(arrays[0], arrays[1].tolist())


def tile(node: Node, arrays: Arrays) -> np.ndarray:
    if arrays[0].size * prod(arrays[1].tolist()) > LARGEST:
        raise too_large(node)
    return np.tile(arrays[0], arrays[1].tolist())


def gather(node: Node, arrays: Arrays) -> np.ndarray:
    axis = arrays[2].item() if len(arrays) > 2 else 0
    return np.take(arrays[0], arrays[1], axis)


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
    "Concat": concat_old,
    "ConcatV2": concat,
    "Pack": pack,
    "Unpack": unpack,
    "Slice": slice_,
    "StridedSlice": strided_slice,
    "Reshape": reshape,
    "Squeeze": squeeze,
    "ExpandDims": expand_dims,
    "Transpose": transpose,
    "Tile": tile,
    "Gather": gather,
    "GatherV2": gather,
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
