"""The actions of a striped group: what comes in, what is computed, what goes out.

In the order in which all of it could run one after another; engines overlap it as far
as tokens allow.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from .actions import Action, Repeats
from .bundles import Bundle
from .computing import Computing


@dataclass(frozen=True)
class Body(Computing):
    """A group, stripe by stripe."""

    def parts(self) -> tuple[Action | Repeats, ...]:
        """Everything: what comes once, then stripe by stripe.

        Constants come before maps, which a group before may still have to make. A
        single stripe has its constants one step ahead, where they share places.
        """
        if len(self.stripes) == 1:
            return (*self._single(), *self._stored(0))
        others = [tuple(self._stripe(s)) for s in range(1, len(self.stripes))]
        return (
            *(each for step in self.layout.steps for each in self._constants(step)),
            *self.first_weights(self.layout.steps[0]),
            *self._loads(0),
            *(each for step in self.layout.steps for each in self._borders(step)),
            *self._computed(0),
            *self._stored(0),
            Repeats(tuple(others)),
        )

    def _single(self) -> Iterator[Action | Repeats]:
        steps = self.layout.steps
        yield from self._constants(steps[0])
        yield from self.first_weights(steps[0])
        yield from self._loads(0)
        for step, after in zip(steps, (*steps[1:], None), strict=True):
            if after is not None:
                yield from self._constants(after)
            yield from self._borders(step)
            yield from self.step(step, 0)

    def _stripe(self, stripe: int) -> Iterator[Action | Repeats]:
        yield from self._loads(stripe)
        yield from self._computed(stripe)
        yield from self._stored(stripe)

    def _loads(self, stripe: int) -> Iterator[Action]:
        """The inputs; first those that are read last, which are the oldest mostly: they
        need not wait for what the group before makes.
        """
        graph = self.graph
        for tensor in sorted(
            range(len(graph.inputs)), key=lambda each: -min(graph.readers[each])
        ):
            if not self.is_tiled(tensor):
                yield from self.load(tensor, stripe)

    def _stored(self, stripe: int) -> Iterator[Action]:
        if not self.is_tiled(self.graph.result):
            yield from self.store(self.graph.result, stripe)

    def _constants(self, step: Bundle) -> Iterator[Action]:
        return (each for number in step.operators for each in self.constants(number))

    def _borders(self, step: Bundle) -> Iterator[Action]:
        """The padding of what a step is the first to write to."""
        owner = self.layout.sharing.owner
        for place in dict.fromkeys(
            owner[self.graph.tensor_of(n)] for n in step.operators
        ):
            users = self.layout.sharing.users(place)
            first = min(users) - len(self.graph.inputs)
            if first in step.operators:
                yield from self.border(first)

    def _computed(self, stripe: int) -> Iterator[Action | Repeats]:
        """What steps make of a stripe; rows move where all have read them."""
        graph = self.graph
        for step in self.layout.steps:
            yield from self.step(step, stripe)
            reads = (graph.operators[number].reads for number in step.operators)
            for tensor in dict.fromkeys(each for tensors in reads for each in tensors):
                if max(graph.readers[tensor]) in step.operators:
                    yield from self.keep(tensor, stripe)
