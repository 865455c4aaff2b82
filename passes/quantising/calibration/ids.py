"""How many rows the table has that an integer input picks from.

That is an embedding: a Gather of ONNX, of which the input is the indices.
"""

from onnx import AttributeProto
from xdsl.ir import SSAValue

from ....dialects import nn
from ....dialects.semantics.onnx_node import decode

AS_THEY_ARE = {"Cast", "Flatten", "Identity", "Reshape", "Squeeze", "Unsqueeze"}
"""Operators of ONNX behind which indices are still the same."""


def choices(value: SSAValue) -> int | None:
    """The rows of the smallest table; None if no table is read."""
    found = [
        rows
        for use in value.uses
        if isinstance(use.operation, nn.OnnxNodeOp)
        and (rows := rows_behind(use.operation, use.index)) is not None
    ]
    return min(found, default=None)


def rows_behind(op: nn.OnnxNodeOp, position: int) -> int | None:
    """The rows that operand `position` of a node picks from, or what it becomes."""
    kind = op.operator.data
    if kind in AS_THEY_ARE and position == 0:
        return choices(op.ofm)
    if kind != "Gather" or position != 1:
        return None
    return nn.shape(op.operands[0])[axis_of(op)]


def axis_of(op: nn.OnnxNodeOp) -> int:
    """The attribute `axis` of a node, 0 where it says none."""
    return next(
        (
            attribute.i
            for attribute in decode(op.node.data).attribute
            if attribute.name == "axis" and attribute.type == AttributeProto.INT
        ),
        0,
    )
