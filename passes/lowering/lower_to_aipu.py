"""Turn the scheduled functions of the machine into one program.

    func.func @segment_1(%x) {              func.func private @segment_1(...)
      %1 = tile.group "conv1" (%x) ...      aipu.program target "r329" tokens [...] {
      return %1                       ==>     aipu.buffer ...
    }                                         aipu.entry "segment_1" {
                                                aipu.launch "conv1" ...
                                              } }

A function becomes an entry point, and a group a launch, or a part of one where it is
joined to the group before it. Reshapes become other names of the same bytes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from xdsl.context import Context
from xdsl.dialects.builtin import ModuleOp
from xdsl.dialects.func import FuncOp
from xdsl.ir import Region, SSAValue

from ...backend_aipu.codegen import to_operation
from ...backend_aipu.machine import Machine, load_machine
from ...backend_aipu.program import Buffer, Entry, Program
from ...dialects import nn, tile
from ...dialects.aipu import Space
from ...dialects.locations import source_name
from ...dialects.quant import uniform
from ...dialects.semantics.weights import WeightStore
from ...errors import AipuError
from ..authoring.constants import key_of
from ..authoring.context import weights_of
from ..authoring.operators import is_weight
from ..authoring.promises import EXACT, AipuPass
from ..authoring.segments import machine_functions
from ..machine_forms.forms import feature_maps_of, numbers_of
from ..machine_forms.numbers import Numbers
from ..scheduling.allocation import Lifetime, allocate
from ..scheduling.network.groups import groups_of, operators_of
from ..scheduling.network.links import group_of, only_operator
from ..scheduling.striped.buffers.fit import check_stripes
from ..scheduling.striped.graph import Graph
from ..scheduling.striped.program.plan import plan_stripes
from ..scheduling.striped.program.transfers import NO_TENSOR
from ..scheduling.tiled.cost import cost
from ..scheduling.tiled.fit import check_fit
from ..scheduling.tiled.plan import plan
from .buffers import BufferTable
from .emit import Names, credits, emit_all
from .feature_maps import ON_CHIP, InDram, feature_maps
from .launches import Work, launched
from .memory_check import check_memory
from .network import network_of
from .on_chip import OnChip, on_chip
from .striped import StripedNames, StripedWork, fills_of
from .token_table import TokenTable


@dataclass(frozen=True)
class LowerToAipuPass(AipuPass):
    """Turn the scheduled functions of the machine into one program."""

    name = "lower-to-aipu"
    semantics = EXACT

    target: str = "r329"

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        functions = machine_functions(op)
        program = lowered(functions, load_machine(self.target), weights_of(ctx))
        program = replace(program, network=network_of(op))
        op.body.block.add_op(to_operation(program))
        for function in functions:
            function.detach_region(0)
            function.add_region(Region())


def lowered(
    functions: Sequence[FuncOp], machine: Machine, weights: WeightStore
) -> Program:
    """The program of scheduled functions; `weights` gets their parameters.

    Raises:
        AipuError: a group has no schedule, or one that cannot be, or what it needs does
            not fit the machine.
    """
    groups = chain.from_iterable(map(groups_of, functions))
    works = {name for group in groups for name in group.names}
    lowering = _Lowering(machine, weights, works)
    for function in functions:
        lowering.add_entry(function)
    program = lowering.program()
    check_memory(program, machine)
    return program


class _Lowering:
    """Collects buffers, tokens and entries over the functions of a module."""

    def __init__(self, machine: Machine, weights: WeightStore, works: set[str]):
        self.machine = machine
        self.weights = weights
        self.table = BufferTable(machine.sram.alignment, works)
        self.tokens = TokenTable()
        self.entries: list[Entry] = []

    def program(self) -> Program:
        """The program of all that was added."""
        return Program(
            self.machine.name,
            tuple(self.tokens.numbers),
            tuple(self.table.buffers.values()),
            tuple(self.entries),
        )

    def add_entry(self, function: FuncOp) -> None:
        """Lower a function."""
        groups = groups_of(function)
        here = on_chip(groups, self.machine)
        maps, lifetimes = feature_maps(function, self.table.works)
        addresses = allocate(lifetimes, self.machine.sram.alignment)
        renamed = {
            life.name: self._feature_map(life, addresses[life.name])
            for life in lifetimes
        }
        names = {
            value: each._replace(buffer=renamed[each.buffer])
            for value, each in maps.items()
        }
        block = function.body.block
        assert block.last_op is not None
        self.entries.append(
            Entry(
                function.sym_name.data,
                tuple(names[argument].buffer for argument in block.args),
                tuple(names[value].buffer for value in block.last_op.operands),
                tuple(
                    launched(
                        [self._work(group, here, names) for group in groups],
                        self.machine.control.program,
                        self.tokens,
                    )
                ),
            )
        )

    def _feature_map(self, life: Lifetime, address: int) -> str:
        """The buffer of an input or of the result of a piece of work."""
        buffer = Buffer(life.name, Space.DRAM, address, life.bytes)
        is_result = life.name in self.table.works
        return (self.table.add_result if is_result else self.table.add)(buffer)

    def _work(
        self,
        op: tile.GroupOp,
        here: Mapping[tile.GroupOp, OnChip],
        maps: Mapping[SSAValue, InDram],
    ) -> Work | StripedWork:
        work = op.work.data
        if op.schedule is None:
            raise AipuError(
                "this group has no schedule",
                place=work,
                remedy="run the pass 'assign-schedules' before 'lower-to-aipu'",
            )
        schedule = op.schedule.data
        if isinstance(schedule, tile.StripedSchedule):
            return self._stripes(op, schedule, here[op], maps)
        operator = only_operator(op)
        numbers = numbers_of(operator, self.weights)
        tensors = {
            "ofm": maps[op.last_result],
            **self._inputs(op, operator, maps),
            **self._constants(work, numbers),
        }
        nests = plan(group_of(op), schedule)
        check_fit(work, schedule, cost(nests, self.machine), self.machine)
        source = source_name(operator)
        names = [
            Names(
                self.table.rings(work, nest),
                tensors,
                numbers.fields,
                source,
                numbers.fill,
            )
            for nest in nests
        ]
        parts, row = self.tokens.take(list(emit_all(nests, names)), credits(nests))
        return Work(work, source_name(op), row, schedule.joined, parts)

    def _stripes(
        self,
        op: tile.GroupOp,
        schedule: tile.StripedSchedule,
        here: OnChip,
        maps: Mapping[SSAValue, InDram],
    ) -> StripedWork:
        """A group that runs in stripes."""
        work = op.work.data
        operators = operators_of(op)
        numbers = [numbers_of(o, self.weights) for o in operators]
        plan = plan_stripes(
            here.graph, schedule, self._fills(op, here.graph, numbers), here.layout
        )
        check_stripes(work, schedule, here.graph, self.machine)
        tensors = {
            f"input {n}": maps.get(value, ON_CHIP) for n, value in enumerate(op.inputs)
        }
        for tensor, value in zip(here.graph.results, op.results, strict=True):
            tensors[f"result {tensor}"] = maps.get(value, ON_CHIP)
        tensors[NO_TENSOR] = next(iter(maps.values()))
        for number, each in enumerate(numbers):
            own = self._constants(f"{work}/{number}", each)
            tensors |= {f"{what} {number}": name for what, name in own.items()}
        names = StripedNames(
            self.table.homes(work, here.layout, here.stays),
            tensors,
            numbers,
            [source_name(o) for o in operators],
        )
        found = StripedWork(work, source_name(op), schedule.joined, plan.parts, names)
        found.place({b.name: b.address for b in self.table.buffers.values()})
        return found

    def _fills(
        self, op: tile.GroupOp, graph: Graph, numbers: Sequence[Numbers]
    ) -> list[int]:
        """What the padding of each tensor holds: that of a result that stays on chip is
        read by others, which multiply.
        """
        fills = fills_of(graph, numbers)
        if graph.kept_as(graph.result):
            fills[graph.result] = uniform(op.last_result).zero_point
        return fills

    def _inputs(
        self, op: tile.GroupOp, operator: nn.Operator, maps: Mapping[SSAValue, InDram]
    ) -> dict[str, InDram]:
        """The buffers of the feature maps that an operator reads, in their order."""
        outside: dict[SSAValue, SSAValue] = dict(
            zip(op.body.block.args, op.inputs, strict=True)
        )
        buffers: list[InDram] = []
        for value in feature_maps_of(operator):
            if value in outside:
                buffers.append(maps[outside[value]])
            elif is_weight(value):
                buffers.append(InDram(self.table.weight(key_of(value), self.weights)))
        return {f"input {number}": name for number, name in enumerate(buffers)}

    def _constants(self, work: str, numbers: Numbers) -> dict[str, InDram]:
        """The buffers of the weights and parameters of an operator."""
        constants: dict[str, InDram] = {}
        if numbers.weight is not None:
            constants["weight"] = InDram(
                self.table.weight(numbers.weight, self.weights)
            )
        if numbers.parameters is not None:
            key = self.weights.add(f"{work}/parameters", numbers.parameters)
            constants["parameters"] = InDram(self.table.weight(key, self.weights))
        return constants
