"""Schedules of a group that differ in numbers only: these are worked out at once."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from ....dialects.tile import StripedSchedule, Weights
from .bundles import Bundle, bundles_of
from .graph import Graph, Stays
from .row_counts import RowCounts, row_counts
from .sharing import Sharing, sharing
from .spacing import lot_rows
from .stripes import Ints, Rows, stripes

T = TypeVar("T")


@dataclass(frozen=True)
class Form:
    """What schedules of a group have in common: which operators share tiles, and who
    lies where.

    steps: of one of the schedules; others may have tiles of other sizes.
    streamed: of each operator, whether its weights come in tiles.
    single: whether all rows are there at once.
    images: so many of a batch are there at once.
    batch: how many there are.
    dataflow: of the array.
    """

    steps: Sequence[Bundle]
    streamed: Sequence[bool]
    single: bool
    images: int
    batch: int
    dataflow: str
    sharing: Sharing

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

    def lot(self, graph: Graph, held: Ints | int) -> Ints | int:
        """The rows of a window of which an image holds so many."""
        if self.single:
            return lot_rows(graph, self.images, held)
        return self.images * held

    def turns(self, differ: "Differences") -> Ints:
        """How often a group reads what it reads: stripes of some images at once."""
        return differ.stripes * (self.frames // self.images)

    def step_of(self, number: int) -> int:
        """In which step an operator is."""
        return next(at for at, step in enumerate(self.steps) if number <= step.last)

    def tiled_in(self, owner: int) -> Bundle | None:
        """The step of whose tiles a place has room for, if not for all channels."""
        number = self.sharing.tiled.get(owner)
        return None if number is None else self.steps[number]


@dataclass(frozen=True)
class Differences:
    """In what schedules differ that have the same form, int64 [schedules].

    crosses: of each tensor, 0 where it stays on chip, int64 [tensors, schedules].
    ahead: 1 where what the group reads comes in behind the running stripe.
    heights: which of the heights of `counts` is theirs.
    slots, channels, depth: of the weights of each operator, int64 [operators,
        schedules]; of those that come once, no slots and all channels.
    """

    crosses: Ints
    ahead: Ints
    heights: Ints
    slots: Ints
    channels: Ints
    depth: Ints
    counts: RowCounts

    @property
    def stripes(self) -> Ints:
        """How many stripes there are."""
        return self.counts.stripes[self.heights]

    def tiles(self, step: Bundle) -> Ints:
        """How many tiles the operators of a step take turns on."""
        return -(-step.total // self.channels[step.first])

    def parts(self, number: int, whole: int) -> Ints:
        """In how many parts the depth of an operator's weights comes, of so many
        channels.
        """
        depth = self.depth[number]
        return np.where(depth > 0, -(-whole // np.maximum(depth, 1)), 1)

    def of(self, schedules: Ints, crosses: Ints) -> "Differences":
        """Those of some of the schedules, where other tensors cross the bus."""
        return Differences(
            crosses,
            self.ahead[schedules],
            self.heights[schedules],
            self.slots[:, schedules],
            self.channels[:, schedules],
            self.depth[:, schedules],
            self.counts,
        )


def differences_of(graph: Graph, schedules: Sequence[StripedSchedule]) -> Differences:
    """In what schedules differ, if no tensor stays on chip."""
    heights, at = _numbered([schedule.rows for schedule in schedules])
    each, of = _numbered([schedule.weights for schedule in schedules])
    slots, channels, depth, _ = np.array(each, np.int64).transpose(2, 1, 0)[..., of]
    whole = np.array([[operator.stage.ofm[3]] for operator in graph.operators])
    return Differences(
        np.ones((len(graph.maps), len(schedules)), np.int64),
        np.array([schedule.ahead for schedule in schedules], np.int64),
        at,
        slots,
        np.where(slots > 0, channels, whole),
        depth,
        row_counts(graph, heights),
    )


def _numbered(values: Sequence[T]) -> tuple[list[T], Ints]:
    """What is different among values, and which of these each is, int64 [values]."""
    different = {value: at for at, value in enumerate(dict.fromkeys(values))}
    return list(different), np.array([different[value] for value in values])


def crossing(graph: Graph, stays: Sequence[Stays]) -> Ints:
    """Which tensors cross the bus if so many others stay on chip, int64 [tensors,
    variants].
    """
    found = np.ones((len(graph.maps), len(stays)), np.int64)
    for variant, each in enumerate(stays):
        found[[tensor for tensor, _ in each], variant] = 0
    return found


def forms(
    graph: Graph, schedules: Sequence[StripedSchedule], stays: Sequence[Stays]
) -> Iterator[tuple[Form, Ints, Ints]]:
    """The forms of schedules while one or another set of tensors stays on chip.

    With each form come the places of the schedules that have it, and those of what
    stays then, int64 [schedules].
    """
    height = graph.maps[graph.result][1]
    whole = stripes(graph, height)[0]
    for places in _alike(graph, schedules):
        schedule = schedules[places[0]]
        steps = bundles_of(graph, schedule)
        streamed = [bool(weights.slots) for weights in schedule.weights]
        single = schedule.rows >= height
        rows = whole if single else None
        for shared, variants in _shared(graph, steps, rows, stays):
            yield (
                Form(
                    steps,
                    streamed,
                    single,
                    schedule.images,
                    graph.images,
                    schedule.dataflow,
                    shared,
                ),
                np.tile(places, len(variants)),
                np.repeat(variants, len(places)),
            )


def _alike(graph: Graph, schedules: Sequence[StripedSchedule]) -> Iterator[list[int]]:
    """The places of schedules that let the same operators share tiles."""
    height = graph.maps[graph.result][1]
    keys: dict[tuple[Weights, ...], object] = {}
    found: dict[object, list[int]] = defaultdict(list)
    for place, schedule in enumerate(schedules):
        weights = schedule.weights
        if weights not in keys:
            keys[weights] = _key(graph, weights)
        single = schedule.rows >= height
        alike = single, schedule.images, schedule.dataflow, keys[weights]
        found[alike].append(place)
    yield from found.values()


def _key(graph: Graph, weights: Sequence[Weights]) -> object:
    """Equal for weights of which the same are streamed, are cut, and are in tiles of
    as many channels.
    """
    channels = [each.channels if each.slots else 0 for each in weights]
    return tuple(
        (each > 0, each < operator.stage.ofm[3], channels.index(each))
        for each, operator in zip(channels, graph.operators, strict=True)
    )


def _shared(
    graph: Graph,
    steps: Sequence[Bundle],
    whole: Sequence[Rows] | None,
    stays: Sequence[Stays],
) -> Iterator[tuple[Sharing, list[int]]]:
    """Who lies where, and with what staying on chip: that matters to tiles alone."""
    if not any(step.is_tiled for step in steps):
        yield sharing(graph, steps, whole), [*range(len(stays))]
        return
    found: list[tuple[Sharing, list[int]]] = []
    for variant, each in enumerate(stays):
        one = sharing(graph, steps, whole, [tensor for tensor, _ in each])
        for other, variants in found:
            if one == other:
                variants.append(variant)
                break
        else:
            found.append((one, [variant]))
    yield from found
