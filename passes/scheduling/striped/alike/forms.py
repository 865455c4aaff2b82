"""Schedules that differ in numbers only, of groups that do: these are worked out at
once.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from .....dialects.tile import Weights
from ....machine_forms.stage import Kind
from ..bundles import Bundle, bundles_of
from ..graph import Graph, Stays
from ..sharing import Sharing, sharing
from ..spacing import lot_rows, over_all, spacing
from ..stripes import Ints, stripes
from .differences import Differences
from .heights import Heights
from .questions import Alike, Question, alike

AT_ONCE = 1 << 13
"""So many schedules are worked out at once: enough that arithmetic takes longer than to
ask for it, and so few that what they are fits caches.
"""


@dataclass(frozen=True)
class Form:
    """What schedules have in common: which operators share tiles, and who lies where.

    graph: of one of them; those of others are alike.
    steps: of one of the schedules; others may have tiles of other sizes, or none of
        steps of one operator but the last.
    single: whether all rows are there at once.
    images: so many of a batch are there at once.
    dataflow: of the array.
    """

    graph: Graph
    steps: Sequence[Bundle]
    single: bool
    images: int
    dataflow: str
    sharing: Sharing

    @property
    def batch(self) -> int:
        """How many images there are."""
        return self.graph.images

    @property
    def frames(self) -> int:
        """Of how many images costs are: if all rows are there at once, those of others
        follow, with all that they need.
        """
        return self.images if self.single else self.batch

    @property
    def again(self) -> int:
        """How often everything is done."""
        return self.batch // self.frames

    def lots(self, heights: Heights, held: Ints) -> Ints:
        """The rows of windows of which an image holds so many, int64 [..., heights]."""
        if self.single:
            rows = heights.sizes.rows[self.graph.result]
            return lot_rows(spacing(self.graph), rows, self.images, held)
        return self.images * held

    def turns(self, stripes: Ints) -> Ints:
        """How often a group reads what it reads, of so many stripes: those of some
        images at once.
        """
        return stripes * (self.frames // self.images)

    @cached_property
    def over_all(self) -> Mapping[int, Sequence[int]]:
        """The convolutions that can run over all images at once as over one."""
        if not self.single or self.images == 1:
            return {}
        return over_all(self.graph, self.sharing)

    def lies_over_all(self, differ: Differences, number: int) -> np.ndarray:
        """Where one does, bool [schedules]."""
        places = self.over_all.get(number)
        if places is None:
            return np.zeros(len(differ), bool)
        return differ.crosses[list(places)].min(0) > 0

    @cached_property
    def step_of(self) -> Sequence[int]:
        """In which step each operator is."""
        return [at for at, step in enumerate(self.steps) for _ in step.operators]

    def tiled_in(self, owner: int) -> Bundle | None:
        """The step of whose tiles a place has room for, if not for all channels."""
        number = self.sharing.tiled.get(owner)
        return None if number is None else self.steps[number]


class Which(NamedTuple):
    """A schedule of a question while some tensors stay: the numbers of all three, int64
    [schedules].
    """

    questions: Ints
    schedules: Ints
    stays: Ints


def forms(
    questions: Sequence[Question], room: int | None = None
) -> Iterator[tuple[Form, Differences, Which]]:
    """The forms of all schedules of questions, while each of their sets stays, and in
    what those differ that have one, or some of those after others. Of `room` bytes,
    those are left out whose constants alone have no room.
    """
    for numbers in alike(questions):
        together = Alike([questions[number] for number in numbers])
        for schedules in _sharing_tiles(together):
            if room is not None:
                (few,) = (constant_bytes(together, schedules) <= room).nonzero()
                schedules = schedules[few]
            for form, differ, which in _forms(together, schedules):
                questions_of = np.array(numbers)[which.questions]
                yield form, differ, which._replace(questions=questions_of)


def constant_bytes(together: Alike, schedules: Ints) -> Ints:
    """The bytes of weights and parameters that are there at once by each of some
    schedules: of all operators, or if all rows are there at once, of one.
    """
    constants, which = together.rings.constants, together.rings_of[schedules]
    single = together.stripes[schedules] == 1
    return np.where(single, constants.max(0)[which], constants.sum(0)[which])


def _forms(
    together: Alike, schedules: Ints
) -> Iterator[tuple[Form, Differences, Which]]:
    """The same for schedules that let the same operators share tiles."""
    if not len(schedules):
        return
    graph, schedule = together.graph(schedules[0]), together.schedules[schedules[0]]
    single = schedule.rows >= graph.maps[graph.result][1]
    steps = bundles_of(graph, schedule.weights)
    for shared, kept, stays in _shared(graph, steps, together.stays, single=single):
        places, variants = together.each_with(schedules, np.array(stays))
        form = Form(
            graph,
            steps,
            single,
            schedule.images,
            schedule.dataflow,
            shared,
        )
        copied = np.zeros((len(graph.operators), len(together.questions)), np.int64)
        if any(operator.stage.parts for operator in graph.operators):
            for number in dict.fromkeys(together.schedules_of[places].tolist()):
                other = together.questions[number].graph
                there = _sharing(other, steps, kept, single=single)
                copied[:, number] = _copied(other, there)
        for start in range(0, len(places), AT_ONCE):
            some = slice(start, start + AT_ONCE)
            differ = together.differences(places[some], variants[some], copied)
            yield form, differ, Which(*together.which(places[some], variants[some]))


def _copied(graph: Graph, shared: Sharing) -> list[int]:
    """The channels that each operator has to copy."""
    return [
        sum(
            part.channels
            for _, part in shared.copied(operator, graph.tensor_of(number))
        )
        if operator.stage.kind is Kind.MOVE
        else 0
        for number, operator in enumerate(graph.operators)
    ]


def _sharing_tiles(together: Alike) -> list[Ints]:
    """Schedules that let the same operators share tiles, of so many images."""
    keys: dict[Hashable, int] = {}
    tiles: dict[Hashable, Hashable] = {}
    forms_of: list[int] = []
    for number, manner in zip(together.graph_of_rings, together.manners, strict=True):
        channels = (number, *(each.slots and each.channels for each in manner.weights))
        if channels not in tiles:
            tiles[channels] = _key(together.questions[number].graph, manner.weights)
        key = tiles[channels], manner.images, manner.dataflow
        forms_of.append(keys.setdefault(key, len(keys)))
    numbers = np.array(forms_of)[together.rings_of] * 2 + (together.stripes == 1)
    order = np.argsort(numbers, kind="stable")
    return np.split(order, np.diff(numbers[order]).nonzero()[0] + 1)


def _key(graph: Graph, weights: Sequence[Weights]) -> Hashable:
    """Equal where operators share tiles, and the result comes in some."""
    steps = bundles_of(graph, weights)
    shared = tuple((step.first, step.last) for step in steps)
    return shared, steps[-1].is_tiled


def _shared(
    graph: Graph, steps: Sequence[Bundle], stays: Sequence[Stays], *, single: bool
) -> Iterator[tuple[Sharing, Sequence[int], list[int]]]:
    """Who lies where, and with what staying on chip: that matters to tiles alone. Of
    the numbers of what stays with each the tensors of one.
    """
    if not any(step.is_tiled for step in steps):
        yield _sharing(graph, steps, (), single=single), (), [*range(len(stays))]
        return
    several: dict[Sequence[int], list[int]] = defaultdict(list)
    for number, each in enumerate(stays):
        several[tuple(tensor for tensor, _ in each)].append(number)
    found: list[tuple[Sharing, Sequence[int], list[int]]] = []
    for kept, numbers in several.items():
        one = _sharing(graph, steps, kept, single=single)
        for other, _, others in found:
            if one == other:
                others += numbers
                break
        else:
            found.append((one, kept, numbers))
    for shared, kept, numbers in found:
        yield shared, kept, sorted(numbers)


def _sharing(
    graph: Graph, steps: Sequence[Bundle], kept: Sequence[int], *, single: bool
) -> Sharing:
    """Who lies where while some tensors are kept on chip."""
    whole = stripes(graph, graph.maps[graph.result][1])[0] if single else None
    return sharing(graph, steps, whole, kept)
