"""Making one group of several, which then run together on chip."""

from collections.abc import Callable, Sequence

from xdsl.dialects.func import FuncOp
from xdsl.ir import Block, Region, SSAValue
from xdsl.rewriter import InsertPoint, Rewriter

from ...dialects import nn, tile
from ...errors import AipuError
from .groups import groups_of, source_of, uses_of


def merge_where(
    function: FuncOp, before: Callable[[tile.GroupOp], tile.GroupOp | None]
) -> None:
    """Merge each group with the one that `before` gives for it, if any."""
    for group in groups_of(function):
        first = before(group)
        if first is not None:
            merge([first, group])


def producer_of(value: SSAValue) -> tile.GroupOp | None:
    """The group that makes a value, if nothing else reads the value."""
    made_by = value.owner
    if isinstance(made_by, tile.GroupOp) and value.has_one_use():
        return made_by
    return None


def merge(groups: Sequence[tile.GroupOp]) -> tile.GroupOp:
    """Let neighbours of a function, in their order, run as one; the last makes the
    result.

    The group is named after the last.

    Raises:
        AipuError: something else reads what the others make.
    """
    last = groups[-1]
    for group in groups[:-1]:
        if not {use.operation for use in uses_of(group.results[0])} <= {*groups}:
            raise AipuError(
                f"it cannot run as one with '{last.work.data}', since others read its "
                "result, too",
                place=group.work.data,
                remedy="let it run by itself, or be the last of those that are one",
            )
    made = {group.results[0] for group in groups}
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
        values[group.results[0]] = yielded
    block.add_op(tile.YieldOp([values[last.results[0]]]))
    types = [result.type for result in last.results]
    merged = tile.GroupOp(last.work.data, list(outside), types, Region(block))
    merged.location = last.location
    Rewriter.insert_op(merged, InsertPoint.before(last))
    last.results[0].replace_all_uses_with(merged.results[0])
    for group in reversed(groups):
        _erase_names(group.results[0])
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


def _erase_names(value: SSAValue) -> None:
    """Erase the names of a value that nobody reads any more."""
    for use in list(value.uses):
        assert isinstance(use.operation, nn.ReshapeOp)
        _erase_names(use.operation.ofm)
        Rewriter.erase_op(use.operation)
