"""Integers that stand for reals, as ONNX says them: with a scale and a zero point.

A computed tensor of int8 or uint8 is one of `!quant.uniform` in `nn`, whose integers
are signed: of uint8 and its zero point 128 is taken. A constant becomes reals at once,
and keeps in mind what they are multiples of.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from xdsl.ir import SSAValue

from ...dialects import nn
from ...dialects.quant import UniformType, quantisation
from ..constant import Constant, Value
from .graph import NamedNode
from .node import Node

SIGNED_OFFSETS: Mapping[str, int] = {"int8": 0, "uint8": 128}
"""What is taken of integers of a type to make them signed."""

NARROW = {"int4", "uint4", *SIGNED_OFFSETS}
"""Types whose integers can be the weights of a layer."""


def element_type(node: Node, scale: int, zero_point: int) -> UniformType:
    """The type that two inputs, named by their positions, give a tensor."""
    scales, zeros = node.constant(scale).array, np.zeros((), np.uint8)
    if node.has(zero_point):
        zeros = node.constant(zero_point).array
    kind = zeros.dtype.name
    if kind not in SIGNED_OFFSETS:
        raise node.unsupported(f"computed integers of the type {kind}")
    if scales.size != 1 or zeros.size != 1:
        raise node.unsupported("a scale for each channel of a computed tensor")
    if not 0 < scales.item() < np.inf:
        raise node.wrong(f"a scale of {scales.item()}")
    return UniformType(scales.item(), zeros.item() - SIGNED_OFFSETS[kind])


def signed(stored: UniformType) -> UniformType:
    """The type of the signed integers in place of a byte that a model stores."""
    unsigned = stored.limits[0] == 0
    zero_point = stored.zero_point - SIGNED_OFFSETS["uint8" if unsigned else "int8"]
    return UniformType(stored.scale, zero_point)


def real(node: Node, position: int, axis: int = 0) -> Value:
    """The reals of an input that is followed by its scale and its zero point.

    A constant may have a scale for each element of `axis`.
    """
    value, scale, zero_point = node.value(position), position + 1, position + 2
    if isinstance(value, Constant):
        zero = node.constant(zero_point).array if node.has(zero_point) else None
        found = dequantised(value, node.constant(scale).array, zero, axis)
        if found is None:
            raise node.wrong(f"the scale of '{value.name}' does not fit its shape")
        return found
    if quantisation(value) is None and has_real_units(node, scale, zero_point):
        return value
    found, said = quantisation(value), element_type(node, scale, zero_point)
    stored_at_zero = found == UniformType(said.scale, 0) and not node.has(zero_point)
    if found != said and not stored_at_zero:
        raise node.unsupported(f"it reads integers of {found} as {said}")
    return node.emit(nn.DequantiseOp(value))


def has_real_units(node: Node, scale: int, zero_point: int) -> bool:
    """Whether the integers of an input are reals: what is dynamic is imported so."""
    zero = node.constant(zero_point).array if node.has(zero_point) else np.zeros(1)
    return bool((node.constant(scale).array == 1).all() and (zero == 0).all())


def quantised(node: Node, value: SSAValue, scale: int, zero_point: int) -> SSAValue:
    """`value` as integers of the type that two inputs say."""
    return node.emit(nn.QuantiseOp(value, element_type(node, scale, zero_point)))


def dequantised(
    constant: Constant, scale: np.ndarray, zero_point: np.ndarray | None, axis: int
) -> Constant | None:
    """`(constant - zero_point) * scale`; None unless one scale fits all or `axis`.

    There must be a zero point for all, or for each scale.
    """
    array = constant.array
    shape = [1] * array.ndim
    if zero_point is not None and zero_point.size not in (1, scale.size):
        return None
    if scale.size != 1:
        if scale.ndim != 1 or not -array.ndim <= axis < array.ndim:
            return None
        if array.shape[axis] != len(scale):
            return None
        shape[axis] = len(scale)
    steps = scale.astype(np.float32).reshape(shape)
    centred = array.astype(np.float32)
    if zero_point is not None:
        of_all = zero_point.size == 1
        centred -= zero_point.astype(np.float32).reshape(() if of_all else shape)
    narrow = array.dtype.name in NARROW and bool((steps > 0).all())
    return Constant(constant.name, centred * steps, steps=steps if narrow else None)


def dequantised_constant(
    node: NamedNode, inputs: Sequence[Constant | None]
) -> Constant | None:
    """The result of a DequantizeLinear on constants; None if it has blocks."""
    array, scale, *rest = inputs
    if array is None or scale is None:
        return None
    zero_point = rest[0].array if rest and rest[0] is not None else None
    axis = {attribute.name: attribute.i for attribute in node.proto.attribute}
    found = dequantised(array, scale.array, zero_point, axis.get("axis", 1))
    return None if found is None else replace(found, name=node.proto.output[0])
