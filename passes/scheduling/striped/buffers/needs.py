"""What the buffers of a striped group need: windows on maps, weights and parameters."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ....machine_forms.stage import Kind
from ...allocation import Lifetime
from ..alike.differences import Differences
from ..alike.forms import Form
from ..bundles import Bundle
from ..graph import Graph
from ..stripes import Ints

TILE_SLOTS = 3
"""Tiles that one engine fills, one changes and one empties."""


@dataclass(frozen=True)
class Need:
    """What a buffer needs: the bytes of a slot, its slots, and in which steps; whether
    it is of constants.
    """

    name: str
    bytes: int
    slots: int
    first: int
    last: int
    constant: bool = False

    @property
    def life(self) -> Lifetime:
        return Lifetime(self.name, self.bytes * self.slots, self.first, self.last)

    @property
    def is_early(self) -> bool:
        """Whether it can come before the group begins: constants of its first step."""
        return self.constant and self.first == 0


@dataclass(frozen=True)
class Needs:
    """What a buffer needs by each of some schedules: bytes and slots, int64
    [schedules].
    """

    name: str
    bytes: Ints
    slots: Ints
    first: int
    last: int
    constant: bool

    def life(self, size: int) -> Lifetime:
        """Of a buffer of so many bytes."""
        return Lifetime(self.name, size, self.first, self.last)

    def of(self, schedules: Ints | slice) -> "Needs":
        """What it needs by some of them."""
        size, slots = self.bytes[schedules], self.slots[schedules]
        return Needs(self.name, size, slots, self.first, self.last, self.constant)

    def by(self, schedule: int) -> Need:
        """What it needs by one of them."""
        return Need(
            self.name,
            int(self.bytes[schedule]),
            int(self.slots[schedule]),
            self.first,
            self.last,
            self.constant,
        )


def needs_of(form: Form, differ: Differences) -> list[Needs]:
    """What each buffer needs, in their order; nothing where it stays on chip besides.
    If there is more than one stripe, all of them are there all the time.
    """
    return [*_constants(form, differ), *_maps(form, differ)]


def window_name(owner: int) -> str:
    """The name of the window on a map."""
    return f"map{owner}"


def _maps(form: Form, differ: Differences) -> Iterator[Needs]:
    """The windows, those of what is read first before those of the result."""
    graph, heights = form.graph, differ.heights
    inputs = len(graph.inputs)
    owners = sorted({*form.sharing.owner})
    held = np.maximum(heights.counts.held[owners], 1)
    pixels = form.lots(heights, held) * heights.sizes.widths[owners]
    whole = [[form.tiled_in(owner) is None] for owner in owners]
    channels = np.where(whole, heights.sizes.channels[owners], 1)
    sizes = differ.by_height(pixels * channels) * differ.crosses[owners]
    for owner, size in zip(owners, sizes, strict=True):
        users, step = form.sharing.users(owner), form.tiled_in(owner)
        made = [form.step_of[user - inputs] for user in users if user >= inputs]
        read = [form.step_of[n] for user in users for n in graph.readers[user]]
        first = min([*made, *read])
        if step is None and min(users) < inputs:
            first = 0
        if step is not None:
            size = size * differ.by_rings(differ.rings.channels[step.first])
        yield _needs(
            form,
            window_name(owner),
            size,
            _slots(form, differ, users, step),
            (first, max([*made, *read])),
        )


def _slots(
    form: Form,
    differ: Differences,
    users: Sequence[int],
    step: Bundle | None,
) -> Ints:
    """The slots of the window that some tensors have, or of tiles of a step."""
    graph = form.graph
    if step is not None:
        comes = min(users) < len(graph.inputs)
        rings = differ.rings
        ring = np.maximum(rings.slots[step.first] * comes, TILE_SLOTS)
        tiles = differ.by_rings(rings.tiles[step.first])
        turns = form.turns(differ.stripes) * form.again
        return np.minimum(differ.by_rings(ring), tiles * turns)
    outside = any(u < len(graph.inputs) or u in graph.results for u in users)
    changes = any(_changes_engine(graph, each) for each in users)
    twice = not form.single and (outside or changes)
    return 1 + differ.ahead * twice


def _changes_engine(graph: Graph, tensor: int) -> bool:
    """Whether one engine makes a tensor, and another one reads windows of it."""
    return any(reader.stage.kind is Kind.POOL for reader in graph.reading(tensor))


def _constants(form: Form, differ: Differences) -> Iterator[Needs]:
    """Weights and parameters: they come while the step before theirs runs."""
    graph, rings, one = form.graph, differ.rings, differ.none + 1
    parameters = differ.by_rings(rings.sizes.parameters)
    weights, slots = differ.by_rings(rings.bytes), differ.by_rings(rings.places)
    for number, operator in enumerate(graph.operators):
        stage, here = operator.stage, form.step_of[number]
        steps = (max(0, here - 1), here)
        if stage.parameter_bytes and not graph.held_by(number, "parameters"):
            size = parameters[number]
            yield _needs(form, f"parameters{number}", size, one, steps, constant=True)
        if stage.weight_bytes and not graph.held_by(number, "weight"):
            size, ring = weights[number], slots[number]
            yield _needs(form, f"weight{number}", size, ring, steps, constant=True)


def _needs(
    form: Form,
    name: str,
    size: Ints,
    slots: Ints,
    steps: tuple[int, int],
    *,
    constant: bool = False,
) -> Needs:
    first, last = steps if form.single else (0, 0)
    return Needs(name, size, slots, first, last, constant)
