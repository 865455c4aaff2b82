"""How a network would be cut between machine and host, before anything is quantised.

Every mode of `place-operators` side by side, with what each would cost: the machine by
going through the schedules that a build would choose, the host and the crossings by the
models that reports use. All of it is an estimate.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import takewhile
from math import prod
from typing import NamedTuple

from msgspec import Struct, structs
from xdsl.dialects.builtin import DictionaryAttr, IntegerAttr, StringAttr
from xdsl.ir import BlockArgument, Operation, OpResult, SSAValue

from ...dialects import nn
from ...dialects.nn.macs import macs
from ...passes.authoring.functions import input_name, main_function
from ...passes.authoring.operator_names import operator_names
from ...passes.authoring.operators import operators
from ...passes.authoring.places import COST, HOST, MACHINE, REASON, placed_on
from ...passes.pipelines import PIPELINES
from ...passes.quantising.cutting.by_cost import Cutting, cutting_of
from ...passes.quantising.cutting.evaluation import Evaluation, Evaluator, Stay
from ...passes.quantising.cutting.network import Network, weighed_network
from ...passes.quantising.cutting.search import Demand, excess_bytes
from ...passes.quantising.placement.fallbacks import hosted, on_device
from ...passes.quantising.placement.pinning import pin_operators
from ...passes.registry import PASSES
from ...passes.running.pipeline import build_pipeline, run_pipeline
from ...passes.scheduling.strategies.strategy import DEFAULT
from ..building.driver import Model, Options
from ..building.levels import FLOAT
from .weightless import looked_into

MODES = ("rules", "cost", "tengine", "all-host")

ANY = Demand()

LAUNCHES = (150, 50)
"""Microseconds of a launch that are tried besides the target's own."""

CROSSINGS = (50, 300)
"""Microseconds of a crossing that are tried besides."""


class ModeCost(Struct, frozen=True):
    """What a mode of placing operators costs: estimates, in milliseconds of a batch.

    interval_ms: between two frames of many, if both sides work at once.
    machine_bytes, host_bytes: weights and the largest operator's feature maps.
    fits: whether both sides have the memory.
    """

    mode: str
    latency_ms: float
    machine_ms: float
    host_ms: float
    crossing_ms: float
    interval_ms: float
    segments: int
    machine_bytes: int
    host_bytes: int
    fits: bool


class CutSegment(Struct, frozen=True):
    """Operators that run on one side without waiting for the other.

    operators: how many; the first and the last by their names.
    """

    name: str
    place: str
    operators: int
    first: str
    last: str
    macs: int
    ms: float


class CutTensor(Struct, frozen=True):
    """A tensor that passes: what makes it, or the input that it is; to which side."""

    tensor: str
    to: str
    elements: int
    ms: float


class PlacedOperator(Struct, frozen=True):
    """An operator, where it runs and why.

    segment: that it is in, by its name.
    shape: of what it makes.
    reads: the operators, or inputs of the network, whose tensors it reads.
    host_ms, machine_ms: what it takes on either side; null where it cannot run.
    crossing_ms: what the tensor that it makes takes to pass; of an input, at its first
        reader on the machine.
    """

    name: str
    op: str
    place: str
    reason: str
    segment: str
    shape: Sequence[int]
    reads: Sequence[str]
    host_ms: float
    machine_ms: float | None
    crossing_ms: float


class Sensitivity(Struct, frozen=True):
    """What is to be little, by rules and by cost, if a launch or a crossing took so
    many microseconds.
    """

    launch_us: int
    crossing_us: int
    rules_ms: float
    cost_ms: float
    segments: int


class Cut(Struct, frozen=True):
    """How a network would be cut.

    mode: the one that segments, crossings and operators are of.
    """

    model: str
    target: str
    strategy: str
    mode: str
    frames: str
    modes: Sequence[ModeCost]
    segments: Sequence[CutSegment]
    crossings: Sequence[CutTensor]
    operators: Sequence[PlacedOperator]
    sensitivity: Sequence[Sensitivity]
    warnings: Sequence[str]


class Weighed(NamedTuple):
    """A network whose placements can be compared.

    model: its name.
    warnings: what a user should know of it.
    """

    model: str
    strategy: str
    warnings: Sequence[str]
    cutting: Cutting


def cut(
    model: Model, options: Options, demand: Demand = ANY, mode: str = "cost"
) -> Cut:
    """How a network would be cut.

    Args:
        model, options: as of a build.
        demand: what a cut by cost is to be good for.
        mode: the one to show in full.

    Raises:
        AipuError: it cannot be imported, nothing is known of the host, or what is
            demanded cannot be.
    """
    weighed = weigh(model, options)
    cutting = weighed.cutting
    block = cutting.block
    found = _evaluations(cutting, demand)
    chosen, reasons = found[mode]
    cutting.explain(chosen, reasons)
    names = operator_names(operators(block))
    return Cut(
        weighed.model,
        cutting.machine.name,
        weighed.strategy,
        mode,
        demand.frames,
        [_mode(mode, each, demand, cutting) for mode, (each, _) in found.items()],
        [
            _segment(number, stay, cutting.evaluator, names)
            for number, stay in enumerate(chosen.stays)
        ],
        list(_crossings(chosen, cutting.evaluator, names)),
        list(_placed(chosen, cutting.evaluator.network, names)),
        list(_sensitivities(cutting, demand)),
        weighed.warnings,
    )


def weigh(model: Model, options: Options) -> Weighed:
    """A network, ready to be cut in any way.

    Raises:
        AipuError: it cannot be imported, or nothing is known of the host.
    """
    build = looked_into(model, options)
    build.reach(FLOAT)
    run_pipeline(build_pipeline(_before(), PASSES), build.module, build.context)
    block = main_function(build.module).body.block
    strategy = options.strategy or DEFAULT
    pins = pin_operators(operators(block), options.pins, build.machine)
    cutting = cutting_of(block, build.machine, pins, strategy)
    return Weighed(build.imported.name, strategy, build.warnings, cutting)


def mode_costs(weighed: Weighed, demand: Demand) -> dict[str, ModeCost]:
    """What every mode costs, by its name.

    Raises:
        AipuError: what is demanded cannot be.
    """
    cutting = weighed.cutting
    return {
        mode: _mode(mode, each, demand, cutting)
        for mode, (each, _) in _evaluations(cutting, demand).items()
    }


def _before() -> str:
    """The pipeline of what comes between `import` and the placing of operators."""
    lines = takewhile(lambda e: e.text != "place-operators", PIPELINES["prepare"])
    return ",".join(line.text for line in lines)


def _evaluations(
    cutting: Cutting, demand: Demand
) -> dict[str, tuple[Evaluation, Mapping[Operation, str] | None]]:
    """Every mode's placement, and the reasons of the host's operators if others than
    costs.
    """
    found: dict[str, tuple[Evaluation, Mapping[Operation, str] | None]] = {}
    block, machine, pins = cutting.block, cutting.machine, cutting.pins
    for mode in MODES:
        if mode == "cost":
            found[mode] = cutting.cheapest(demand), None
            continue
        if mode == "rules":
            reasons = cutting.rules()
        elif mode == "tengine":
            reasons = on_device(block, machine, pins)
        else:
            reasons = hosted(block, pins)
        found[mode] = cutting.evaluator(cutting.sides(reasons)), reasons
    return found


def _mode(mode: str, found: Evaluation, demand: Demand, cutting: Cutting) -> ModeCost:
    return ModeCost(
        mode,
        found.latency_ms,
        found.machine_ms,
        found.host_ms,
        found.crossing_ms,
        found.interval_ms,
        len(found.stays),
        found.machine_bytes,
        found.host_bytes,
        not excess_bytes(found, cutting.machine, demand),
    )


def _segment(
    number: int, stay: Stay, evaluator: Evaluator, names: Mapping[Operation, str]
) -> CutSegment:
    inside = [evaluator.network.operators[each] for each in stay.operators]
    return CutSegment(
        _segment_name(number),
        MACHINE if stay.on_machine else HOST,
        len(inside),
        names[inside[0]] if inside else "",
        names[inside[-1]] if inside else "",
        sum(map(macs, inside)),
        stay.ms,
    )


def _segment_name(number: int) -> str:
    return f"segment_{number}"


def _tensor_name(value: SSAValue, names: Mapping[Operation, str]) -> str:
    """The operator that makes a tensor, or the input that it is."""
    if isinstance(value, BlockArgument):
        return input_name(value)
    assert isinstance(value, OpResult)
    return names[value.op]


def _crossings(
    found: Evaluation, evaluator: Evaluator, names: Mapping[Operation, str]
) -> Iterator[CutTensor]:
    network = evaluator.network
    for number, ms in found.crossing.items():
        tensor, value = network.tensors[number], network.values[number]
        name = _tensor_name(value, names)
        made = tensor.maker is not None and found.sides[tensor.maker]
        elements = prod(nn.shape(value))
        yield CutTensor(name, HOST if made else MACHINE, elements, ms)


def _placed(
    found: Evaluation, network: Network, names: Mapping[Operation, str]
) -> Iterator[PlacedOperator]:
    """All operators in order."""
    segments = {
        number: _segment_name(place)
        for place, stay in enumerate(found.stays)
        for number in stay.operators
    }
    for number, op in enumerate(network.operators):
        cost, reason = op.attributes[COST], op.attributes[REASON]
        assert isinstance(cost, DictionaryAttr)
        assert isinstance(reason, StringAttr)
        ms = {
            side: each.value.data / 1e3
            for side, each in cost.data.items()
            if isinstance(each, IntegerAttr)
        }
        yield PlacedOperator(
            names[op],
            op.name.removeprefix("nn."),
            placed_on(op),
            reason.data,
            segments[number],
            nn.shape(op.results[0]),
            [
                _tensor_name(network.values[tensor], names)
                for tensor in network.reads[number]
            ],
            ms[HOST],
            ms.get(MACHINE),
            ms["crossing"],
        )


def _sensitivities(cutting: Cutting, demand: Demand) -> Iterator[Sensitivity]:
    """The target's own launch and crossing first, then with one of them another."""
    machine, host = cutting.machine, cutting.machine.host
    assert host is not None
    own = machine.control.launch, host.crossing
    tried = [own]
    tried += [(launch, own[1]) for launch in LAUNCHES if launch < own[0]]
    tried += [(own[0], crossing) for crossing in CROSSINGS if crossing != own[1]]
    rules = cutting.sides(cutting.rules())
    for launch, crossing in tried:
        model = structs.replace(host, crossing=crossing)
        evaluator = Evaluator(
            weighed_network(cutting.block, model),
            cutting.evaluator.costs.with_launch(launch),
        )
        by_cost = cutting.cheapest(demand, evaluator)
        yield Sensitivity(
            launch,
            crossing,
            demand.ms(evaluator(rules)),
            demand.ms(by_cost),
            len(by_cost.stays),
        )
