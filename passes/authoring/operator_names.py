"""Names of their own for operators: one node of the model may become several.

The operator that computes keeps the name of the node; those that only bring bytes into
place have their own kind added to it: `conv1`, `conv1/transpose`, `conv1/transpose.2`.
"""

from collections.abc import Iterable, Iterator

from xdsl.ir import Operation

from ...dialects import nn
from ...dialects.locations import source_name

HELPERS = (
    nn.TransposeOp,
    nn.ReshapeOp,
    nn.QuantiseOp,
    nn.DequantiseOp,
    nn.RequantiseOp,
)


def operator_names(
    operators: Iterable[Operation], others: Iterable[str] = ()
) -> dict[Operation, str]:
    """A name for each operator, after its node, none of them alike, nor of `others`."""
    names: dict[Operation, str] = {}
    taken = set(others)
    for op in sorted(operators, key=lambda op: isinstance(op, HELPERS)):
        names[op] = next(name for name in _candidates(op) if name not in taken)
        taken.add(names[op])
    return names


def _candidates(op: Operation) -> Iterator[str]:
    kind = op.name.partition(".")[2]
    node = source_name(op)
    if node:
        yield node
    longer = f"{node}/{kind}" if node else kind
    yield longer
    count = 2
    while True:
        yield f"{longer}.{count}"
        count += 1
