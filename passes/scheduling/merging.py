"""Making one group of two: the second runs on the tiles of the first, on chip."""

from xdsl.ir import SSAValue
from xdsl.rewriter import InsertPoint, Rewriter

from ...dialects import tile


def producer_of(value: SSAValue) -> tile.GroupOp | None:
    """The group that makes a value, if nothing else reads the value."""
    made_by = value.owner
    if isinstance(made_by, tile.GroupOp) and value.has_one_use():
        return made_by
    return None


def merge(first: tile.GroupOp, second: tile.GroupOp) -> tile.GroupOp:
    """Let `second`, the only reader of `first`, run as its last stage.

    The group is named after `second`, whose result it makes.
    """
    passed = first.results[0]
    block = first.body.block
    inside = dict(zip(second.body.block.args, second.inputs, strict=True))
    values: dict[SSAValue, SSAValue] = {}
    inputs = list(first.inputs)
    end = block.last_op
    assert isinstance(end, tile.YieldOp)
    for argument, value in inside.items():
        if value is passed:
            values[argument] = end.values[0]
        elif value in inputs:
            values[argument] = block.args[inputs.index(value)]
        else:
            inputs.append(value)
            values[argument] = block.insert_arg(value.type, len(block.args))
    Rewriter.erase_op(end)
    for op in list(second.body.block.ops):
        op.detach()
        op.operands = [values.get(value, value) for value in op.operands]
        block.add_op(op)
    types = [result.type for result in second.results]
    group = tile.GroupOp(second.work.data, inputs, types, first.detach_region(0))
    group.location = second.location
    Rewriter.insert_op(group, InsertPoint.before(second))
    second.results[0].replace_all_uses_with(group.results[0])
    Rewriter.erase_op(second)
    Rewriter.erase_op(first)
    return group
