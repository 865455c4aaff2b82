"""Decide for every operator whether the machine or the host runs it.

%1 = nn.conv2d %0, %w, %b          %1 = nn.conv2d %0, %w, %b {place = "machine"}
%2 = nn.lrn %1 size 5 ...    ==>   %2 = nn.lrn %1 size 5 ... {place = "host",
                                       reason = "the machine has no nn.lrn"}

The decision is one function, `host_operators`; another, weighing costs, can take its
place. What a person has decided stands: pins, by pattern or as `pin = "host"` in the
text, and an operator that has its `place` already.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from xdsl.context import Context
from xdsl.dialects.builtin import ModuleOp
from xdsl.dialects.func import FuncOp, ReturnOp
from xdsl.ir import Block, Operation

from ...backend_aipu.machine import Machine, load_machine
from ...dialects import nn
from ...errors import AipuError
from ..authoring.operators import computed_operands, operators
from ..authoring.pinned import pinned
from ..authoring.places import HOST, MACHINE, run_on_host, run_on_machine
from ..authoring.promises import EXACT, AipuPass
from .placement.abilities import on_integers, why_not
from .placement.detours import DETOUR, detours
from .placement.lengths import LENGTH, lengths
from .placement.pins import Pin, Pins, find_pins
from .placement.quotients import QUOTIENT, in_reals

REARRANGING = (nn.Moves, nn.PadOp)
JOINING = (*REARRANGING, nn.ConcatOp)
LAYOUT = (nn.TransposeOp, nn.ReshapeOp)


@dataclass(frozen=True)
class PlaceOperatorsPass(AipuPass):
    """Every operator gets the attribute `place`, one of the host also its `reason`.

    target: the machine. All have the same operators, but not the same memory on chip.
    host, machine: patterns of operators that run there whatever else would be chosen: a
        name, a glob, "/a regular expression/", or type:lrn.
    """

    name = "place-operators"
    semantics = EXACT

    target: str = "r329"
    host: tuple[str, ...] = ()
    machine: tuple[str, ...] = ()

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        machine = load_machine(self.target)
        blocks = [
            function.body.block
            for function in op.body.block.ops
            if isinstance(function, FuncOp) and not function.is_declaration
        ]
        everything = [each for block in blocks for each in operators(block)]
        pins = find_pins(everything, Pins(self.host, self.machine))
        check_pins(pins, machine)
        for block in blocks:
            mark(block, host_operators(block, machine, pins))


def mark(block: Block, reasons: Mapping[Operation, str]) -> None:
    """Place the operators that have a reason on the host, the others on the machine."""
    for op in operators(block):
        if op in reasons:
            run_on_host(op, reasons[op])
        else:
            run_on_machine(op)


def check_pins(pins: Mapping[Operation, Pin], machine: Machine) -> None:
    """Whether the machine can run what is pinned to it.

    Raises:
        AipuError: it cannot, and why.
    """
    for op, pin in pins.items():
        assert isinstance(op, nn.Operator)
        if pin.side == MACHINE and (reason := why_not(op, machine)):
            raise AipuError(
                f"{pin.said}, but {machine.name} cannot run it: {reason}",
                place=pin.name,
                remedy="leave it to the host",
            )


def host_operators(
    block: Block, machine: Machine, pins: Mapping[Operation, Pin]
) -> dict[Operation, str]:
    """The operators that a machine cannot run, or that had better stay on the host.

    What follows the host and multiplies nothing stays there, rather than cross over
    for little work, unless it has integers already; so does what only brings an input
    into the machine's layout, and a softmax at the end, which is finer in reals. So are
    quotients by statistics, lengths of vectors, and tensors that are joined on their
    way out. Pins come first.
    """
    layout, quotients, roots = input_layout(block), in_reals(block), lengths(block)
    reasons: dict[Operation, str] = {}
    for op in operators(block):
        makers = [value.owner for value in computed_operands(op)]
        if op in pins:
            if pins[op].side == HOST:
                reasons[op] = pins[op].reason
        elif op in layout:
            reasons[op] = "it brings an input into the machine's layout"
        elif reason := why_not(op, machine):
            reasons[op] = reason
        elif isinstance(op, nn.SoftmaxOp) and ends_network(op):
            reasons[op] = "it ends the network, and reals are exact"
        elif op in quotients and not on_integers(op):
            reasons[op] = QUOTIENT
        elif op in roots and not on_integers(op):
            reasons[op] = LENGTH
        elif isinstance(op, nn.ConcatOp) and pinned(op.ofm) is None and leaves(op):
            reasons[op] = "it ends the network, and its parts keep their scales"
        elif not (isinstance(op, nn.Multiplies) or on_integers(op)) and all(
            maker in reasons and maker not in layout for maker in makers
        ):
            reasons[op] = "it follows the host and multiplies nothing"
    kept = {*pins, *not_to_move(block)}
    return reasons | dict.fromkeys(detours(block, reasons, kept), DETOUR)


def not_to_move(block: Block) -> set[Operation]:
    """What multiplies, or has integers already."""
    return {
        op
        for op in operators(block)
        if isinstance(op, nn.Multiplies)
        or on_integers(op)
        or pinned(op.ofm) is not None
    }


def ends_network(op: Operation) -> bool:
    """Whether nobody reads the result, but perhaps moves it, on its way out."""
    return leaves(op, REARRANGING)


def leaves(op: Operation, by: tuple[type[Operation], ...] = JOINING) -> bool:
    """Whether only operators `by` read the result, on its way out."""
    readers = [use.operation for result in op.results for use in result.uses]
    return all(
        isinstance(reader, ReturnOp) or (isinstance(reader, by) and leaves(reader, by))
        for reader in readers
    )


def input_layout(block: Block) -> set[Operation]:
    """Transposes and reshapes of inputs, and what only moves elements before them."""
    moving: list[nn.Operator] = []
    for op in operators(block):
        if isinstance(op, REARRANGING) and op.operands[0].owner in (block, *moving):
            moving.append(op)
    layout: set[Operation] = set()
    for op in reversed(moving):
        if isinstance(op, LAYOUT) or any(u.operation in layout for u in op.ofm.uses):
            layout.add(op)
    return layout
