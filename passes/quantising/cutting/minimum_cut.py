"""The placement that costs least where costs add up: a minimum cut.

Host and machine are the two ends of a flow. Each operator hangs on both, by what it
costs on the other side of the cut; a tensor joins its maker to its readers by one edge,
through a node of its own for each direction, so that it is paid once however many
readers it has. Exact, by max-flow min-cut (Ford and Fulkerson, 1956).
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import networkx

from .network import Network, Sides

NANOSECONDS = 1_000_000
HOST, MACHINE = -1, -2


class Weights(NamedTuple):
    """How much the time of each part counts."""

    machine: float = 1.0
    host: float = 1.0
    """Also of crossings, which are the host's work."""


def minimum_cut(
    network: Network,
    machine_ms: Sequence[float],
    fixed: Mapping[int, bool],
    weights: Weights = Weights(),  # noqa: B008
) -> Sides:
    """The placement of the least sum; of several, that with least on the machine.

    Args:
        network: with the times on the host, and of crossings.
        machine_ms: of each operator on the machine.
        fixed: whether operators are on the machine that may be on one side alone.
        weights: how much each side counts.
    """
    graph = networkx.DiGraph()
    graph.add_nodes_from((HOST, MACHINE))
    for number, host_ms in enumerate(network.host_ms):
        on_machine = fixed.get(number)
        if on_machine is None:
            _edge(graph, HOST, number, weights.machine * machine_ms[number])
            _edge(graph, number, MACHINE, weights.host * host_ms)
        elif on_machine:
            _edge(graph, number, MACHINE)
        else:
            _edge(graph, HOST, number)
    node = len(network.operators)
    for tensor in network.tensors:
        to_machine, to_host = node, node + 1
        node += 2
        crossing = weights.host * tensor.crossing_ms
        maker = HOST if tensor.maker is None else tensor.maker
        _edge(graph, maker, to_machine, crossing)
        _edge(graph, to_host, maker, crossing)
        for reader in tensor.readers:
            _edge(graph, to_machine, reader)
            _edge(graph, reader, to_host)
        if tensor.leaves:
            _edge(graph, HOST, to_host)
    _, (_, on_machine) = networkx.minimum_cut(
        graph, HOST, MACHINE, flow_func=networkx.algorithms.flow.boykov_kolmogorov
    )
    return tuple(number in on_machine for number in range(len(network.operators)))


def added_up(
    network: Network, machine_ms: Sequence[float], sides: Sides
) -> tuple[float, float]:
    """The milliseconds of the machine, and of the host with crossings, added up."""
    machine = sum(ms for ms, side in zip(machine_ms, sides, strict=True) if side)
    host = sum(ms for ms, side in zip(network.host_ms, sides, strict=True) if not side)
    passing = (each for each in network.tensors if each.crosses(sides))
    return machine, host + sum(each.crossing_ms for each in passing)


def _edge(
    graph: "networkx.DiGraph[int]", start: int, end: int, ms: float | None = None
) -> None:
    """An edge that costs so many milliseconds to cut; without any, it is not cut."""
    if ms is None:
        graph.add_edge(start, end)
    else:
        graph.add_edge(start, end, capacity=round(ms * NANOSECONDS))
