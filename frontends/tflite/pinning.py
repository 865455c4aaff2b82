"""A tensor that the file keeps as integers: its scale, put behind it.

The operators stay on reals; a pair of `nn.quantise` and `nn.dequantise` says which of
them the file's integers can stand for.
"""

from collections.abc import Mapping

from xdsl.dialects.builtin import IntegerType, Signedness, i8, i16
from xdsl.ir import SSAValue
from xdsl.utils.exceptions import VerifyException

from ...dialects.quant import UniformType
from ...errors import AipuError
from ..network import Emitter
from .graph import Quantisation, Tensor

UNSIGNED_ZERO = 128
"""What lies between uint8 and int8."""

STORAGE: Mapping[str, IntegerType] = {
    "INT8": i8,
    "UINT8": IntegerType(8, Signedness.UNSIGNED),
    "INT16": i16,
}


def stored_as(tensor: Tensor) -> UniformType | None:
    """The integers that the file keeps the reals of a tensor as, if it does.

    Raises:
        AipuError: the zero point is none of them.
    """
    found = tensor.quantisation
    if found is None or tensor.kind not in STORAGE:
        return None
    storage = STORAGE[tensor.kind]
    try:
        return UniformType(float(found.scale[0]), int(found.zero_point[0]), storage)
    except VerifyException as error:
        raise AipuError(str(error), place=f"input '{tensor.name}'") from None


def pinned_as(node: Emitter, value: SSAValue, tensor: Tensor) -> SSAValue:
    """`value` as the integers of `tensor` can say it, if it has such."""
    if tensor.quantisation is None or tensor.kind not in ("INT8", "UINT8"):
        return value
    unsigned = tensor.kind == "UINT8"
    return pinned(node, value, tensor.quantisation, unsigned=unsigned)


def pinned(
    node: Emitter, value: SSAValue, quantisation: Quantisation, *, unsigned: bool
) -> SSAValue:
    """`value` as integers of one scale, and back.

    Raises:
        AipuError: the zero point is none of the integers.
    """
    zero_point = int(quantisation.zero_point[0]) - UNSIGNED_ZERO * unsigned
    if not -128 <= zero_point <= 127:
        raise node.wrong(f"the zero point {quantisation.zero_point[0]} of its result")
    element = UniformType(float(quantisation.scale[0]), zero_point, i8)
    return node.pinned(value, element)
