"""What is known of a value's range: the clamp that its producer ends in."""

from xdsl.ir import SSAValue

from ..dialects import nn

WithActivation = nn.Conv2dOp | nn.FullyConnectedOp | nn.BinaryOperator | nn.RequantiseOp
"""Operators that clamp on the way out."""


def clamp_of(value: SSAValue) -> nn.Clamp:
    """The clamp that a value has been through last; one without bounds if none."""
    match value.owner:
        case nn.ClampOp() as producer:
            return producer.bounds.data
        case nn.Conv2dOp() | nn.FullyConnectedOp() | nn.RequantiseOp() as producer:
            return producer.activation.data
        case nn.BinaryOperator() as producer:
            return producer.activation.data
        case _:
            return nn.Clamp()


def after(first: nn.Clamp, second: nn.Clamp) -> nn.Clamp:
    """The one clamp that does what `first` and then `second` do."""
    low, high = (min(max(bound, second.low), second.high) for bound in first)
    return nn.Clamp(low, high)
