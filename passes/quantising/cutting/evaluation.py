"""What a placement costs: the time of both sides and of what passes between them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ....backend_aipu.machine import Machine
from ..placement.host_work import REAL_BYTES
from .network import Network, Sides, map_elements, weight_elements
from .segment_cost import SegmentCosts


@dataclass(frozen=True)
class Stay:
    """A segment: operators that run on one side without waiting for the other.

    level: how often data has crossed over before.
    operators: by their numbers; none where the host only converts.
    """

    on_machine: bool
    level: int
    operators: Sequence[int]
    ms: float


@dataclass(frozen=True)
class Evaluation:
    """A placement, what it costs in milliseconds of a batch, and the bytes it needs.

    own_ms: of each operator where it runs; a machine's are as they are scheduled.
    crossing: the milliseconds of each tensor that passes, by its number.
    machine_bytes, host_bytes: of weights, and of the largest operator's feature maps.
    """

    sides: Sides
    stays: Sequence[Stay]
    own_ms: Sequence[float]
    crossing: Mapping[int, float]
    machine_bytes: int
    host_bytes: int

    @property
    def machine_ms(self) -> float:
        return sum(stay.ms for stay in self.stays if stay.on_machine)

    @property
    def host_ms(self) -> float:
        return sum(stay.ms for stay in self.stays if not stay.on_machine)

    @property
    def crossing_ms(self) -> float:
        return sum(self.crossing.values())

    @property
    def latency_ms(self) -> float:
        """Of a frame by itself."""
        return self.machine_ms + self.host_ms + self.crossing_ms

    @property
    def interval_ms(self) -> float:
        """Between two frames of many, where both sides work at once."""
        return max(self.machine_ms, self.host_ms + self.crossing_ms)


@dataclass(frozen=True)
class Evaluator:
    """Evaluates placements of one network; segments that they share only once."""

    network: Network
    costs: SegmentCosts
    known: dict[Sides, Evaluation] = field(default_factory=dict)

    @property
    def machine(self) -> Machine:
        return self.costs.machine

    def __call__(self, sides: Sides) -> Evaluation:
        """What a placement costs.

        Raises:
            AipuError: the machine cannot run an operator that is placed there.
        """
        if sides not in self.known:
            self.known[sides] = self._evaluate(sides)
        return self.known[sides]

    def alone_ms(self, number: int) -> float:
        """Of an operator of the machine that runs in a segment of its own."""
        return self.costs.of([self.network.operators[number]]).ms

    def _evaluate(self, sides: Sides) -> Evaluation:
        network = self.network
        stays: list[Stay] = []
        moves = network.moves(sides)
        own = list(network.host_ms)
        for number in moves:
            own[number] = network.moved_ms[number]
        for (level, on_machine), numbers in segments(network, sides):
            if on_machine:
                spent = self.costs.of([network.operators[n] for n in numbers])
                for number, ms in zip(numbers, spent.own_ms, strict=True):
                    own[number] = ms
            ms = sum(own[number] for number in numbers)
            stays.append(Stay(on_machine, level, numbers, ms))
        return Evaluation(
            sides,
            stays,
            own,
            network.passing(sides, moves),
            needed_bytes(network, [n for n, side in enumerate(sides) if side], 1),
            needed_bytes(
                network, [n for n, side in enumerate(sides) if not side], REAL_BYTES
            ),
        )


def segments(
    network: Network, sides: Sides
) -> list[tuple[tuple[int, bool], Sequence[int]]]:
    """The segments that a placement makes, by level and side, in order.

    Where the host has nothing to run but what converts tensors, that is a segment.
    """
    levels = network.levels(sides)
    found: dict[tuple[int, bool], list[int]] = {}
    for number, level in enumerate(levels):
        found.setdefault((level, sides[number]), []).append(number)
    for tensor in network.tensors:
        if not tensor.crosses(sides):
            continue
        if tensor.maker is None:
            found.setdefault((0, False), [])
        elif sides[tensor.maker]:
            found.setdefault((levels[tensor.maker] + 1, False), [])
    return sorted(found.items())


def needed_bytes(network: Network, numbers: Sequence[int], bytes_each: int) -> int:
    """What a side needs of memory for its operators: an estimate."""
    operators = [network.operators[number] for number in numbers]
    weights = sum(map(weight_elements, operators))
    return bytes_each * (weights + max(map(map_elements, operators), default=0))
