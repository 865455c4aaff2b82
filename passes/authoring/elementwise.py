"""Operators that treat every element alike, and trees of them on one tensor."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import reduce
from math import prod
from typing import NamedTuple, TypeGuard

from xdsl.dialects.builtin import f32
from xdsl.ir import Block, Operation, SSAValue

from ...dialects import nn
from .operators import computed_operands, is_weight, operators
from .pinned import pinned

ELEMENTWISE = (nn.UnaryOperator, nn.BinaryOperator, nn.ClampOp, nn.SelectOp)


class Tree(NamedTuple):
    """The operators that compute `root` from each element of `ifm`, in order."""

    ifm: SSAValue
    root: nn.Operator
    parts: Sequence[nn.Operator]


def is_elementwise(op: object) -> TypeGuard[nn.Operator]:
    """Whether every element of the ofm depends on the same ones of the operands alone.

    What is no weight has the shape of the ofm, and weights are single numbers.
    """
    return isinstance(op, ELEMENTWISE) and all(
        nn.element_type(value) == f32
        and (
            prod(nn.shape(value)) == 1
            if is_weight(value)
            else nn.shape(value) == nn.shape(op.ofm)
        )
        for value in op.operands
    )


def trees(block: Block, may_join: Callable[[nn.Operator], bool]) -> Iterator[Tree]:
    """The largest trees of operators that are functions of one tensor, the last first.

    Only their roots are read from outside, or pinned to integers of a model. No
    operator is in two of them; a tree may be one operator alone.
    """
    order = {op: number for number, op in enumerate(operators(block))}
    sources = Sources(op for op in order if is_elementwise(op) and may_join(op))
    taken: set[Operation] = set()
    for root in reversed(order):
        if root not in taken and root.ofm in sources.of:
            ifm, parts = sources.largest(root)
            taken |= parts
            if parts:
                yield Tree(ifm, root, sorted(parts, key=order.__getitem__))


class Sources:
    """Of each result of some operators, the nearest tensor that it is a function of."""

    def __init__(self, elementwise: Iterable[nn.Operator]):
        self.of: dict[SSAValue, SSAValue] = {}
        self.depth: dict[SSAValue, int] = {}
        for op in elementwise:
            computed: list[SSAValue | None] = [*computed_operands(op)]
            source = reduce(self._common, computed) if computed else None
            if source is not None:
                self.of[op.ofm] = source
                self.depth[op.ofm] = self.depth.get(source, 0) + 1

    def _common(self, one: SSAValue | None, other: SSAValue | None) -> SSAValue | None:
        """The nearest tensor that two are functions of, or are; None without one."""
        while one is not other and one is not None and other is not None:
            if self.depth.get(one, 0) >= self.depth.get(other, 0):
                one = self.of.get(one)
            else:
                other = self.of.get(other)
        return one if one is other else None

    def largest(self, root: nn.Operator) -> tuple[SSAValue, set[nn.Operator]]:
        """The furthest tensor that a tree from a root may begin at, and its parts."""
        parts: set[nn.Operator] = set()
        ifm = root.ofm
        while (source := self.of.get(ifm)) is not None:
            more = between(source, ifm)
            inner = [op.ofm for op in more if op is not root]
            if not all(is_read_within(value, parts | more) for value in inner):
                break
            parts |= more
            ifm = source
        return ifm, parts


def between(source: SSAValue, value: SSAValue) -> set[nn.Operator]:
    """The operators that compute a value from a source."""
    found: set[nn.Operator] = set()
    waiting = [value]
    while waiting:
        maker = waiting.pop().owner
        if isinstance(maker, nn.Operator) and maker not in found:
            found.add(maker)
            waiting += [each for each in computed_operands(maker) if each is not source]
    return found


def is_read_within(value: SSAValue, parts: Collection[Operation]) -> bool:
    """Whether nobody else reads a value, nor a model has integers of its own for it."""
    outside = any(use.operation not in parts for use in value.uses)
    return not outside and pinned(value) is None
