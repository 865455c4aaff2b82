"""Layers that `nn` has on reals only: dequantise, compute, quantise.

The Optimizer approximates these on integers, so here results are nearer to those of
the float network, and may differ from the Optimizer's by a step or so.
"""

from collections.abc import Callable
from dataclasses import replace

from xdsl.ir import SSAValue

from ....dialects import nn
from ....dialects.quant import quantisation
from ..elements import element_of
from ..node import IrNode
from ..operators import Converter
from ..operators.normalisation import log_softmax, response
from ..operators.reduction import arg_min_max, reduce
from ..operators.resampling import resize


def in_reals(converter: Callable[[IrNode], SSAValue]) -> Callable[[IrNode], SSAValue]:
    """A converter on reals, for a layer on integers."""

    def convert(node: IrNode) -> SSAValue:
        reals = [as_reals(node, value) for value in node.bottoms]
        result = converter(replace(node, inputs=reals))
        element = element_of(node.block)
        return result if element is None else node.emit(nn.QuantiseOp(result, element))

    return convert


def as_reals(node: IrNode, value: SSAValue) -> SSAValue:
    """A tensor as reals, whatever it holds."""
    if quantisation(value) is None:
        return value
    return node.emit(nn.DequantiseOp(value))


CONVERTERS: dict[str, Converter] = {
    "ArgMinMax": in_reals(arg_min_max),
    "LRN": in_reals(response),
    "LogSoftmax": in_reals(log_softmax),
    "Reduce": in_reals(reduce),
    "Resize": in_reals(resize),
}
