"""What is drawn around operators: groups, and the launches that they run in."""

from collections.abc import Sequence
from itertools import groupby

from ....passes.authoring.places import MACHINE
from ...figures.figures import Layer
from ..tree import launch_name
from .network import Node
from .shapes import Enclosure, Item


def frames(nodes: Sequence[Node], layers: Sequence[Layer]) -> list[Item]:
    """Nodes and frames; there is none around a single thing.

    What is only another name of what a group makes is in the launch of that.

    Args:
        nodes: of the network, in the order in which they run.
        layers: its groups, by whose names nodes say what they run in.
    """
    launches = {layer.name: layer.launch for layer in layers}
    names = {
        launch: launch_name(list(groups))
        for launch, groups in groupby(layers, lambda layer: layer.launch)
    }
    alone: list[Item] = []
    inside: dict[int, dict[str | int, list[Item]]] = {}
    before: tuple[str, int] | None = None
    for node in nodes:
        if node.group is not None:
            before = node.segment, launches[node.group]
            groups = inside.setdefault(before[1], {})
            groups.setdefault(node.group, []).append(node.number)
        elif node.place == MACHINE and before and before[0] == node.segment:
            inside[before[1]][node.number] = [node.number]
        else:
            alone.append(node.number)
    return alone + [
        _around(names[launch], [_around(str(n), each) for n, each in groups.items()])
        for launch, groups in inside.items()
    ]


def _around(name: str, items: Sequence[Item]) -> Item:
    """A frame, or the one thing that would be in it."""
    return Enclosure(name, items) if len(items) > 1 else items[0]
