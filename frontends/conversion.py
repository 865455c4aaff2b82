"""From the nodes of a model to `nn` operators, one after another, in every format.

A node that `nn` cannot say is remembered, and stand-ins of the right shapes take the
places of what it writes, so that one run finds all of them.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Generic, Protocol, TypeVar

from xdsl.dialects.builtin import TensorType, f32
from xdsl.ir import Block, SSAValue
from xdsl.utils.exceptions import VerifyException

from ..dialects.nn.shapes import Shape
from ..errors import UnsupportedError
from .constant import Constant, Value
from .network import Emitter, Network
from .refusals import UNKNOWN, Refusals


class Wired(Protocol):
    """A node of a file, by the names of the tensors that it reads and writes."""

    @property
    def place(self) -> str:
        """What an error calls it."""
        ...

    @property
    def reads(self) -> Sequence[str]: ...

    @property
    def writes(self) -> Sequence[str]: ...


AnyWired = TypeVar("AnyWired", bound=Wired)
AnyEmitter = TypeVar("AnyEmitter", bound=Emitter)
Converted = Value | Sequence[Value]
"""What a node writes: one tensor, or several."""


class Conversion(ABC, Generic[AnyWired]):
    """Fills a network with the operators and the weights of a graph.

    `values` holds what each tensor has become, `unknown` the tensors after unsupported
    nodes that not even a shape is known of.
    """

    def __init__(self, network: Network):
        self.network = network
        self.values: dict[str, Value] = dict(network.inputs)
        self.unknown: set[str] = set()
        self.refusals = Refusals()

    @abstractmethod
    def results(self, node: AnyWired) -> Mapping[str, Value]:
        """What the tensors become that a node writes.

        Raises:
            UnsupportedError: `nn` cannot say it.
            AipuError: its format does not allow it.
        """

    @abstractmethod
    def check_known(self, node: AnyWired) -> None:
        """Look at a node of whose inputs nothing is known.

        Raises:
            UnsupportedError: it is not supported, whatever it reads.
        """

    def declared(self, node: AnyWired, name: str) -> Shape | None:
        """The shape of a tensor that an unsupported node writes, as the file says."""

    def run(
        self, nodes: Iterable[AnyWired], ends: Sequence[str]
    ) -> dict[str, SSAValue]:
        """Convert all nodes; return the values of the outputs by name.

        Raises:
            UnsupportedError: nodes that are not supported, all of them in one message.
            AipuError: a node that its format does not allow.
        """
        self.convert(nodes)
        if self.refusals:
            raise self.refusals.error(ends)
        return {name: self.output(name) for name in ends}

    def convert(self, nodes: Iterable[AnyWired]) -> None:
        """Convert nodes, and remember those that are not supported.

        Raises:
            AipuError: a node that its format does not allow.
        """
        for node in nodes:
            try:
                self._take(node)
            except UnsupportedError as error:
                self.refusals.refuse(error, node.reads, node.writes)
                for name in node.writes:
                    self._stand_in(name, self.declared(node, name))

    def value(self, name: str) -> Value:
        """What a tensor has become."""
        return self.values[name]

    def output(self, name: str) -> SSAValue:
        """What an output of the network has become."""
        return Emitter(self.network, name, "output").operand(self.value(name))

    def _take(self, node: AnyWired) -> None:
        results: Mapping[str, Value] = {}
        if self.unknown.isdisjoint(node.reads):
            results = self.results(node)
        else:
            self.check_known(node)
            self.unknown.update(name for name in node.writes if name not in self.values)
        for name, value in results.items():
            # A tensor that the graph is cut at stays an input.
            self.values.setdefault(name, value)
        computed = (n for n, value in results.items() if isinstance(value, SSAValue))
        self.refusals.passed(node.reads, node.writes, computed)

    def _stand_in(self, name: str, shape: Shape | None) -> None:
        """Let nodes after an unsupported one be converted, if its shape is known."""
        if name not in self.values and shape is None:
            self.unknown.add(name)
        elif shape is not None:
            stand_in = Block(arg_types=[TensorType(f32, shape)]).args[0]
            self.values.setdefault(name, stand_in)


def converted(
    node: AnyEmitter, converter: Callable[[AnyEmitter], Converted]
) -> Sequence[Value]:
    """What a converter makes of a node.

    Raises:
        UnsupportedError: it has not read all that the node says.
        AipuError: an operator would not be right.
    """
    try:
        results = converter(node)
    except VerifyException as error:
        raise node.wrong(str(error)) from error
    if unread := node.unread():
        raise node.unsupported(f"its {unread}")
    return [results] if isinstance(results, SSAValue | Constant) else results


def unknown_operator(node: Wired) -> UnsupportedError:
    """The error of a node that no converter is for."""
    return UnsupportedError(UNKNOWN, place=node.place)
