"""Two packages as two graphs, in which what differs is marked."""

from collections.abc import Iterator, Mapping, Sequence

from ..quantities import count, quantity
from .built import Known
from .colours import Colouring, by_change
from .differences import IN_ONE, SCHEDULE, SIDE, Difference
from .network import Node
from .picture import Picture, Told

CHANGED = "changed"
"""What marks a node that differs; one that the other network lacks is `IN_ONE`."""


def compared_picture(
    known: Known, found: Mapping[str, Difference], key: str
) -> Picture:
    """The graph of one of two packages, coloured by the change of cycles first.

    Args:
        known: of the package.
        found: what differs, by the names of operators.
        key: what tells it from the other picture.
    """
    return known.picture(
        key,
        [_told(known, node, found) for node in known.nodes],
        [*_changes(known, found), *known.colourings()],
    )


def _told(known: Known, node: Node, found: Mapping[str, Difference]) -> Told:
    told = known.told(node)
    difference = found.get(node.name) if node.is_operator else None
    if difference is None or not difference.kinds:
        return told
    mark = IN_ONE if IN_ONE in difference.kinds else CHANGED
    facts = [*_facts(difference), *told.facts]
    return told._replace(marks=(*told.marks, mark), facts=facts)


def _facts(difference: Difference) -> Iterator[tuple[str, str]]:
    """What the second has that the first has not."""
    first, second = difference.first, difference.second
    if first is None or second is None:
        yield "is in", "the first only" if second is None else "the second only"
        return
    if difference.cycles:
        yield "cycles, change", signed(difference.cycles, count(abs(difference.cycles)))
    if difference.dram_bytes:
        moved = quantity(abs(difference.dram_bytes), "B")
        yield "DRAM, change", signed(difference.dram_bytes, moved)
    if SIDE in difference.kinds:
        yield "side, change", f"{first.node.place} → {second.node.place}"
    if SCHEDULE in difference.kinds:
        yield (
            "schedule, first",
            f"{first.node.schedule}, with {_listed(first.together)}",
        )
        yield "second", f"{second.node.schedule}, with {_listed(second.together)}"


def signed(change: int, amount: str) -> str:
    """`+120`, `-120`, or nothing where nothing changed."""
    return f"{'+' if change > 0 else '-'}{amount}" if change else ""


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names) if len(names) > 1 else "no other"


def _changes(known: Known, found: Mapping[str, Difference]) -> Iterator[Colouring]:
    numbers = {
        node.number: found[node.name] for node in known.nodes if node.name in found
    }
    cycles = {number: float(each.cycles) for number, each in numbers.items()}
    moved = {number: float(each.dram_bytes) for number, each in numbers.items()}
    yield by_change("more", "change in cycles", cycles, lambda n: quantity(n, ""))
    yield by_change("moved", "change in DRAM", moved, lambda n: quantity(n, "B"))
