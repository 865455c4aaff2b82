"""What is known of a value's range: the clamp that its producer ends in."""

from xdsl.ir import SSAValue

from ...dialects import nn

WithActivation = (
    nn.Conv2dOp
    | nn.ConvTranspose2dOp
    | nn.FullyConnectedOp
    | nn.BinaryOperator
    | nn.RequantiseOp
)
"""Operators that clamp on the way out."""


def clamp_of(value: SSAValue) -> nn.Clamp:
    """The clamp that a value has been through last; one without bounds if none."""
    owner = value.owner
    if isinstance(owner, nn.ClampOp):
        return owner.bounds.data
    return owner.activation.data if isinstance(owner, WithActivation) else nn.Clamp()


def after(first: nn.Clamp, second: nn.Clamp) -> nn.Clamp:
    """The one clamp that does what `first` and then `second` do."""
    low, high = (min(max(bound, second.low), second.high) for bound in first)
    return nn.Clamp(low, high)
