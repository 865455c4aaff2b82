"""The marks that say who runs an operator.

`place = "machine"`, or `place = "host"` with `reason = "..."`; and `pin`, by which a
person says beforehand what the place will be. Where costs were weighed, `cost` says how
many microseconds the operator takes on the host, on the machine, and what it makes to
pass.
"""

from xdsl.dialects.builtin import StringAttr
from xdsl.ir import Operation

from ...dialects.locations import place
from .unmarked import UnmarkedError

MACHINE, HOST = "machine", "host"
PLACE, REASON, PIN, COST = "place", "reason", "pin", "cost"

PLACEMENT = (PIN, PLACE, REASON)
"""All that is said of where an operator runs."""


def run_on_machine(op: Operation) -> None:
    """Place an operator on the machine."""
    op.attributes[PLACE] = StringAttr(MACHINE)
    op.attributes.pop(REASON, None)


def run_on_host(op: Operation, reason: str) -> None:
    """Place an operator on the host."""
    op.attributes[PLACE] = StringAttr(HOST)
    op.attributes[REASON] = StringAttr(reason)


def runs_on_host(op: Operation) -> bool:
    """Whether an operator was placed on the host."""
    return op.attributes.get(PLACE) == StringAttr(HOST)


def placed_on(op: Operation) -> str:
    """`machine` or `host`.

    Raises:
        UnmarkedError: the operator was placed on neither.
    """
    mark = op.attributes.get(PLACE)
    if not isinstance(mark, StringAttr) or mark.data not in (MACHINE, HOST):
        raise UnmarkedError(
            op,
            PLACE,
            f"{op.name} is neither on the machine nor on the host",
            place=place(op),
            remedy="run the pass 'place-operators' before",
        )
    return mark.data


def runs_on_machine(op: Operation) -> bool:
    """Whether an operator was placed on the machine."""
    return placed_on(op) == MACHINE


def place_alike(op: Operation, other: Operation) -> None:
    """Let an operator that was not placed yet run where another one does."""
    if PLACE in op.attributes:
        return
    for mark in PLACEMENT:
        if mark in other.attributes:
            op.attributes.setdefault(mark, other.attributes[mark])
