"""Which converter a layer gets: on reals or on integers, as its tensors are."""

from collections.abc import Mapping, Sequence

import numpy as np
from xdsl.dialects.builtin import TensorType
from xdsl.ir import SSAValue

from ...dialects import nn
from ...dialects.quant import quantisation
from ..refusals import UNKNOWN
from . import generic, integers, operators
from .elements import OFFSETS, element_of, top_type
from .integers.site import ELEMENTS
from .layer import INPUT, OUTPUT, PLAIN
from .node import IrNode
from .operators import Converter


def either(name: str) -> Converter:
    """The converter of a type of layers, whatever its tensors hold."""

    def convert(node: IrNode) -> SSAValue | Sequence[SSAValue]:
        on_integers = element_of(node.block) is not None or any(
            quantisation(value) is not None for value in node.bottoms
        )
        converters = integers.CONVERTERS if on_integers else operators.CONVERTERS
        if name not in converters:
            kind = "integers" if on_integers else "reals"
            raise node.unsupported(f"{UNKNOWN} on {kind}")
        results = converters[name](node)
        check_shapes(node, results)
        return results

    return convert


def check_shapes(node: IrNode, results: SSAValue | Sequence[SSAValue]) -> None:
    """The text must say of the tops what follows from the bottoms."""
    made = [results] if isinstance(results, SSAValue) else results
    for position, value in enumerate(made[: len(node.layer.writes)]):
        promised, found = node.top_shape(position), nn.shape(value)
        if node.unchanged and promised != found:
            raise node.block.wrong(
                "layer_top_shape", f"the layer makes the shape {list(found)}"
            )


def quantise(node: IrNode) -> SSAValue:
    """The integers that the layer says; nothing if it says reals."""
    element, value = element_of(node.block), node.bottom()
    if element is None or quantisation(value) is not None:
        return value
    return node.emit(nn.QuantiseOp(value, element))


def dequantise(node: IrNode) -> SSAValue:
    """Reals; nothing to do if they are so already."""
    value = node.bottom()
    if quantisation(value) is None:
        return value
    return node.emit(nn.DequantiseOp(value))


def constant(node: IrNode) -> SSAValue:
    """A tensor that is known now, as reals or as integers."""
    array, element = node.array("weights"), element_of(node.block)
    if array.shape != node.top_shape():
        raise node.block.wrong("weights_shape", "expected the shape of the top")
    if element is None:
        return node.weight(node.name, array)
    if array.dtype.name != top_type(node.block):
        raise node.block.wrong("weights_type", "expected the type of the top")
    stored = (array.astype(np.int16) - OFFSETS[array.dtype.name]).astype(np.int8)
    key = node.network.weights.add(node.name, stored)
    return node.emit(nn.WeightOp(key, TensorType(element, array.shape)))


def plain_integers(node: IrNode) -> SSAValue:
    """A table of an operator that the IR has no word for."""
    array = node.array("weights")
    if array.dtype.name not in ELEMENTS:
        raise node.unsupported(f"a table of {array.dtype}")
    key = node.network.weights.add(node.name, array)
    return node.emit(
        nn.WeightOp(key, TensorType(ELEMENTS[array.dtype.name], array.shape))
    )


NAMES = {*operators.CONVERTERS, *integers.CONVERTERS}

CONVERTERS: Mapping[str, Converter] = {
    **{name: either(name) for name in sorted(NAMES)},
    **generic.CONVERTERS,
    INPUT: quantise,
    OUTPUT: dequantise,
    "Constant": constant,
    PLAIN: plain_integers,
    "Quantize": quantise,
    "DeQuantize": dequantise,
}
