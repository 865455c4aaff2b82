"""Operators that onnxruntime makes of several, when it optimises a model and saves it.

Source: docs/ContribOperators.md of onnxruntime.
"""

from collections.abc import Callable, Sequence

from xdsl.ir import SSAValue

from ....dialects import nn
from ...vocabulary.moving import swapped
from ..activations import activation
from ..node import Node
from .convolution import conv, gemm, matmul
from .normalisation import normalised, of_unit_size

Activated = Callable[[Node, SSAValue], SSAValue]


def fused_conv(node: Node) -> SSAValue:
    """`activation(conv(X, W) + B + Z)`; without an activation the sum itself."""
    ofm = conv(node.on(node.inputs[:3]))
    if node.has(3):
        ofm = node.emit(nn.AddOp(ofm, node.tensor(3)))
    return activated(node, ofm, node.reals("activation_params"))


def fused_gemm(node: Node) -> SSAValue:
    """`activation(gemm(A, B, C))`."""
    node.ignore("activation_gamma")
    names = ("activation_alpha", "activation_beta")
    given = [node.real(name, 0.0) if node.gives(name) else None for name in names]
    return activated(node, gemm(node), given)


def fused_matmul(node: Node) -> SSAValue:
    """`alpha * A' * B'`, where ' turns each matrix if transA or transB is set."""
    if node.integer("transBatchA", 0) or node.integer("transBatchB", 0):
        raise node.unsupported("the axes of a batch in another order")
    factors = [
        swapped(node, node.value(at)) if node.integer(name, 0) else node.value(at)
        for at, name in enumerate(("transA", "transB"))
    ]
    return node.scaled(matmul(node.on(factors)), "alpha", node.real("alpha", 1.0))


def activated(
    node: Node, value: SSAValue, parameters: Sequence[float | None]
) -> SSAValue:
    """What the attribute `activation` names, of a value."""
    name = node.text("activation", "")
    if not name:
        return value
    try:
        function = activation(name, *parameters)
    except KeyError:
        raise node.unsupported(f"the activation '{name}'") from None
    return function(node, value)


def biased(operator: type[nn.UnaryOperator]) -> Callable[[Node], SSAValue]:
    """A function of the sum of all inputs, of which the second may be missing."""

    def convert(node: Node) -> SSAValue:
        return node.emit(operator(total(node, 0, 1)))

    return convert


def quick_gelu(node: Node) -> SSAValue:
    """`x * sigmoid(alpha * x)`."""
    ifm = node.tensor(0)
    inner = node.scaled(ifm, "alpha", node.real("alpha", 1.702))
    return node.emit(nn.MulOp(ifm, node.emit(nn.SigmoidOp(inner))))


def bias_add(node: Node) -> SSAValue:
    return total(node, 0, 1, 2)


def skipping(
    normalise: Callable[..., SSAValue], bias: int
) -> Callable[[Node], Sequence[SSAValue]]:
    """A layer of the sum of two inputs and a `bias`; the fourth result is that sum."""

    def convert(node: Node) -> Sequence[SSAValue]:
        ifm = total(node, 0, 1, bias)
        last = len(nn.shape(ifm)) - 1
        ofm = normalise(node, ifm, last, node.real("epsilon", 1e-12), gain=2)
        if any(node.proto.output[1:3]):
            raise node.unsupported("a mean or a deviation as a result")
        return [ofm, ofm, ofm, ifm]

    return convert


def total(node: Node, *positions: int) -> SSAValue:
    """The sum of those inputs that are there."""
    first, *others = (node.tensor(at) for at in positions if node.has(at))
    for other in others:
        first = node.emit(nn.AddOp(first, other))
    return first


CONVERTERS = {
    f"com.microsoft.{name}": converter
    for name, converter in {
        "FusedConv": fused_conv,
        "FusedGemm": fused_gemm,
        "FusedMatMul": fused_matmul,
        "Gelu": biased(nn.GeluOp),
        "BiasGelu": biased(nn.GeluOp),
        "FastGelu": biased(nn.GeluTanhOp),
        "QuickGelu": quick_gelu,
        "BiasAdd": bias_add,
        "SkipLayerNormalization": skipping(normalised, 4),
        "SkipSimplifiedLayerNormalization": skipping(of_unit_size, 3),
    }.items()
}
