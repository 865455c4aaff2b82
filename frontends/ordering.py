"""The order in which the nodes of a graph can be computed."""

from collections.abc import Iterable, Mapping
from graphlib import CycleError, TopologicalSorter
from heapq import heappop, heappush

from ..errors import AipuError


def in_order(
    before: Mapping[int, Iterable[int]], names: Mapping[int, str]
) -> list[int]:
    """Nodes by number, each after those `before` it, else by number.

    Raises:
        AipuError: there is a cycle; the message has the `names` of its nodes.
    """
    sorter = TopologicalSorter(before)
    try:
        sorter.prepare()
    except CycleError as error:
        around = " -> ".join(names[number] for number in error.args[1])
        raise AipuError(f"the graph has a cycle: {around}") from None
    ready: list[int] = []
    order: list[int] = []
    while sorter.is_active():
        for number in sorter.get_ready():
            heappush(ready, number)
        order.append(heappop(ready))
        sorter.done(order[-1])
    return order
