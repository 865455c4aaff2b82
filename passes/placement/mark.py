"""The mark that says who runs an operator.

`place = "machine"`, or `place = "host"` with `reason = "..."`.
"""

from xdsl.dialects.builtin import StringAttr
from xdsl.ir import Operation

from ...dialects.locations import place
from ...errors import AipuError

MACHINE, HOST = "machine", "host"
PLACE, REASON = "place", "reason"


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
        AipuError: the operator was placed on neither.
    """
    mark = op.attributes.get(PLACE)
    if not isinstance(mark, StringAttr) or mark.data not in (MACHINE, HOST):
        raise AipuError(
            f"{op.name} is neither on the machine nor on the host",
            place=place(op),
            remedy="run the pass 'place-operators' before",
        )
    return mark.data


def runs_on_machine(op: Operation) -> bool:
    """Whether an operator was placed on the machine."""
    return placed_on(op) == MACHINE
