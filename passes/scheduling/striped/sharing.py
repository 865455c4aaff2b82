"""Which tensors of a striped group share a place on chip.

An element-wise operator may write where it reads: its result takes the place of an
operand that nothing reads any more. What is joined along its channels is made where it
is to lie, and some channels of a map are where that lies: a concat and a slice are
names, where they can be.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from ...machine_forms.stage import ChannelSpan, Kind
from .bundles import Bundle
from .graph import Graph
from .operator import Operator
from .stripes import Rows


@dataclass(frozen=True)
class Sharing:
    """`owner` is the tensor in whose place each one lies: itself, if in its own; and
    `first` from which of its channels on.

    `tiled` are the owners of which only tiles of channels lie on chip, each with the
    number of its step.
    """

    owner: Sequence[int]
    first: Sequence[int]
    tiled: dict[int, int]

    def users(self, tensor: int) -> list[int]:
        """The tensors that lie in the place of one."""
        return [each for each, owner in enumerate(self.owner) if owner == tensor]

    def copied(self, operator: Operator, result: int) -> list[tuple[int, ChannelSpan]]:
        """The operands of a concat or slice that do not lie where its `result` does."""
        return [
            (tensor, part)
            for tensor, part in zip(operator.reads, operator.stage.parts, strict=True)
            if self.owner[tensor] != self.owner[result]
            or self.first[tensor] + part.source != self.first[result] + part.target
        ]


def sharing(
    graph: Graph,
    steps: Sequence[Bundle],
    whole: Sequence[Rows] | None,
    kept: Collection[int] = (),
) -> Sharing:
    """Where the tensors of a group lie; `whole` are their rows, if all of these are
    there at once, and some are `kept` on chip.
    """
    found = _Sharing(graph, whole, kept)
    for number, step in enumerate(steps):
        if step.is_tiled:
            found.tiles(number, step)
        elif graph.operators[step.first].stage.kind is Kind.MOVE:
            found.name(step.first)
        else:
            found.whole(step.first)
    places = [found.place(tensor) for tensor in range(len(graph.maps))]
    owners, firsts = zip(*places, strict=True)
    return Sharing(owners, firsts, found.tiled)


class _Sharing:
    """Collects who lies where."""

    def __init__(
        self, graph: Graph, whole: Sequence[Rows] | None, kept: Collection[int]
    ):
        self.graph = graph
        self.rows = whole
        self.kept = kept
        self.owner = list(range(len(graph.maps)))
        self.first = [0] * len(graph.maps)
        self.tiled: dict[int, int] = {}

    def place(self, tensor: int) -> tuple[int, int]:
        """In whose place a tensor lies in the end, and from which channel on."""
        first = self.first[tensor]
        while self.owner[tensor] != tensor:
            tensor = self.owner[tensor]
            first += self.first[tensor]
        return tensor, first

    def root(self, tensor: int) -> int:
        """In whose place a tensor lies in the end."""
        return self.place(tensor)[0]

    def name(self, number: int) -> None:
        """Let operands of a concat lie in its result, a slice in its operand."""
        operator, result = self.graph.operators[number], self.graph.tensor_of(number)
        for tensor, part in zip(operator.reads, operator.stage.parts, strict=True):
            if part.channels < self.graph.maps[tensor][3]:
                self._slice(tensor, result, part.source)
            elif self._is_free(tensor, number):
                self.owner[tensor] = result
                self.first[tensor] = part.target

    def _slice(self, tensor: int, result: int, channel: int) -> None:
        """Only where all rows are there at once, and nothing pads the slice."""
        if (
            self.rows is not None
            and result not in self.graph.results
            and not any(self.graph.borders[result])
            and self.rows[result] == self.rows[self.root(tensor)]
            and self.root(tensor) not in self.tiled
        ):
            self.owner[result] = tensor
            self.first[result] = channel

    def _is_free(self, tensor: int, number: int) -> bool:
        """Whether a tensor that operator `number` reads can lie in its result."""
        return (
            tensor >= len(self.graph.inputs)
            and tensor not in self.graph.also
            and self.root(tensor) not in self.tiled
            and self.owner[tensor] == tensor
            and set(self.graph.readers[tensor]) == {number}
            and self.graph.operators[number].reads.count(tensor) == 1
        )

    def whole(self, number: int) -> None:
        """Let what an element-wise operator reads lie where it writes."""
        operator = self.graph.operators[number]
        if operator.stage.kind is not Kind.ELEMENTWISE:
            return
        for tensor in reversed(operator.reads):
            if self._is_free(tensor, number):
                self.owner[tensor] = self.graph.tensor_of(number)
                return

    def tiles(self, number: int, step: Bundle) -> None:
        """Let the tiles of a step lie in few places: an element-wise operator writes
        where it reads.
        """
        graph = self.graph
        made = [graph.tensor_of(each) for each in step.operators]
        result = made[-1]
        elementwise = [
            each
            for each in step.operators
            if graph.operators[each].stage.kind is Kind.ELEMENTWISE
        ]
        for tensor in {t for each in elementwise for t in graph.operators[each].reads}:
            alone = self._only(tensor, step) and tensor not in self.kept
            if tensor < len(graph.inputs) and alone:
                self.tiled[tensor] = number
        over = False
        if result == graph.result and result not in self.kept:
            self.tiled[result] = number
        elif elementwise:
            over = self._over(step, result)
        for each in elementwise:
            inner = [t for t in graph.operators[each].reads if t in made]
            into = graph.tensor_of(each)
            if inner and not (over and into == result):
                self.owner[inner.pop()] = into
            for tensor in inner:
                self.tiled[tensor] = number

    def _only(self, tensor: int, step: Bundle) -> bool:
        """Whether nothing reads a tensor but element-wise operators of a step."""
        return all(
            reader in step.operators
            and self.graph.operators[reader].stage.kind is Kind.ELEMENTWISE
            for reader in self.graph.readers[tensor]
        )

    def _only_elementwise(self, tensor: int, step: Bundle) -> bool:
        """Whether no product of a step reads a tensor."""
        return all(
            self.graph.operators[reader].stage.kind is Kind.ELEMENTWISE
            for reader in self.graph.readers[tensor]
            if reader in step.operators
        )

    def _over(self, step: Bundle, result: int) -> bool:
        """Let the result of a step take the place of an operand that it is the last to
        read; whether there is one. Only where all rows are there at once.
        """
        graph = self.graph
        rows = self.rows
        if rows is None or any(graph.borders[result]) or result in self.kept:
            return False
        last = graph.operators[step.last]
        made = {graph.tensor_of(each) for each in step.operators}
        for tensor in last.reads:
            if (
                tensor not in made
                and self._only_elementwise(tensor, step)
                and tensor not in self.tiled
                and self.root(tensor) not in self.kept
                and graph.maps[tensor] == graph.maps[result]
                and self._last_read(tensor) == step.last
                and not any(graph.borders[self.root(tensor)])
                and rows[tensor] == rows[result]
                and rows[self.root(tensor)] == rows[result]
                and last.reads.count(tensor) == 1
            ):
                self.owner[result] = tensor
                return True
        return False

    def _last_read(self, tensor: int) -> int:
        """The last operator that reads anything in the place of a tensor: one behind
        the last, if that leaves the group.
        """
        graph, root = self.graph, self.root(tensor)
        there = [n for n in range(len(graph.maps)) if self.root(n) == root]
        if {*there} & {*graph.also}:
            return len(graph.operators)
        return max(max(graph.readers[each], default=0) for each in there)
