"""What a striped group does, one instruction after another, before tokens and loops.

Every number is that of one instance: loops are found later, where instances are alike.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from .....dialects.aipu import Engine
from ...allocation import Interval


@dataclass(frozen=True)
class At:
    """An operand: `byte` bytes into slot `slot`, modulo the slots, of a buffer."""

    buffer: str
    slot: int = 0
    byte: int = 0


@dataclass(frozen=True)
class Corner:
    """Where a box begins in a tensor, or a tile in a map: a number a dimension."""

    numbers: tuple[int, ...]


@dataclass(frozen=True)
class Portion:
    """What a tile covers of a dimension: `min(size, total - position)`."""

    size: int
    total: int
    position: int


Number = int | str | tuple[int, ...] | At | Corner | Portion


@dataclass
class Action:
    """An instruction; `operator` makes it, whose numbers it gets besides.

    `dram` names the tensor of a transfer: "input 0", "weight 2", "parameters 2",
    "result 5", "nowhere"; of a map, `moved` bounds the bytes that it moves.
    """

    engine: Engine
    mnemonic: str
    operator: int
    fields: Mapping[str, Number]
    reads: tuple[Interval, ...] = ()
    writes: tuple[Interval, ...] = ()
    dram: str = ""
    moved: Interval | None = None
    wait: tuple[str, ...] = ()
    signal: tuple[str, ...] = ()
    numbers: bool = field(default=True)


@dataclass(frozen=True)
class Repeats:
    """Actions that may be alike: the tiles of a ring, the stripes of a group."""

    bodies: "tuple[tuple[Action | Repeats, ...], ...]"


def actions_of(body: "tuple[Action | Repeats, ...]") -> Iterator[Action]:
    """All actions, in order."""
    for each in body:
        if isinstance(each, Action):
            yield each
        else:
            for inner in each.bodies:
                yield from actions_of(inner)
