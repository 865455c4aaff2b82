"""Which converter a layer gets: on reals or on integers, as its tensors are."""

from collections.abc import Mapping, Sequence

import numpy as np
from xdsl.ir import SSAValue

from ...dialects import nn
from ...dialects.quant import quantisation
from . import integers, operators
from .elements import element_of
from .layer import INPUT, OUTPUT
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
            raise node.unsupported(f"the operator is not supported on {kind}")
        results = converters[name](node)
        check_shapes(node, results)
        return results

    return convert


def check_shapes(node: IrNode, results: SSAValue | Sequence[SSAValue]) -> None:
    """The text must say of the tops what follows from the bottoms."""
    made = [results] if isinstance(results, SSAValue) else results
    for position, value in enumerate(made[: len(node.layer.tops)]):
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
    if element is not None:
        raise node.unsupported("a constant of integers")
    return node.weight(f"{node.name}/weights", np.asarray(array))


NAMES = {*operators.CONVERTERS, *integers.CONVERTERS}

CONVERTERS: Mapping[str, Converter] = {
    **{name: either(name) for name in sorted(NAMES)},
    INPUT: quantise,
    OUTPUT: dequantise,
    "Constant": constant,
    "Quantize": quantise,
    "DeQuantize": dequantise,
}
