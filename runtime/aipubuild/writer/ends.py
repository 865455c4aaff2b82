"""Where a written network begins and ends: with integers, where it quantises there.

An input that is only quantised, always to one type, holds those integers in the IR; an
output that is dequantised at last holds the integers before that.
"""

from collections import defaultdict

from xdsl.ir import SSAValue

from ....dialects import nn
from .names import Names
from .straight import Straight


class Ends:
    """What of a network's ends is written, and what follows from it.

    inputs: by name, the value that an `Input` layer stands for.
    output_names: in order; copies: outputs that need a layer of their own.
    dropped: operators that become part of an end.
    """

    def __init__(self, network: Straight):
        self.network = network
        self.readers = readers(network)
        self.became: dict[SSAValue, SSAValue] = {}
        self.dropped: set[nn.Operator] = set()
        self.names = Names()
        self.inputs = {
            self.names.new(name): self.quantised(value)
            for name, value in network.inputs.items()
        }
        self.named: dict[SSAValue, str] = {
            value: name for name, value in self.inputs.items()
        }
        self.output_names: list[str] = []
        self.copies: list[tuple[str, SSAValue]] = []
        for name, value in network.outputs:
            self.end(name, self.before_reals(network.origin(value)))

    def quantised(self, value: SSAValue) -> SSAValue:
        """The integers that an input becomes, if that is all that becomes of it."""
        reading = self.readers[value]
        quantising = [op for op in reading if isinstance(op, nn.QuantiseOp)]
        returned = {self.network.origin(each) for _, each in self.network.outputs}
        types = {op.ofm.type for op in quantising}
        if len(types) != 1 or len(quantising) < len(reading) or value in returned:
            return value
        first = quantising[0].ofm
        self.dropped.update(quantising)
        self.became |= {op.ofm: first for op in quantising}
        return first

    def before_reals(self, value: SSAValue) -> SSAValue:
        """The integers that an output was, if nobody else reads it as reals."""
        op = value.owner
        if not isinstance(op, nn.DequantiseOp) or self.readers[value]:
            return value
        integers = self.origin(op.ifm)
        if integers in self.named:
            return value
        self.dropped.add(op)
        return integers

    def end(self, name: str, value: SSAValue) -> None:
        """Let an output have its name; one that has another already is copied."""
        given = self.names.new(name)
        self.output_names.append(given)
        if value in self.named:
            self.copies.append((given, value))
        else:
            self.named[value] = given

    def origin(self, value: SSAValue) -> SSAValue:
        """The tensor that a value is, as far as it is written."""
        found = self.network.origin(value)
        return self.became.get(found, found)

    def name(self, value: SSAValue, layer: str) -> str:
        """What a tensor is called: an end as the model says, others as their layer."""
        if value not in self.named:
            self.named[value] = self.names.new(layer)
        return self.named[value]


def readers(network: Straight) -> defaultdict[SSAValue, list[nn.Operator]]:
    """The operators that read each tensor."""
    found: defaultdict[SSAValue, list[nn.Operator]] = defaultdict(list)
    for op in network.operators:
        for value in op.operands:
            found[network.origin(value)].append(op)
    return found
