"""Which weights are worth holding on chip: those that several groups take."""

from collections.abc import Mapping

from ....backend_aipu.machine import Machine
from ..striped.buffers.arrange import Staying
from .group_graph import GroupGraph

SHARE = 2
"""One part in so many of the SRAM holds weights at most: maps have to move, too."""


def shared_weights(graph: GroupGraph, machine: Machine) -> Mapping[str, Staying]:
    """Weights that several groups take, by their keys, and from which to which these
    are: the most often taken first, as many as there is room for.

    All groups between run in stripes. None if nothing is to stay on chip.
    """
    if "keep" in graph.without:
        return {}
    takers: dict[str, list[int]] = {}
    for number, link in enumerate(graph.links):
        if link.constant is not None:
            takers.setdefault(link.constant, []).append(number)
    found: dict[str, Staying] = {}
    room = machine.sram.bytes // SHARE
    for key, numbers in sorted(takers.items(), key=lambda item: -len(item[1])):
        first, last = numbers[0], numbers[-1]
        size = graph.links[first].stage.weight_bytes
        striped = all(link.can_stripe for link in graph.links[first : last + 1])
        if first < last and striped and size <= room:
            found[key] = Staying(size, first, last)
            room -= size
    return found
