"""What is in a model, and what will run where, before anything is built."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from math import prod

from msgspec import Struct
from xdsl.dialects.builtin import StringAttr
from xdsl.ir import Operation

from ...backend_aipu.host import Host
from ...dialects import nn
from ...dialects.nn.macs import macs, operations
from ...passes.authoring.functions import input_name, main_function, output_name
from ...passes.authoring.operators import operators
from ...passes.authoring.places import HOST, MACHINE, REASON, runs_on_machine
from ...passes.quantising.placement.host_work import host_ms
from ...passes.registry import PASSES
from ...passes.running.pipeline import build_pipeline, run_pipeline
from ..building.driver import Build, Model, Options
from ..building.levels import FLOAT
from .weightless import looked_into


class Kind(Struct, frozen=True):
    """All operators of a name that run on one side for one reason.

    share: of all arithmetic; a MAC counts as two operations.
    host_ms: that the host takes for them, an estimate; null on the machine, whose time
        only a build tells, and where nothing is known of the host.
    """

    op: str
    count: int
    macs: int
    share: float
    host_ms: float | None
    place: str
    reason: str


class Inspection(Struct, frozen=True):
    """A model after the pipeline `import`.

    parameters: the elements of all weights.
    weight_bytes: of those weights as int8, without what goes with them.
    live_bytes: of int8 feature maps, the most that are needed at any one time.
    memory_bytes: what the target has for a network.
    warnings: what a user should know of the model.
    """

    model: str
    target: str
    inputs: Mapping[str, Sequence[int]]
    outputs: Mapping[str, Sequence[int]]
    operators: int
    macs: int
    parameters: int
    weight_bytes: int
    live_bytes: int
    memory_bytes: int
    kinds: Sequence[Kind]
    warnings: Sequence[str]


def inspect(model: Model, options: Options) -> Inspection:
    """Look into a model.

    Raises:
        AipuError: it cannot be imported.
    """
    build = looked_into(model, options)
    build.reach(FLOAT)
    settings = {"target": options.target, **options.pins.options()}
    stated = " ".join(f"{name}={value}" for name, value in settings.items())
    placing = f"adopt-scales,place-operators{{{stated}}}"
    run_pipeline(build_pipeline(placing, PASSES), build.module, build.context)
    return _inspection(build)


def _inspection(build: Build) -> Inspection:
    machine = build.machine
    main = main_function(build.module)
    block = main.body.block
    found = operators(block)
    weights = [op for op in block.ops if isinstance(op, nn.WeightOp)]
    parameters = sum(prod(nn.shape(op.value)) for op in weights)
    returned = main.get_return_op()
    results = returned.operands if returned is not None else ()
    return Inspection(
        model=build.imported.name,
        target=machine.name,
        inputs={input_name(each): nn.shape(each) for each in block.args},
        outputs={
            output_name(main, number): nn.shape(value)
            for number, value in enumerate(results)
        },
        operators=len(found),
        macs=sum(map(macs, found)),
        parameters=parameters,
        weight_bytes=parameters,
        live_bytes=_live_bytes(found),
        memory_bytes=machine.dram.bytes,
        kinds=_kinds(found, machine.host),
        warnings=build.warnings,
    )


def _kinds(found: Sequence[nn.Operator], host: Host | None) -> list[Kind]:
    """By side and arithmetic, the most of it first."""
    groups: dict[tuple[str, str, str], list[nn.Operator]] = defaultdict(list)
    for op in found:
        place = MACHINE if runs_on_machine(op) else HOST
        reason = op.attributes.get(REASON)
        why = reason.data if isinstance(reason, StringAttr) else ""
        groups[place, op.name.removeprefix("nn."), why].append(op)
    total = sum(map(operations, found)) or 1
    kinds = [
        Kind(
            name,
            len(members),
            sum(map(macs, members)),
            sum(map(operations, members)) / total,
            None
            if host is None or place == MACHINE
            else sum(host_ms(op, host) for op in members),
            place,
            why,
        )
        for (place, name, why), members in groups.items()
    ]
    return sorted(kinds, key=lambda kind: (kind.place == HOST, -kind.share, kind.op))


def _live_bytes(found: Sequence[nn.Operator]) -> int:
    """The most bytes of results that are needed at one time, in the order given."""
    last: dict[Operation, int] = {}
    order: dict[Operation, int] = {op: step for step, op in enumerate(found)}
    for op in found:
        readers = [order.get(use.operation, len(found)) for use in op.ofm.uses]
        last[op] = max(readers, default=order[op])
    changes = [0] * (len(found) + 2)
    for op in found:
        changes[order[op]] += prod(nn.shape(op.ofm))
        changes[last[op] + 1] -= prod(nn.shape(op.ofm))
    live = peak = 0
    for change in changes:
        live += change
        peak = max(peak, live)
    return peak
