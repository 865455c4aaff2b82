"""What differs between two packages, operator by operator."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ...figures.figures import Piece
from .built import Known
from .network import Node

CYCLES, BYTES, SIDE, SCHEDULE, IN_ONE = "cycles", "bytes", "side", "schedule", "alone"


class OneSide(NamedTuple):
    """An operator in one of the packages; it takes nothing where it is on the host."""

    node: Node
    piece: Piece | None
    together: Sequence[str]

    @property
    def cycles(self) -> int:
        return 0 if self.piece is None else self.piece.cycles

    @property
    def dram_bytes(self) -> int:
        return 0 if self.piece is None else self.piece.dram_bytes


class Difference(NamedTuple):
    """An operator in both packages; None in one that has none of its name.

    kinds: what differs: cycles, bytes, side, schedule (also with whom it runs); or that
        it is alone.
    """

    name: str
    first: OneSide | None
    second: OneSide | None
    kinds: Sequence[str]

    @property
    def cycles(self) -> int:
        """How many more the second takes."""
        return _taken(self.second)[0] - _taken(self.first)[0]

    @property
    def dram_bytes(self) -> int:
        """How many more the second moves."""
        return _taken(self.second)[1] - _taken(self.first)[1]


def differences(first: Known, second: Known) -> dict[str, Difference]:
    """All operators of two packages by name, also those that are alike.

    They are in the order of the first, what only the second has at the end.
    """
    one, other = _sides(first), _sides(second)
    return {
        name: Difference(
            name, one.get(name), other.get(name), _kinds(one.get(name), other.get(name))
        )
        for name in dict.fromkeys([*one, *other])
    }


def _sides(known: Known) -> Mapping[str, OneSide]:
    members: dict[str, list[str]] = {}
    for node in known.nodes:
        if node.group is not None:
            members.setdefault(node.group, []).append(node.name)
    return {
        node.name: OneSide(node, known.piece(node), members.get(node.group or "", ()))
        for node in known.nodes
        if node.is_operator
    }


def _kinds(first: OneSide | None, second: OneSide | None) -> list[str]:
    if first is None or second is None:
        return [IN_ONE]
    differs = {
        CYCLES: first.cycles != second.cycles,
        BYTES: first.dram_bytes != second.dram_bytes,
        SIDE: first.node.place != second.node.place,
        SCHEDULE: (first.node.schedule, first.together)
        != (second.node.schedule, second.together),
    }
    return [kind for kind, different in differs.items() if different]


def _taken(side: OneSide | None) -> tuple[int, int]:
    """Cycles and bytes."""
    return (0, 0) if side is None else (side.cycles, side.dram_bytes)
