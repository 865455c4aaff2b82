"""Where tensors pass between the host and the machine, and what converts them there.

Inputs come from the host, outputs end there. A tensor that several segments read passes
once. Quantising it before, or dequantising it after, is part of the passage.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from xdsl.dialects.builtin import ModuleOp
from xdsl.dialects.func import CallOp, FuncOp
from xdsl.ir import Block, BlockArgument, Operation, OpResult, SSAValue, Use

from ....backend_aipu.host import Host
from ....dialects import nn
from ....dialects.locations import source_name
from ...authoring.functions import input_name, main_function
from ...authoring.places import HOST, MACHINE
from ...authoring.segments import functions, place_of
from .host_work import bytes_of, host_ms

Bodies = Mapping[str, FuncOp]
"""The segments by their names."""


class Crossing(NamedTuple):
    """A tensor that passes.

    value: what passes, in the segment that makes it.
    tensor: the node that makes it, or the input that it is.
    to: the side that it passes to, the machine or the host.
    bytes: of it, as it passes.
    conversions: operators of the host that take it to integers before, or to reals
        after.
    before: the segment that it has to pass before; None for an output.
    """

    value: SSAValue
    tensor: str
    to: str
    bytes: int
    conversions: Sequence[nn.Operator]
    before: str | None

    def milliseconds(self, host: Host) -> float:
        """The time to hand it over, and to convert it."""
        return host.crossing_ms + sum(host_ms(op, host) for op in self.conversions)


def segments(module: ModuleOp) -> list[FuncOp]:
    """The functions that `@main` calls, in the order in which they run."""
    bodies = {function.sym_name.data: function for function in functions(module)}
    block = main_function(module).body.block
    return [bodies[_callee(op)] for op in block.ops if isinstance(op, CallOp)]


def crossings(module: ModuleOp) -> list[Crossing]:
    """What passes between the segments of a module, in the order of its makers."""
    bodies = {function.sym_name.data: function for function in segments(module)}
    block = main_function(module).body.block
    made = [*block.args, *(result for op in block.ops for result in op.results)]
    return [each for value in made for each in _crossings_of(value, bodies)]


def _crossings_of(value: SSAValue, bodies: Bodies) -> Iterator[Crossing]:
    """Of a tensor of `@main`: one if any reader is on the other side than its maker."""
    maker = _side(value.owner, bodies)
    users = [use for use in value.uses if _side(use.operation, bodies) != maker]
    if not users:
        return
    source = _made_by(value, bodies)
    if maker == HOST:
        conversions = [source.owner] if isinstance(source.owner, nn.QuantiseOp) else []
    else:
        conversions = [op for use in users for op in _dequantised(use, bodies)]
    yield Crossing(
        source,
        input_name(source) if isinstance(source, BlockArgument) else _name(source),
        MACHINE if maker == HOST else HOST,
        bytes_of(value),
        conversions,
        _first(users),
    )


def _side(op: Operation | Block, bodies: Bodies) -> str:
    """Where a call runs; inputs, constants and outputs are the host's."""
    if not isinstance(op, CallOp):
        return HOST
    return place_of(bodies[_callee(op)]) or MACHINE


def _made_by(value: SSAValue, bodies: Bodies) -> SSAValue:
    """What a segment returns as `value`; an input is what it is."""
    if not isinstance(value, OpResult) or not isinstance(value.op, CallOp):
        return value
    returned = bodies[_callee(value.op)].get_return_op()
    return value if returned is None else returned.operands[value.index]


def _dequantised(use: Use, bodies: Bodies) -> Iterator[nn.Operator]:
    """What takes a tensor to reals in the segment that uses it."""
    if isinstance(use.operation, CallOp):
        argument = bodies[_callee(use.operation)].args[use.index]
        for inner in argument.uses:
            if isinstance(inner.operation, nn.DequantiseOp):
                yield inner.operation


def _first(users: Sequence[Use]) -> str | None:
    """The first segment of some that use a tensor."""
    calls = {use.operation for use in users}
    block = users[0].operation.parent
    ordered = [] if block is None else block.ops
    first = (op for op in ordered if isinstance(op, CallOp) and op in calls)
    return next(map(_callee, first), None)


def _name(value: SSAValue) -> str:
    return source_name(value.owner) if isinstance(value.owner, Operation) else ""


def _callee(call: CallOp) -> str:
    return call.callee.string_value()
