"""The type that the model itself gives to the integers of a tensor.

`pinned = !quant.uniform<i8, 0.05:-3>` stands on the operator that makes the tensor; on
an argument of a function it is called `nn.pinned`. A tensor that holds integers already
has the type of those.
"""

from xdsl.ir import SSAValue

from ...dialects.quant import UniformType, quantisation
from .ranges import read, write

PINNED = "pinned"


def pin(value: SSAValue, element: UniformType) -> None:
    """Say that the integers of `value` are of this type."""
    write(value, PINNED, element)


def pinned(value: SSAValue) -> UniformType | None:
    """The type of the integers of `value`; None if the model says nothing of it."""
    if (own := quantisation(value)) is not None:
        return own
    element = read(value, PINNED)
    return element if isinstance(element, UniformType) else None
