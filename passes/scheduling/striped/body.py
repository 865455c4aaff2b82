"""The actions of a striped group: what comes in, what is computed, what goes out.

In the order in which all of it could run one after another; engines overlap it as far
as tokens allow.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from .actions import Action, Repeats
from .computing import Computing


@dataclass(frozen=True)
class Body(Computing):
    """A group, stripe by stripe."""

    def parts(self) -> tuple[Action | Repeats, ...]:
        """Everything: what comes once, then stripe by stripe.

        A single stripe has its constants one operator ahead, where they share places.
        """
        operators = range(len(self.graph.operators))
        if len(self.stripes) == 1:
            return (*self._loads(0), *self._single(), *self.store(0))
        others = [tuple(self._stripe(s)) for s in range(1, len(self.stripes))]
        return (
            *self._loads(0),
            *(each for number in operators for each in self.border(number)),
            *(each for number in operators for each in self.constants(number)),
            *self._computed(0),
            *self.store(0),
            Repeats(tuple(others)),
        )

    def _single(self) -> Iterator[Action | Repeats]:
        yield from self.constants(0)
        for number in range(len(self.graph.operators)):
            yield from self.constants(number + 1)
            yield from self.border(number)
            yield from self.operator(number, 0)

    def _stripe(self, stripe: int) -> Iterator[Action | Repeats]:
        yield from self._loads(stripe)
        yield from self._computed(stripe)
        yield from self.store(stripe)

    def _loads(self, stripe: int) -> Iterator[Action]:
        for tensor in range(len(self.graph.inputs)):
            yield from self.load(tensor, stripe)

    def _computed(self, stripe: int) -> Iterator[Action | Repeats]:
        """What operators make of a stripe; rows move where all have read them."""
        graph = self.graph
        for number in range(len(graph.operators)):
            yield from self.operator(number, stripe)
            for tensor in dict.fromkeys(graph.operators[number].reads):
                if number == max(graph.readers[tensor]):
                    yield from self.keep(tensor, stripe)
