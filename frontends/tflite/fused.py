"""The activation that a TFLite operator applies to its own result."""

from collections.abc import Callable, Mapping
from math import inf

from xdsl.ir import SSAValue

from ...dialects import nn
from .node import Node

ACTIVATIONS: Mapping[str, Callable[[SSAValue], nn.Operator]] = {
    "RELU": lambda ifm: nn.ClampOp(ifm, 0.0, inf),
    "RELU_N1_TO_1": lambda ifm: nn.ClampOp(ifm, -1.0, 1.0),
    "RELU6": lambda ifm: nn.ClampOp(ifm, 0.0, 6.0),
    "TANH": nn.TanhOp,
}


def activated(node: Node, value: SSAValue) -> SSAValue:
    """`value` after the node's own activation."""
    activation = node.text("FusedActivationFunction", "NONE")
    if activation == "NONE":
        return value
    if activation not in ACTIVATIONS:
        raise node.unsupported(f"the activation {activation}")
    return node.emit(ACTIVATIONS[activation](value))
