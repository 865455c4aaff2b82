"""The rules by which operators stay on the host, whatever it costs or saves.

The machine runs the rest. What it cannot run is the host's, and so is what eight bits
would spoil; and what follows the host for little work.
"""

from collections.abc import Mapping

from xdsl.dialects.func import ReturnOp
from xdsl.ir import Block, Operation

from ....backend_aipu.machine import Machine
from ....dialects import nn
from ...authoring.operators import computed_operands, operators
from ...authoring.pinned import pinned
from ...authoring.places import HOST
from .abilities import on_integers, why_not
from .detours import DETOUR, detours
from .lengths import LENGTH, lengths
from .pins import Pin
from .quotients import QUOTIENT, in_reals

REARRANGING = (nn.Moves, nn.PadOp)
JOINING = (*REARRANGING, nn.ConcatOp)
LAYOUT = (nn.TransposeOp, nn.ReshapeOp)


def host_operators(
    block: Block, machine: Machine, pins: Mapping[Operation, Pin]
) -> dict[Operation, str]:
    """The operators that a machine cannot run, or that had better stay on the host.

    What follows the host and multiplies nothing stays there, rather than cross over
    for little work, unless it has integers already. Pins come first, and then the
    default ones.
    """
    layout, default = input_layout(block), default_pins(block)
    reasons: dict[Operation, str] = {}
    for op in operators(block):
        makers = [value.owner for value in computed_operands(op)]
        if op in pins:
            if pins[op].side == HOST:
                reasons[op] = pins[op].reason
        elif op in layout:
            reasons[op] = default[op]
        elif reason := why_not(op, machine) or default.get(op):
            reasons[op] = reason
        elif not (isinstance(op, nn.Multiplies) or on_integers(op)) and all(
            maker in reasons and maker not in layout for maker in makers
        ):
            reasons[op] = "it follows the host and multiplies nothing"
    kept = {*pins, *not_to_move(block)}
    return reasons | dict.fromkeys(detours(block, reasons, kept), DETOUR)


def default_pins(block: Block) -> dict[Operation, str]:
    """What stays on the host whatever that costs, unless it is pinned elsewhere.

    What only brings an input into the machine's layout; a softmax at the end, which is
    finer in reals; quotients by statistics, lengths of vectors, and tensors that are
    joined on their way out.
    """
    layout, quotients, roots = input_layout(block), in_reals(block), lengths(block)
    reasons: dict[Operation, str] = {}
    for op in operators(block):
        if op in layout:
            reasons[op] = "it brings an input into the machine's layout"
        elif isinstance(op, nn.SoftmaxOp) and ends_network(op):
            reasons[op] = "it ends the network, and reals are exact"
        elif op in quotients and not on_integers(op):
            reasons[op] = QUOTIENT
        elif op in roots and not on_integers(op):
            reasons[op] = LENGTH
        elif isinstance(op, nn.ConcatOp) and pinned(op.ofm) is None and leaves(op):
            reasons[op] = "it ends the network, and its parts keep their scales"
    return reasons


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
