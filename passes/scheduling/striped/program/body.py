"""The actions of a striped group: what comes in, what is computed, what goes out.

In the order in which all of it could run one after another; engines overlap it as far
as tokens allow.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from ..bundles import Bundle
from ..turns import Turn
from .actions import Action, Repeats
from .computing import Computing


@dataclass(frozen=True)
class Body(Computing):
    """A group: stripe by stripe, of some images after others."""

    def parts(self) -> tuple[Action | Repeats, ...]:
        """Everything, for some images after others."""
        lot = self._single if self.is_single else self._stripes
        lots = (self.turns.of(image, 0) for image in self.turns.lots)
        return (Repeats(tuple(tuple(lot(turn)) for turn in lots)),)

    def _stripes(self, first: Turn) -> Iterator[Action | Repeats]:
        """All stripes of some images. What comes once comes before the first of all:
        constants before maps, which a group before may still have to make.
        """
        steps = self.layout.steps
        if self.begins(first):
            yield from (each for step in steps for each in self._constants(step))
            yield from self.first_weights(steps[0], first)
        yield from self._loads(first)
        yield from (each for step in steps for each in self._borders(step, first))
        yield from self._computed(first)
        yield from self._stored(first)
        stripes = range(1, len(self.stripes))
        others = (self.turns.of(first.image, stripe) for stripe in stripes)
        yield Repeats(tuple(tuple(self._stripe(turn)) for turn in others))

    def _single(self, turn: Turn) -> Iterator[Action | Repeats]:
        """All rows of some images at once; constants come one step ahead, where they
        share places.
        """
        steps = self.layout.steps
        yield from self._constants(steps[0])
        yield from self.first_weights(steps[0], turn)
        yield from self._loads(turn)
        for step, after in zip(steps, (*steps[1:], None), strict=True):
            yield from self._borders(step, turn)
            if after is not None:
                yield from self._constants(after)
            yield from self.step(step, turn)
        yield from self._stored(turn)

    def _stripe(self, turn: Turn) -> Iterator[Action | Repeats]:
        yield from self._loads(turn)
        yield from self._computed(turn)
        yield from self._stored(turn)

    def _loads(self, turn: Turn) -> Iterator[Action | Repeats]:
        """The inputs; first those that are read last, which are the oldest mostly: they
        need not wait for what the group before makes.
        """
        graph = self.graph
        for tensor in sorted(
            range(len(graph.inputs)), key=lambda each: -min(graph.readers[each])
        ):
            if not self.is_tiled(tensor):
                yield from self.for_each(turn, partial(self.load, tensor))

    def _stored(self, turn: Turn) -> Iterator[Action | Repeats]:
        if not self.is_tiled(self.graph.result):
            yield from self.for_each(turn, partial(self.store, self.graph.result))

    def _constants(self, step: Bundle) -> Iterator[Action]:
        return (each for number in step.operators for each in self.constants(number))

    def _borders(self, step: Bundle, turn: Turn) -> Iterator[Action | Repeats]:
        """The padding of what a step is the first to write to."""
        owner = self.layout.sharing.owner
        for place in dict.fromkeys(
            owner[self.graph.tensor_of(n)] for n in step.operators
        ):
            users = self.layout.sharing.users(place)
            first = min(users) - len(self.graph.inputs)
            if first in step.operators:
                yield from self.border(first, turn)

    def _computed(self, turn: Turn) -> Iterator[Action | Repeats]:
        """What steps make in a turn; rows move where all have read them."""
        graph = self.graph
        for step in self.layout.steps:
            yield from self.step(step, turn)
            reads = (graph.operators[number].reads for number in step.operators)
            for tensor in dict.fromkeys(each for tensors in reads for each in tensors):
                if max(graph.readers[tensor]) in step.operators:
                    yield from self.for_each(turn, partial(self.keep, tensor))
