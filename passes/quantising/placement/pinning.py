"""Let pins hold, of operators and of the parts of composites.

A pin to the machine of a part is one of the whole, which is one piece of work there. A
pin to the host is of that part alone: the composite becomes its parts again, and they
are placed one by one.
"""

from collections.abc import Mapping, Sequence

from xdsl.ir import Operation

from ....backend_aipu.machine import Machine
from ....dialects import nn
from ....errors import AipuError
from ...authoring.places import HOST, MACHINE
from .abilities import why_not
from .pins import Pin, Pins, find_pins
from .taking_apart import take_apart


def pin_operators(
    operators: Sequence[nn.Operator], pins: Pins, machine: Machine
) -> dict[Operation, Pin]:
    """The pins of operators, once composites are taken apart that cannot stay whole.

    Raises:
        AipuError: as of `find_pins`; or the machine cannot run what is pinned to it.
    """
    found = find_pins(operators, pins)
    for op in operators:
        if isinstance(op, nn.CompositeOp):
            _settle(op, found)
    _check(found, machine)
    return found


def _settle(op: nn.CompositeOp, pins: dict[Operation, Pin]) -> None:
    """Let a composite have the pin of its parts, or be no more."""
    parts = {part: pins[part] for part in op.parts if part in pins}
    if any(pin.side == HOST for pin in parts.values()):
        take_apart(op)
        return
    for part, pin in parts.items():
        del pins[part]
        pins[op] = pin


def _check(pins: Mapping[Operation, Pin], machine: Machine) -> None:
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
