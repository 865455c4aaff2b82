"""The cheapest placement that can be found: cuts, evaluated as they would be built.

A minimum cut is exact where costs add up. Fused work does not: so operators are cut by
several prices, what they take alone and what they have in the work of a placement, and
every cut is evaluated with the schedules that the build would use. Whole segments of
the machine then go to the host as long as that gains. The rules' placement is among
those that are compared: what is found costs no more.

Where both sides work at once, the longer one counts, and no sum says what that is: cuts
by several weights are tried, and those that leave what comes before an operator, or
what comes from it on, to one side.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ....backend_aipu.machine import Machine
from ....errors import AipuError
from .evaluation import Evaluation, Evaluator
from .minimum_cut import Weights, added_up, minimum_cut
from .network import Sides, weight_elements

LATENCY, THROUGHPUT = "latency", "throughput"
ROUNDS = 3
STRESSES = (1.0, 0.7, 1.4)
"""By how much the machine's prices are changed: what a cut gains or loses by fusing."""

SPLITS = 6
SWEEP = tuple(step / 10 for step in range(1, 10))
"""The share of the machine in what is minimised where both sides work at once."""


@dataclass(frozen=True)
class Demand:
    """What a placement is to be good for.

    frames: latency of one, or throughput of many that both sides work on at once.
    max_segments: the most that there may be; 0 for any number.
    min_gain: percent of what the rules' placement takes; below, that one stays.
    host_memory: the bytes that the host has for its part; 0 for any number.
    """

    frames: str = LATENCY
    max_segments: int = 0
    min_gain: float = 2.0
    host_memory: int = 0

    def ms(self, evaluation: Evaluation) -> float:
        """What is to be as little as possible."""
        if self.frames == THROUGHPUT:
            return evaluation.interval_ms
        return evaluation.latency_ms


@dataclass(frozen=True)
class Search:
    """Looks for the cheapest placement of a network.

    fixed: operators that may be on one side alone, and whether that is the machine.
    """

    evaluator: Evaluator
    fixed: Mapping[int, bool]
    demand: Demand

    def best(self, by_rules: Sides) -> Evaluation:
        """The cheapest placement that there is memory for, or that of the rules.

        Raises:
            AipuError: there cannot be as few segments.
        """
        rules = self.evaluator(by_rules)
        tried = [self.evaluator(each) for each in self.cuts(rules)]
        cheapest = min(tried, key=self.demand.ms)
        begins = [min(tried, key=self.rank), self.made_to_fit(cheapest)]
        found = min([rules, *map(self.given_away, begins)], key=self.rank)
        found = self.in_few_segments(found)
        least = self.demand.ms(rules) * (1 - self.demand.min_gain / 100)
        if self.demand.ms(found) > least and self.holds(rules):
            return rules
        return found

    def holds(self, evaluation: Evaluation) -> bool:
        """Whether there is room for a placement, and it has few enough segments."""
        limit = self.demand.max_segments
        few = not limit or len(evaluation.stays) <= limit
        return few and not self.excess_bytes(evaluation)

    def rank(self, evaluation: Evaluation) -> tuple[float, float, int]:
        """First what fits the memories, then what is cheapest, in few segments."""
        excess = self.excess_bytes(evaluation)
        return excess, self.demand.ms(evaluation), len(evaluation.stays)

    def excess_bytes(self, evaluation: Evaluation) -> int:
        """By how much a placement is larger than the memories of the two sides."""
        return excess_bytes(evaluation, self.evaluator.machine, self.demand)

    def cuts(self, rules: Evaluation) -> Iterator[Sides]:
        """Placements to evaluate: the rules', and minimum cuts by several prices."""
        network = self.evaluator.network
        able = [self.fixed.get(n, True) for n in range(len(network.operators))]
        alone = [
            self.evaluator.alone_ms(n) if may else 0.0 for n, may in enumerate(able)
        ]
        yield rules.sides
        everything = self.evaluator(tuple(able))
        yield everything.sides
        all_host = tuple(self.fixed.get(n, False) for n in range(len(able)))
        yield all_host
        prices = _prices(everything, alone)
        yield from self.cuts_by(alone)
        for _ in range(ROUNDS):
            cuts = [*self.cuts_by(prices)]
            yield from cuts
            best = min(map(self.evaluator, cuts), key=self.rank)
            prices, before = _prices(best, prices), prices
            if prices == before:
                break
        yield from self.cuts_by(_prices(rules, prices))
        if self.demand.frames == THROUGHPUT:
            yield from self.split(everything.sides, prices)
            yield from self.split(rules.sides, prices)

    def cuts_by(self, prices: Sequence[float]) -> Iterator[Sides]:
        """Minimum cuts where the machine takes so long for each operator."""
        network = self.evaluator.network
        if self.demand.frames == THROUGHPUT:
            weights = [Weights(share, 1 - share) for share in SWEEP]
        else:
            weights = [Weights(stress) for stress in STRESSES]
        for each in weights:
            yield minimum_cut(network, prices, self.fixed, each)

    def split(self, sides: Sides, prices: Sequence[float]) -> Iterator[Sides]:
        """The best few that give the host all before an operator, or from it on."""
        network = self.evaluator.network
        count = len(sides)
        tried = {
            tuple(
                side and (n in kept or self.fixed.get(n, False))
                for n, side in enumerate(sides)
            )
            for at in range(count + 1)
            for kept in (range(at), range(at, count))
        }

        def interval(each: Sides) -> tuple[float, Sides]:
            machine, host = added_up(network, prices, each)
            return max(machine, host), each

        yield from sorted(tried, key=interval)[:SPLITS]

    def given_away(self, found: Evaluation) -> Evaluation:
        """Give whole segments of the machine to the host while that gains."""
        while True:
            best = min(self.without_one(found, True), key=self.rank, default=found)
            if self.rank(best) >= self.rank(found):
                return found
            found = best

    def made_to_fit(self, found: Evaluation) -> Evaluation:
        """Move what has most weights away from the side whose memory is too small."""
        operators = self.evaluator.network.operators
        weights = list(map(weight_elements, operators))
        free = [n for n in range(len(weights)) if n not in self.fixed and weights[n]]
        for number in sorted(free, key=lambda n: -weights[n]):
            if not self.excess_bytes(found):
                break
            sides = list(found.sides)
            sides[number] = not sides[number]
            found = min(found, self.evaluator(tuple(sides)), key=self.rank)
        return found

    def in_few_segments(self, found: Evaluation) -> Evaluation:
        """Move whole segments until there are no more of them than demanded.

        Raises:
            AipuError: what may run on one side alone needs more.
        """
        limit = self.demand.max_segments
        while limit and len(found.stays) > limit:
            fewer = [
                each
                for side in (True, False)
                for each in self.without_one(found, side)
                if len(each.stays) < len(found.stays)
            ]
            if not fewer:
                raise AipuError(
                    f"no cut of the network in {limit} segments was found, but one in "
                    f"{len(found.stays)}",
                    place="max-segments",
                    remedy="allow more of them, or pin less to the machine",
                )
            found = min(fewer, key=self.rank)
        return found

    def without_one(self, found: Evaluation, on_machine: bool) -> Iterator[Evaluation]:
        """The placements that give a segment of one side to the other, if they may."""
        for stay in found.stays:
            movable = [n for n in stay.operators if n not in self.fixed]
            if stay.on_machine is on_machine and movable:
                sides = list(found.sides)
                for number in movable:
                    sides[number] = not on_machine
                yield self.evaluator(tuple(sides))


def excess_bytes(evaluation: Evaluation, machine: Machine, demand: Demand) -> int:
    """By how much a placement is larger than the memories of the two sides."""
    on_host = demand.host_memory or evaluation.host_bytes
    return max(0, evaluation.machine_bytes - machine.dram.bytes) + max(
        0, evaluation.host_bytes - on_host
    )


def _prices(evaluation: Evaluation, others: Sequence[float]) -> list[float]:
    """What the machine takes for each operator in a placement, or else by others."""
    return [
        own if on_machine else other
        for own, on_machine, other in zip(
            evaluation.own_ms, evaluation.sides, others, strict=True
        )
    ]
