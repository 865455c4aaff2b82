"""Placements that weigh nothing: all on one side, or as Tengine cuts a list.

Each gives the operators of the host, with the reasons to show; pins come first.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise

from xdsl.ir import Block, Operation

from ....backend_aipu.machine import Machine
from ....dialects import nn
from ....errors import AipuError
from ...authoring.operator_names import operator_names
from ...authoring.operators import operators
from ...authoring.places import HOST, MACHINE
from .abilities import why_not
from .pins import Pin
from .rules import default_pins

MANY = 12
"""So many operators that fall back are named."""

LEAST = 3
FULLY_CONNECTED = 3
"""What a fully connected layer counts in a slice."""

AFTER = "it follows what the machine cannot run, and fewer than three others do"


def hosted(block: Block, pins: Mapping[Operation, Pin]) -> dict[Operation, str]:
    """All but what is pinned to the machine."""
    return {
        op: pins[op].reason if op in pins else "all runs on the host"
        for op in operators(block)
        if op not in pins or pins[op].side == HOST
    }


def check_machine_alone(
    block: Block, machine: Machine, pins: Mapping[Operation, Pin]
) -> None:
    """Whether a machine can run a network without its host.

    Raises:
        AipuError: it cannot; what would fall back, and why.
    """
    names = operator_names(operators(block))
    falling: list[str] = []
    for op in operators(block):
        pin = pins.get(op)
        reason = why_not(op, machine)
        if pin is not None and pin.side == HOST:
            reason = pin.reason
        if reason:
            falling.append(f"{names[op]} ({op.name.removeprefix('nn.')}): {reason}")
    if falling:
        more = len(falling) - MANY
        named = [*falling[:MANY], *([f"and {more} more"] if more > 0 else [])]
        raise AipuError(
            f"{len(falling)} operator{'s' * (len(falling) > 1)} would fall back to "
            "the host:\n    " + "\n    ".join(named),
            place="mode=machine-only",
            remedy="leave them to the host: mode=rules",
        )


def on_device(
    block: Block, machine: Machine, pins: Mapping[Operation, Pin]
) -> dict[Operation, str]:
    """The host's operators by the rule by which Tengine cuts a network.

    It goes by the list of operators, not by what reads what. Those that the device
    cannot run cut the list into slices, from each such operator to before the next. A
    slice is the host's if fewer than three others are in it, where a fully connected
    layer counts as three; else only the operator at its beginning is. What comes before
    the first of them is the device's, whatever there is of it.
    """
    default = default_pins(block)
    found = operators(block)
    reasons: dict[Operation, str] = {}
    for op in found:
        if op in pins:
            if pins[op].side == HOST:
                reasons[op] = pins[op].reason
        elif reason := why_not(op, machine) or default.get(op):
            reasons[op] = reason
    blocked = [number for number, op in enumerate(found) if op in reasons]
    for start, end in pairwise([*blocked, len(found)]):
        others = found[start + 1 : end]
        if complexity(others) < LEAST:
            for op in others:
                if op not in pins or pins[op].side != MACHINE:
                    reasons[op] = AFTER
    return reasons


def complexity(operators: Sequence[nn.Operator]) -> int:
    """What operators count."""
    return sum(
        FULLY_CONNECTED if isinstance(op, nn.FullyConnectedOp) else 1
        for op in operators
    )
