"""The program as a tree: launches, the groups that run in them, their operators.

What holds one thing only is that thing: a launch of one group is that group, a group of
one operator is that operator. So layer by layer the tree is a list.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from ...backend_aipu.machine import Machine
from ..figures.figures import Layer, Piece


class Branch(NamedTuple):
    """A part of the program, and the parts that add up to it."""

    part: Piece
    parts: Sequence["Branch"] = ()


class TreeRow(NamedTuple):
    """A part in the order in which people read a tree, and how deep it lies.

    leaf: whether it has no parts of its own.
    """

    depth: int
    part: Piece
    leaf: bool


def tree(layers: Sequence[Layer], machine: Machine) -> list[Branch]:
    """The launches, groups and operators of a report."""
    found: list[Branch] = []
    for _, together in groupby(layers, lambda layer: layer.launch):
        groups = [
            Branch(layer, _several([Branch(each) for each in layer.operators]))
            for layer in together
        ]
        found.append(groups[0] if len(groups) == 1 else _launch(groups, machine))
    return found


def tree_rows(branches: Sequence[Branch], depth: int = 0) -> Iterator[TreeRow]:
    """All parts, those inside of another behind it."""
    for branch in branches:
        yield TreeRow(depth, branch.part, not branch.parts)
        yield from tree_rows(branch.parts, depth + 1)


def _several(branches: Sequence[Branch]) -> Sequence[Branch]:
    """The parts, if there is more than one."""
    return branches if len(branches) > 1 else ()


def _launch(groups: Sequence[Branch], machine: Machine) -> Branch:
    """The groups of a launch, added up; it is bound by what binds most of its time."""
    parts = [group.part for group in groups]
    causes: Counter[str] = Counter()
    bounds: Counter[str] = Counter()
    for part in parts:
        causes.update(part.cycles_by_cause)
        bounds[part.bound_by] += part.cycles
    cycles, macs = sum(p.cycles for p in parts), sum(p.macs for p in parts)
    running = cycles - causes["launch"]
    return Branch(
        Piece(
            name=launch_name([part for part in parts if isinstance(part, Layer)]),
            op=f"{len(parts)} groups",
            kernel="",
            macs=macs,
            cycles=cycles,
            utilisation=macs / max(1, running * machine.macs_per_cycle),
            dram_bytes=sum(part.dram_bytes for part in parts),
            sram_bytes=sum(part.sram_bytes for part in parts),
            energy_uj=sum(part.energy_uj for part in parts),
            bound_by=max(bounds, key=lambda name: bounds[name]),
            cycles_by_cause=dict(causes),
        ),
        groups,
    )


def launch_name(layers: Sequence[Layer]) -> str:
    """`launch 3`, or `launches 3 to 5` where a group begins some more."""
    first = layers[0].launch
    last = first + sum(layer.launches for layer in layers) - 1
    return f"launches {first} to {last}" if last > first else f"launch {first}"
