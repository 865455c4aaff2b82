"""Whole numbers that a graph is fed with: pictures of bytes, counts.

They are reals here, which hold them exactly up to 2 ** 24; the input remembers what it
is stored as. A node that computes with them is taken as long as reals give its results:
integers of 32 bits or more neither wrap nor round where people use them, those of fewer
do.
"""

from collections.abc import Mapping

from xdsl.dialects.builtin import IntegerType, Signedness, i8, i16, i32, i64

from ...dialects.quant import UniformType
from .graph_def import NodeDef
from .node import Node
from .tensor_proto import DataType


def unsigned(width: int) -> IntegerType:
    return IntegerType(width, Signedness.UNSIGNED)


STORAGE: Mapping[DataType, IntegerType] = {
    DataType.INT8: i8,
    DataType.INT16: i16,
    DataType.INT32: i32,
    DataType.INT64: i64,
    DataType.UINT8: unsigned(8),
    DataType.UINT16: unsigned(16),
    DataType.UINT32: unsigned(32),
}

WIDE = {DataType.INT32, DataType.INT64, DataType.UINT32}

ALIKE = {
    *("ArgMax", "ArgMin", "BatchToSpaceND", "Cast", "ClipByValue", "Concat"),
    *("ConcatV2", "DepthToSpace", "Equal", "ExpandDims", "Gather", "GatherV2"),
    *("Greater", "GreaterEqual", "Less", "LessEqual", "Max", "MaxPool", "Maximum"),
    *("Min", "Minimum", "MirrorPad", "NotEqual", "Pack", "Pad", "PadV2", "Relu"),
    *("Relu6", "Reshape", "ResizeBilinear", "ResizeNearestNeighbor", "ReverseV2"),
    *(
        "Select",
        "SelectV2",
        "Slice",
        "SpaceToBatchND",
        "SpaceToDepth",
        "Split",
        "SplitV",
    ),
    *("Squeeze", "StridedSlice", "Tile", "Transpose", "Unpack"),
}
"""Operators that do the same to whole numbers as to reals."""

SUMS = {
    *("Abs", "Add", "AddN", "AddV2", "BiasAdd", "Cumsum", "Einsum", "MatMul"),
    *("Mul", "Neg", "Prod"),
    *("Sign", "Square", "SquaredDifference", "Sub", "Sum"),
}
"""Those that do so as long as nothing overflows."""


def stored_input(node: NodeDef) -> UniformType | None:
    """The whole numbers that a placeholder takes, if it takes such."""
    kind = node.attributes.get("dtype")
    if not isinstance(kind, DataType) or kind not in STORAGE:
        return None
    return UniformType(1.0, 0, STORAGE[kind])


def check_integers(node: Node) -> None:
    """A node on whole numbers must give the results that it gives on reals.

    Raises:
        UnsupportedError: it rounds or wraps.
    """
    kind = node.definition.attributes.get("T")
    if not isinstance(kind, DataType) or kind not in STORAGE:
        return
    if node.operator in ALIKE or (kind in WIDE and node.operator in SUMS):
        return
    name = kind.name.lower()
    raise node.unsupported(f"it computes with {name}, which rounds or wraps")


def holds(wide: DataType, narrow: DataType) -> bool:
    """Whether one type of whole numbers has all of another."""
    if wide not in STORAGE or narrow not in STORAGE:
        return False
    (low, high), (least, most) = (
        UniformType(1.0, 0, STORAGE[kind]).limits for kind in (wide, narrow)
    )
    return low <= least and most <= high
