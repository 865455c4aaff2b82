"""The operators of a scheduled network, who reads what, and what runs together."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from xdsl.dialects.builtin import ModuleOp, StringAttr
from xdsl.dialects.func import CallOp, FuncOp
from xdsl.ir import Operation, SSAValue

from ....dialects import nn, tile
from ....dialects.locations import source_name
from ....passes.authoring.functions import input_name, main_function, output_name
from ....passes.authoring.places import HOST, MACHINE, REASON
from ....passes.authoring.segments import functions, machine_functions
from ....passes.scheduling.schedules.schedule_file import shown

INPUT, OUTPUT = "input", "output"


@dataclass(frozen=True)
class Node:
    """An operator, or an input or output of the network, in the order of execution.

    op: its kind, as "conv2d"; "input" or "output".
    shape: of what it makes, as "1x56x56x64".
    place: "machine" or "host".
    segment: the function that it stands in.
    reason: why it is on the host.
    group: what it runs in, on the machine; None if it is only another name there.
    schedule: of the group, as it is written.
    reads: the numbers of nodes.
    """

    number: int
    name: str
    op: str
    shape: str
    place: str
    segment: str
    reason: str
    group: str | None
    schedule: str
    reads: Sequence[int]

    @property
    def is_operator(self) -> bool:
        return self.op not in (INPUT, OUTPUT)


def nodes_of(module: ModuleOp) -> list[Node]:
    """All nodes of a network at the `tile` level.

    Args:
        module: its segments, which `@main` calls.
    """
    found = _Nodes(module)
    main = main_function(module)
    for argument in main.args:
        found.add(input_name(argument), INPUT, argument, main, ())
    found.block(main.body.block.ops, main)
    for number, value in enumerate(_returned(main)):
        found.add(output_name(main, number), OUTPUT, value, main, [value], made=False)
    return found.nodes


class _Nodes:
    """Nodes as they are found, and which made a value."""

    def __init__(self, module: ModuleOp):
        self.nodes: list[Node] = []
        self.bodies = {each.sym_name.data: each for each in functions(module)}
        self.on_machine = machine_functions(module)
        self.makers: dict[SSAValue, int] = {}

    def add(
        self,
        name: str,
        op: str,
        value: SSAValue,
        function: FuncOp,
        reads: Iterable[SSAValue],
        *,
        made: bool = True,
        reason: str = "",
        group: tile.GroupOp | None = None,
    ) -> None:
        """One node more, which makes a value, or shows it."""
        number = len(self.nodes)
        numbers = dict.fromkeys(self.makers[v] for v in reads if v in self.makers)
        shape = "x".join(map(str, nn.shape(value)))
        schedule = group.schedule if group is not None else None
        self.nodes.append(
            Node(
                number,
                name,
                op,
                shape,
                MACHINE if function in self.on_machine else HOST,
                function.sym_name.data,
                reason,
                group.work.data if group else None,
                shown(schedule.data) if schedule else "",
                list(numbers),
            )
        )
        if made:
            self.makers[value] = number

    def block(self, operations: Iterable[Operation], function: FuncOp) -> None:
        """What a function's operations make."""
        for op in operations:
            match op:
                case CallOp():
                    self._call(op)
                case tile.GroupOp():
                    self._group(op, function)
                case nn.Operator():
                    self._operator(op, function)

    def _call(self, op: CallOp) -> None:
        called = self.bodies[op.callee.root_reference.data]
        self._same(op.operands, called.args)
        self.block(called.body.block.ops, called)
        self._same(_returned(called), op.results)

    def _group(self, group: tile.GroupOp, function: FuncOp) -> None:
        body = group.body.block
        self._same(group.inputs, body.args)
        for op in body.ops:
            if isinstance(op, nn.Operator):
                self._operator(op, function, group)
        assert body.last_op is not None
        self._same(body.last_op.operands, group.results)

    def _operator(
        self, op: nn.Operator, function: FuncOp, group: tile.GroupOp | None = None
    ) -> None:
        reason = op.attributes.get(REASON)
        self.add(
            source_name(op),
            op.name.removeprefix("nn."),
            op.results[0],
            function,
            op.operands,
            reason=reason.data if isinstance(reason, StringAttr) else "",
            group=group,
        )
        self.makers.update(dict.fromkeys(op.results, len(self.nodes) - 1))

    def _same(self, values: Iterable[SSAValue], others: Iterable[SSAValue]) -> None:
        """Values are other names of those that were made before."""
        for value, other in zip(values, others, strict=True):
            if value in self.makers:
                self.makers[other] = self.makers[value]


def _returned(function: FuncOp) -> Sequence[SSAValue]:
    returned = function.get_return_op()
    return () if returned is None else returned.operands
