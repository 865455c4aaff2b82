"""Making one group of several, which then run together on chip."""

from collections.abc import Sequence

from xdsl.ir import Block, Operation, Region, SSAValue
from xdsl.rewriter import InsertPoint, Rewriter

from ....dialects import nn, tile
from .names import source_of, uses_of


def merge(groups: Sequence[tile.GroupOp]) -> tile.GroupOp:
    """Let neighbours of a function, in their order, run as one.

    The group is named after the last, whose result is its last; what others read of
    those before it are its other results.
    """
    last = groups[-1]
    also = [
        group
        for group in groups[:-1]
        if not {use.operation for use in uses_of(group.last_result)} <= {*groups}
    ]
    made = {group.last_result for group in groups}
    names = _names(groups)
    outside = dict.fromkeys(
        v for g in groups for v in g.inputs if source_of(v) not in made
    )
    block = Block(arg_types=[value.type for value in outside])
    values: dict[SSAValue, SSAValue] = dict(zip(outside, block.args, strict=True))
    for group in groups:
        inner = group.body.block
        for value in group.inputs:
            _rename(value, values, block)
        inside: dict[SSAValue, SSAValue] = dict(
            zip(inner.args, (values[v] for v in group.inputs), strict=True)
        )
        end = inner.last_op
        assert isinstance(end, tile.YieldOp)
        yielded = end.values[0]
        Rewriter.erase_op(end)
        for op in list(inner.ops):
            op.detach()
            op.operands = [inside.get(value, value) for value in op.operands]
            block.add_op(op)
        values[group.last_result] = yielded
    results = [group.last_result for group in (*also, last)]
    block.add_op(tile.YieldOp([values[result] for result in results]))
    merged = tile.GroupOp(
        last.work.data,
        list(outside),
        [result.type for result in results],
        Region(block),
        also=[group.work.data for group in also],
    )
    merged.location = last.location
    Rewriter.insert_op(merged, InsertPoint.before(last))
    for old, new in zip(results, merged.results, strict=True):
        old.replace_uses_with_if(new, lambda use: use.operation not in groups)
    for group in groups:
        group.operands = []
    for name in reversed(names):
        name.detach()
        Rewriter.insert_op(name, InsertPoint.after(merged))
        if not name.ofm.uses:
            Rewriter.erase_op(name)
    for group in groups:
        Rewriter.erase_op(group)
    return merged


def _rename(value: SSAValue, values: dict[SSAValue, SSAValue], block: Block) -> None:
    """Let other names of what a group makes be such inside of the block, too."""
    if value not in values:
        name = value.owner
        assert isinstance(name, nn.ReshapeOp)
        _rename(name.ifm, values, block)
        copy = name.clone({name.ifm: values[name.ifm]})
        block.add_op(copy)
        values[value] = copy.ofm


def _names(groups: Sequence[tile.GroupOp]) -> list[nn.Operator]:
    """The names of what groups make, or of parts of it, that stand between them."""
    made = {result for group in groups for result in group.results}
    found: list[nn.Operator] = []
    op: Operation | None = groups[0]
    while op is not groups[-1] and op is not None:
        if isinstance(op, nn.Operator) and made & {*map(source_of, op.operands)}:
            found.append(op)
            made.add(op.ofm)
        op = op.next_op
    return found
