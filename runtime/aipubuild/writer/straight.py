"""A network as one list of operators, from named inputs to named outputs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from xdsl.ir import SSAValue

from ....dialects import nn


@dataclass(frozen=True)
class Straight:
    """What is written of a network.

    inputs: the arguments, by the names that the model gives them.
    operators: in an order in which they can be computed.
    origins: for a value that stands for another, as an argument of a segment does, that
        other one.
    outputs: names and values.
    """

    inputs: Mapping[str, SSAValue]
    operators: Sequence[nn.Operator]
    origins: Mapping[SSAValue, SSAValue]
    outputs: Sequence[tuple[str, SSAValue]]

    def origin(self, value: SSAValue) -> SSAValue:
        """The input, weight or result that a value is."""
        while value in self.origins:
            value = self.origins[value]
        return value
