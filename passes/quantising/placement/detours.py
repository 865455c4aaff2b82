"""Detours by the machine: from reals to reals again, for little work and fewer bits.

Between an input of the network, or what the host makes, and an operator of the host, a
relu need not be rounded to integers.
"""

from collections.abc import Collection

from xdsl.ir import Block, Operation

from ....dialects import nn
from ...authoring.operators import computed_operands, operators

DETOUR = "it leads from the host to the host and multiplies nothing"


def detours(
    block: Block, on_host: Collection[Operation], kept: Collection[Operation]
) -> set[Operation]:
    """The operators that only hand reals on from the host to the host.

    Args:
        on_host: what the host runs anyway.
        kept: what must not move.
    """
    found: set[Operation] = set()
    for op in operators(block):
        makers = [value.owner for value in computed_operands(op)]
        free = op not in on_host and op not in kept
        if free and all(m is block or m in on_host or m in found for m in makers):
            found.add(op)
    count = 0
    while len(found) != count:
        count = len(found)
        for op in reversed(operators(block)):
            if op in found and not between(op, block, on_host, found):
                found.remove(op)
    return found


def between(
    op: Operation,
    block: Block,
    on_host: Collection[Operation],
    found: Collection[Operation],
) -> bool:
    """Whether all that an operator reads, and all that reads it, is on the host."""
    assert isinstance(op, nn.Operator)
    readers = [use.operation for use in op.ofm.uses]
    makers = [value.owner for value in computed_operands(op)]
    return (
        bool(readers)
        and all(reader in on_host or reader in found for reader in readers)
        and all(m is block or m in on_host or m in found for m in makers)
    )
