"""A group as loops around transfers and steps: what cost and lowering both read.

A number that follows loops is a `LoopIndex`: a base, and a stride for each loop by its
name. Of many schedules at once that differ in their tiles, numbers are int64 arrays
[schedules]; ints among them are the same for all.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import prod
from typing import Generic

from ....backend_aipu.counts import Count, ever, picked
from ....dialects.aipu import Engine, Extent, Index, index, whole
from ...machine_forms.stage import View


@dataclass(frozen=True)
class LoopIndex(Generic[Count]):
    """`base + sum(strides[loop] * counter of loop)`."""

    base: int = 0
    strides: Mapping[str, Count | int] = field(default_factory=dict)

    def index(self: "LoopIndex[int]", loops: Sequence[str]) -> Index:
        """As an index under loops, outermost first."""
        return index(self.base, [self.strides.get(loop, 0) for loop in loops])


@dataclass(frozen=True)
class Share(Generic[Count]):
    """What a tile covers of a dimension: `min(size, total - position)`."""

    size: Count | int
    total: Count | int
    position: LoopIndex[Count] = LoopIndex()

    def extent(self: "Share[int]", loops: Sequence[str]) -> Extent:
        """As an extent under loops; whole if no tile is cut short."""
        position = self.position.index(loops)
        if self.total % self.size == 0 and not any(position.strides):
            return whole(self.size)
        return Extent(self.size, self.total, position)


Origin = tuple[LoopIndex[Count], LoopIndex[Count], LoopIndex[Count], LoopIndex[Count]]
Box = tuple[Count | int, Count | int, Count | int, Count | int]
FieldValue = (
    Count | int | str | tuple[Count | int, ...] | LoopIndex[Count] | Share[Count]
)


@dataclass(frozen=True)
class Loop(Generic[Count]):
    """A loop of a nest: over `image`, `group`, `row`, `channel` or `depth`."""

    name: str
    count: Count | int


def loops_of(
    counts: Mapping[str, Count | int], order: Iterable[str]
) -> tuple[Loop[Count], ...]:
    """The loops of an order that run more than once, by one of the schedules at least:
    by others they may run once.
    """
    return tuple(Loop(name, counts[name]) for name in order if ever(counts[name] > 1))


@dataclass(frozen=True)
class Ring(Generic[Count]):
    """An SRAM buffer of a nest: `slots` tiles, renewed inside of the first `level`
    loops. Its name is its role: `ifm`, `weight`, `ofm`, ...
    """

    name: str
    bytes: Count | int
    level: Count | int
    slots: Count | int

    @classmethod
    def renewed_by(
        cls,
        name: str,
        bytes: Count | int,
        loops: Sequence[Loop[Count]],
        depends: Iterable[str],
        slots: int,
    ) -> "Ring[Count]":
        """A ring whose tile depends on the counters of some loops.

        What depends on no loop has one slot: it is there once and for all.
        """
        names = set(depends)
        level = 0
        for number, loop in enumerate(loops, start=1):
            if loop.name in names:
                level = level + (loop.count > 1) * (number - level)
        return cls(name, bytes, level, 1 + (level > 0) * (slots - 1))

    def turn(self: "Ring[int]", loops: Sequence[Loop[int]]) -> LoopIndex[int]:
        """The number of the tile, to be taken modulo the slots."""
        around = loops[: self.level]
        steps = (
            prod(loop.count for loop in around[i + 1 :]) for i in range(self.level)
        )
        strides = {
            loop.name: step % self.slots
            for loop, step in zip(around, steps, strict=True)
        }
        return LoopIndex(0, strides)


@dataclass(frozen=True)
class Transfer(Generic[Count]):
    """A DMA of a box of a DRAM tensor to or from a ring.

    `tensor` says which: "input 0", "weight", "parameters" or "ofm"; `padded` boxes
    reach out of it and need a fill.
    """

    ring: str
    tensor: str
    view: View
    origin: Origin[Count]
    box: Box[Count]
    padded: bool = False


@dataclass(frozen=True)
class Step(Generic[Count]):
    """What computes a tile, inside of all loops: its geometry, without the arithmetic.

    `reads` and `writes` give the ring of each operand; `byte` says where in its ring an
    operand starts, if not at 0.
    """

    mnemonic: str
    engine: Engine
    reads: Mapping[str, str]
    writes: Mapping[str, str]
    fields: Mapping[str, FieldValue[Count]]
    byte: Mapping[str, LoopIndex[Count]] = field(default_factory=dict)


@dataclass(frozen=True)
class Nest(Generic[Count]):
    """Loops, outermost first; rings; and what happens inside of them: what only moves
    bytes has no step.
    """

    loops: tuple[Loop[Count], ...]
    rings: tuple[Ring[Count], ...]
    loads: tuple[Transfer[Count], ...]
    step: Step[Count] | None
    stores: tuple[Transfer[Count], ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the loops."""
        return tuple(loop.name for loop in self.loops)

    @property
    def sram_bytes(self) -> Count | int:
        """What the rings need, alignment not counted."""
        return sum(ring.bytes * ring.slots for ring in self.rings)

    def ring(self, name: str) -> Ring[Count]:
        """The ring of a role."""
        return next(ring for ring in self.rings if ring.name == name)

    def times(self, level: Count | int) -> Count | int:
        """How often what stands inside of the first `level` loops happens."""
        return picked(self._times, level)

    @cached_property
    def _times(self) -> Sequence[Count | int]:
        """The same of every level."""
        found: list[Count | int] = [1]
        for loop in self.loops:
            found.append(found[-1] * loop.count)
        return found
