"""Place the operators of a block where they cost least, and say of each why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from xdsl.dialects.builtin import DictionaryAttr, IntegerAttr, StringAttr, i64
from xdsl.ir import Block, Operation

from ....backend_aipu.machine import Machine
from ....errors import AipuError
from ...authoring.operators import operators
from ...authoring.places import (
    COST,
    HOST,
    MACHINE,
    REASON,
    run_on_host,
    run_on_machine,
)
from ...scheduling.strategies.strategy import strategy
from ..placement.abilities import why_not
from ..placement.pins import Pin
from ..placement.rules import default_pins, host_operators
from .evaluation import Evaluation, Evaluator
from .network import Network, Sides, weighed_network
from .search import Demand, Search
from .segment_cost import SegmentCosts

JOINS = "it joins its neighbours: what would pass costs more"


@dataclass(frozen=True)
class Fixed:
    """An operator that may run on one side alone, and why."""

    on_machine: bool
    reason: str


@dataclass(frozen=True)
class Cutting:
    """A block, and all that its placements depend on.

    unable: why the machine cannot run an operator.
    fixed: what may run on one side alone: pins, default ones too, and what is unable.
    """

    block: Block
    machine: Machine
    pins: Mapping[Operation, Pin]
    evaluator: Evaluator
    unable: Mapping[Operation, str]
    fixed: Mapping[Operation, Fixed]

    def sides(self, on_host: Mapping[Operation, str]) -> Sides:
        """The placement that leaves some operators to the host."""
        return tuple(op not in on_host for op in self.evaluator.network.operators)

    def rules(self) -> Mapping[Operation, str]:
        """The operators that rules leave to the host."""
        return host_operators(self.block, self.machine, self.pins)

    def cheapest(
        self, demand: Demand, evaluator: Evaluator | None = None
    ) -> Evaluation:
        """The cheapest placement, where operators cost what an evaluator says."""
        evaluator = evaluator or self.evaluator
        fixed = {
            number: self.fixed[op].on_machine
            for number, op in enumerate(evaluator.network.operators)
            if op in self.fixed
        }
        search = Search(evaluator, fixed, demand)
        return search.best(self.sides(self.rules()))

    def explain(
        self, found: Evaluation, reasons: Mapping[Operation, str] | None = None
    ) -> None:
        """Mark every operator with its place, the reason and the costs.

        reasons: of the host's operators, where others than costs were the reasons.
        """
        network = self.evaluator.network
        crossing = crossings_of(network, found)
        launch = self.machine.seconds(self.machine.launch_cycles) * 1e3
        for number, op in enumerate(network.operators):
            on_machine = found.sides[number]
            host = network.host_ms[number] if on_machine else found.own_ms[number]
            own = found.own_ms[number] if on_machine else None
            if own is None and op not in self.unable:
                own = self.evaluator.alone_ms(number)
            if reasons is not None and op in reasons:
                reason = reasons[op]
            elif op in self.fixed:
                reason = self.fixed[op].reason
            else:
                assert own is not None
                reason = why(on_machine, host, own, launch)
            if on_machine:
                run_on_machine(op)
                op.attributes[REASON] = StringAttr(reason)
            else:
                run_on_host(op, reason)
            costs = {HOST: host, MACHINE: own, "crossing": crossing[number]}
            op.attributes[COST] = DictionaryAttr(
                {
                    side: IntegerAttr(round(ms * 1e3), i64)
                    for side, ms in costs.items()
                    if ms is not None
                }
            )


def place_by_cost(
    block: Block,
    machine: Machine,
    pins: Mapping[Operation, Pin],
    strategy_name: str,
    demand: Demand,
) -> None:
    """Mark every operator with its place, the reason and the costs.

    Raises:
        AipuError: nothing is known of the host, or what is demanded cannot be.
    """
    cutting = cutting_of(block, machine, pins, strategy_name)
    cutting.explain(cutting.cheapest(demand))


def cutting_of(
    block: Block,
    machine: Machine,
    pins: Mapping[Operation, Pin],
    strategy_name: str,
) -> Cutting:
    """All that placements of a block depend on.

    Raises:
        AipuError: nothing is known of the host; or there is no such strategy.
    """
    if machine.host is None:
        raise AipuError(
            "nothing is known of the host, so that nothing can be weighed",
            place=f"target {machine.name}",
            remedy="add [host] to a target file, as in r329.toml, or place by rules",
        )
    costs = SegmentCosts(machine, strategy(strategy_name), machine.launch_cycles)
    unable = dict[Operation, str]()
    for op in operators(block):
        if reason := why_not(op, machine):
            unable[op] = reason
    return Cutting(
        block,
        machine,
        pins,
        Evaluator(weighed_network(block, machine.host), costs),
        unable,
        fixed_operators(block, unable, pins),
    )


def fixed_operators(
    block: Block, unable: Mapping[Operation, str], pins: Mapping[Operation, Pin]
) -> dict[Operation, Fixed]:
    """What may run on one side alone."""
    default = default_pins(block)
    found: dict[Operation, Fixed] = {}
    for op in operators(block):
        if op in pins:
            found[op] = Fixed(pins[op].side == MACHINE, pins[op].reason)
        elif reason := unable.get(op) or default.get(op):
            found[op] = Fixed(False, reason)
    return found


def why(on_machine: bool, host: float, own: float, launch: float) -> str:
    """The reason of an operator that may run on both sides; times in milliseconds.

    Args:
        on_machine: whether it runs there.
        host, own: what it takes on the host, and on the machine.
        launch: what of the latter is a launch, where it has one of its own.
    """
    gain = host - own if on_machine else own - host
    if gain <= 0:
        return JOINS
    if on_machine:
        return f"cheaper by {gain:.2f} ms on the machine"
    launched = f": launch {launch:.2f} of {own:.2f} ms" if own >= launch else ""
    return f"cheaper by {gain:.2f} ms on the host{launched}"


def crossings_of(network: Network, found: Evaluation) -> Sequence[float]:
    """The milliseconds of what passes, of each operator that makes it.

    An input that passes is that of the first operator of the machine to read it.
    """
    passing = [0.0] * len(network.operators)
    for number, ms in found.crossing.items():
        tensor = network.tensors[number]
        maker = tensor.maker
        if maker is None:
            maker = next(reader for reader in tensor.readers if found.sides[reader])
        passing[maker] += ms
    return passing
