"""What the buffers of a striped group need: windows on maps, weights and parameters."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

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

    def of(self, schedules: Ints) -> "Needs":
        """What it needs by some of them."""
        return replace(self, bytes=self.bytes[schedules], slots=self.slots[schedules])

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


def tile_bytes(differ: Differences, channels: Ints, depth: Ints) -> Ints:
    """Bytes of tiles of the weights of all operators, int64 [operators, schedules]; 0
    ifm channels are all of them.
    """
    each = differ.sizes.weights // differ.made * channels
    return np.where(depth > 0, each // np.maximum(differ.sizes.depths, 1) * depth, each)


def _maps(form: Form, differ: Differences) -> Iterator[Needs]:
    """The windows, those of what is read first before those of the result."""
    graph = form.graph
    inputs = len(graph.inputs)
    for owner in range(len(graph.maps)):
        users = form.sharing.users(owner)
        if not users:
            continue
        step = form.tiled_in(owner)
        held = np.maximum(differ.counts.held[owner][differ.heights], 1)
        sizes = differ.sizes
        channels = differ.channels[step.first] if step else sizes.channels[owner]
        made = [form.step_of(user - inputs) for user in users if user >= inputs]
        read = [form.step_of(n) for user in users for n in graph.readers[user]]
        first = min([*made, *read])
        if step is None and min(users) < inputs:
            first = 0
        yield _needs(
            form,
            window_name(owner),
            form.lot(differ, held)
            * sizes.widths[owner]
            * channels
            * differ.crosses[owner],
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
        ring = np.maximum(differ.slots[step.first] * comes, TILE_SLOTS)
        return np.minimum(
            ring, differ.tiles[step.first] * form.turns(differ) * form.again
        )
    outside = any(u < len(graph.inputs) or u in graph.results for u in users)
    changes = any(_changes_engine(graph, each) for each in users)
    twice = not form.single and (outside or changes)
    return 1 + differ.ahead * twice


def _changes_engine(graph: Graph, tensor: int) -> bool:
    """Whether one engine makes a tensor, and another one reads windows of it."""
    return any(reader.stage.kind is Kind.POOL for reader in graph.reading(tensor))


def _constants(form: Form, differ: Differences) -> Iterator[Needs]:
    """Weights and parameters: they come while the step before theirs runs."""
    graph, sizes = form.graph, differ.sizes
    one = np.ones_like(differ.heights)
    tiles = tile_bytes(differ, differ.channels, differ.depth)
    weights = np.where(differ.slots > 0, tiles, sizes.weights)
    slots = np.maximum(differ.slots, 1)
    for number, operator in enumerate(graph.operators):
        stage, here = operator.stage, form.step_of(number)
        steps = (max(0, here - 1), here)
        if stage.parameter_bytes and not graph.held_by(number, "parameters"):
            size = sizes.parameters[number] * one
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
