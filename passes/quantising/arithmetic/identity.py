"""Which reals the integers of a tensor stand for: the attribute `stands_for`.

`name-reals` gives every real tensor a name of its own, on the operator that makes it;
`quantise-operators` hands it on to whatever makes integers in its place. Locations
would not do: one node of a model may become several operators, and one tensor may have
integers of several types. An input goes by the name that it has.
"""

from xdsl.dialects.builtin import StringAttr
from xdsl.ir import BlockArgument, Operation, OpResult, SSAValue

from ...authoring.functions import NAME, argument_attributes

STANDS_FOR = "stands_for"


def stand_for(op: Operation, name: str) -> None:
    """Say by which name the reals go that `op` makes, or its integers stand for."""
    if name:
        op.attributes[STANDS_FOR] = StringAttr(name)


def stands_for(value: SSAValue) -> str:
    """The name of the reals that a value is or stands for; empty if none is known."""
    match value:
        case OpResult():
            name = value.op.attributes.get(STANDS_FOR)
        case BlockArgument():
            name = argument_attributes(value).get(NAME)
        case _:
            name = None
    return name.data if isinstance(name, StringAttr) else ""
