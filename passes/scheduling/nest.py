"""A group as loops around transfers and steps: what cost and lowering both read.

A number that follows loops is a `LoopIndex`: a base, and a stride for each loop by its
name.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import prod

from ...dialects.aipu import Engine, Extent, Index, index, whole
from ..machine_forms.stage import View


@dataclass(frozen=True)
class LoopIndex:
    """`base + sum(strides[loop] * counter of loop)`."""

    base: int = 0
    strides: Mapping[str, int] = field(default_factory=dict)

    def index(self, loops: Sequence[str]) -> Index:
        """As an index under loops, outermost first."""
        return index(self.base, [self.strides.get(loop, 0) for loop in loops])


@dataclass(frozen=True)
class Share:
    """What a tile covers of a dimension: `min(size, total - position)`."""

    size: int
    total: int
    position: LoopIndex = LoopIndex()

    def extent(self, loops: Sequence[str]) -> Extent:
        """As an extent under loops; whole if no tile is cut short."""
        position = self.position.index(loops)
        if self.total % self.size == 0 and not any(position.strides):
            return whole(self.size)
        return Extent(self.size, self.total, position)


FieldValue = int | str | tuple[int, ...] | LoopIndex | Share


@dataclass(frozen=True)
class Loop:
    """A loop of a nest: over `image`, `group`, `row`, `channel` or `depth`."""

    name: str
    count: int


def loops_of(counts: Mapping[str, int], order: Iterable[str]) -> tuple[Loop, ...]:
    """The loops of an order that run more than once."""
    return tuple(Loop(name, counts[name]) for name in order if counts[name] > 1)


@dataclass(frozen=True)
class Ring:
    """An SRAM buffer of a nest: `slots` tiles, renewed inside of the first `level`
    loops. Its name is its role: `ifm`, `weight`, `ofm`, ...
    """

    name: str
    bytes: int
    level: int
    slots: int

    @classmethod
    def renewed_by(
        cls,
        name: str,
        bytes: int,
        loops: Sequence[Loop],
        depends: Iterable[str],
        slots: int,
    ) -> "Ring":
        """A ring whose tile depends on the counters of some loops.

        What depends on no loop has one slot: it is there once and for all.
        """
        names = set(depends)
        levels = [i + 1 for i, loop in enumerate(loops) if loop.name in names]
        level = max(levels, default=0)
        return cls(name, bytes, level, slots if level else 1)

    def turn(self, loops: Sequence[Loop]) -> LoopIndex:
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
class Transfer:
    """A DMA of a box of a DRAM tensor to or from a ring.

    `tensor` says which: "input 0", "weight", "parameters" or "ofm"; `padded` boxes
    reach out of it and need a fill.
    """

    ring: str
    tensor: str
    view: View
    origin: tuple[LoopIndex, LoopIndex, LoopIndex, LoopIndex]
    box: tuple[int, int, int, int]
    padded: bool = False


@dataclass(frozen=True)
class Step:
    """What computes a tile, inside of all loops: its geometry, without the arithmetic.

    `reads` and `writes` give the ring of each operand; `byte` says where in its ring an
    operand starts, if not at 0.
    """

    mnemonic: str
    engine: Engine
    reads: Mapping[str, str]
    writes: Mapping[str, str]
    fields: Mapping[str, FieldValue]
    byte: Mapping[str, LoopIndex] = field(default_factory=dict)


@dataclass(frozen=True)
class Nest:
    """Loops, outermost first; rings; and what happens inside of them: what only moves
    bytes has no step.
    """

    loops: tuple[Loop, ...]
    rings: tuple[Ring, ...]
    loads: tuple[Transfer, ...]
    step: Step | None
    stores: tuple[Transfer, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the loops."""
        return tuple(loop.name for loop in self.loops)

    @property
    def sram_bytes(self) -> int:
        """What the rings need, alignment not counted."""
        return sum(ring.bytes * ring.slots for ring in self.rings)

    def ring(self, name: str) -> Ring:
        """The ring of a role."""
        return next(ring for ring in self.rings if ring.name == name)

    def times(self, level: int) -> int:
        """How often what stands inside of the first `level` loops happens."""
        return prod(loop.count for loop in self.loops[:level])
