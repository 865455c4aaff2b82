"""Place the operators of a block where they cost least, and say of each why."""

from collections.abc import Mapping, Sequence

from xdsl.dialects.builtin import DictionaryAttr, IntegerAttr, StringAttr, i64
from xdsl.ir import Block, Operation

from ....backend_aipu.machine import Machine
from ....dialects import nn
from ....errors import AipuError
from ...authoring.places import (
    COST,
    HOST,
    MACHINE,
    REASON,
    run_on_host,
    run_on_machine,
)
from ...scheduling.strategy import strategy
from ..placement.abilities import why_not
from ..placement.pins import Pin
from ..placement.rules import default_pins, host_operators
from .evaluation import Evaluation, Evaluator
from .network import Sides, weighed_network
from .search import Demand, Search
from .segment_cost import SegmentCosts

JOINS = "it joins its neighbours: what would pass costs more"


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
    evaluator = evaluator_of(block, machine, strategy_name)
    reasons = fixed_reasons(block, machine, pins)
    rules = host_operators(block, machine, pins)
    network = evaluator.network
    fixed = {
        number: not reasons[op][0]
        for number, op in enumerate(network.operators)
        if op in reasons
    }
    by_rules = tuple(op not in rules for op in network.operators)
    found = Search(evaluator, fixed, demand).best(by_rules)
    explain(evaluator, found, reasons)


def evaluator_of(block: Block, machine: Machine, strategy_name: str) -> Evaluator:
    """What tells the cost of placements of a block.

    Raises:
        AipuError: nothing is known of the host; or there is no such strategy.
    """
    if machine.host is None:
        raise AipuError(
            "nothing is known of the host, so that nothing can be weighed",
            place=f"target {machine.name}",
            remedy="add [host] to a target file, as in r329.toml, or place by rules",
        )
    costs = SegmentCosts(machine, strategy(strategy_name))
    return Evaluator(weighed_network(block, machine.host), costs)


def fixed_reasons(
    block: Block, machine: Machine, pins: Mapping[Operation, Pin]
) -> dict[Operation, tuple[bool, str]]:
    """What may run on one side alone: whether that is the host, and why."""
    default = default_pins(block)
    found: dict[Operation, tuple[bool, str]] = {}
    for op in block.ops:
        if not isinstance(op, nn.Operator):
            continue
        if op in pins:
            found[op] = pins[op].side == HOST, pins[op].reason
        elif reason := why_not(op, machine) or default.get(op):
            found[op] = True, reason
    return found


def explain(
    evaluator: Evaluator,
    found: Evaluation,
    reasons: Mapping[Operation, tuple[bool, str]],
) -> None:
    """Mark the operators of a network as they were placed."""
    network, machine = evaluator.network, evaluator.machine
    crossing = crossings_of(evaluator, found.sides)
    launch = machine.seconds(machine.launch_cycles) * 1e3
    for number, op in enumerate(network.operators):
        on_machine, host = found.sides[number], network.host_ms[number]
        able = op not in reasons or not reasons[op][0] or why_not(op, machine) is None
        own = found.own_ms[number] if on_machine else None
        if own is None and able:
            own = evaluator.alone_ms(number)
        if op in reasons:
            reason = reasons[op][1]
        else:
            assert own is not None
            reason = why(on_machine, host, own, launch)
        costs = {HOST: host, MACHINE: own, "crossing": crossing[number]}
        if on_machine:
            run_on_machine(op)
            op.attributes[REASON] = StringAttr(reason)
        else:
            run_on_host(op, reason)
        op.attributes[COST] = DictionaryAttr(
            {
                side: IntegerAttr(round(ms * 1e3), i64)
                for side, ms in costs.items()
                if ms is not None
            }
        )


def why(on_machine: bool, host: float, own: float, launch: float) -> str:
    """The reason of an operator that may run on both sides; times in milliseconds.

    Args:
        on_machine: whether it runs there.
        host, own: what it takes on the host, and on the machine.
        launch: what of the latter is a launch, where it has one of its own.
    """
    gain = host - own if on_machine else own - host
    if gain < 0:
        return JOINS
    if on_machine:
        return f"cheaper by {gain:.2f} ms on the machine"
    launched = f": launch {launch:.2f} of {own:.2f} ms" if own >= launch else ""
    return f"cheaper by {gain:.2f} ms on the host{launched}"


def crossings_of(evaluator: Evaluator, sides: Sides) -> Sequence[float]:
    """The milliseconds of what passes, of each operator that makes it.

    An input that passes is that of the first operator of the machine to read it.
    """
    network = evaluator.network
    found = [0.0] * len(network.operators)
    for tensor in network.tensors:
        if tensor.crosses(sides):
            maker = tensor.maker
            if maker is None:
                maker = next(number for number in tensor.readers if sides[number])
            found[maker] += tensor.crossing_ms
    return found
