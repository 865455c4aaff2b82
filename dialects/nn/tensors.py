"""Reading tensor types: xDSL leaves the type of an operand open, these close it."""

from xdsl.dialects.builtin import TensorType
from xdsl.ir import Attribute, SSAValue
from xdsl.utils.exceptions import VerifyException


def tensor_type(value: SSAValue) -> TensorType:
    """The type of a tensor value."""
    if not isinstance(value.type, TensorType):
        raise VerifyException(f"expected a tensor, found {value.type}")
    return value.type


def shape(value: SSAValue) -> tuple[int, ...]:
    """The shape of a tensor value."""
    return tensor_type(value).get_shape()


def element_type(value: SSAValue) -> Attribute:
    """The type of one element of a tensor value."""
    return tensor_type(value).element_type


def tensor_like(value: SSAValue, new_shape: tuple[int, ...]) -> TensorType:
    """A tensor type with the element type of `value` and another shape."""
    return TensorType(element_type(value), new_shape)
