"""What the elements of a tensor of ONNX are in `nn`."""

from collections.abc import Mapping

from onnx import TensorProto
from xdsl.dialects.builtin import IntegerType, Signedness, f32, i1, i8, i16, i32, i64
from xdsl.ir import Attribute


def unsigned(width: int) -> IntegerType:
    return IntegerType(width, Signedness.UNSIGNED)


ELEMENTS: Mapping[int, Attribute] = {
    TensorProto.FLOAT: f32,
    TensorProto.FLOAT16: f32,
    TensorProto.BFLOAT16: f32,
    TensorProto.DOUBLE: f32,
    TensorProto.BOOL: i1,
    TensorProto.INT8: i8,
    TensorProto.INT16: i16,
    TensorProto.INT32: i32,
    TensorProto.INT64: i64,
    TensorProto.UINT8: unsigned(8),
    TensorProto.UINT16: unsigned(16),
    TensorProto.UINT32: unsigned(32),
    TensorProto.UINT64: unsigned(64),
}
"""What an element type of ONNX is in `nn`: reals of any width are `f32`."""

KINDS: Mapping[Attribute, int] = {
    element: kind for kind, element in reversed(ELEMENTS.items())
}
"""The element type of ONNX for one of `nn`, `FLOAT` for reals."""

REALS = {kind for kind, element in ELEMENTS.items() if element == f32}
"""Element types that become `f32`."""
