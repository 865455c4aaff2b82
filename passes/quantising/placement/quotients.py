"""Quotients by statistics: what of them had better be computed in reals, and whole.

A variance, a length or a sum of powers reaches over many orders of magnitude, and in
eight bits a small one is 0. So from the tensor that a statistic is taken of to what is
divided by it, or by its root, all runs on the host.
"""

from collections.abc import Iterator

from xdsl.ir import Block, Operation, SSAValue

from ....dialects import nn
from ...authoring.operators import (
    computed_operands,
    is_function_of_one_element,
    operators,
)

QUOTIENT = "a quotient by a statistic needs more than eight bits"

REDUCTIONS = (nn.AvgPool2dOp, nn.MaxPool2dOp, nn.ReduceOperator)
ELEMENTWISE = (nn.BinaryOperator, nn.ClampOp, nn.UnaryOperator)
INVERSES = (nn.SqrtOp, nn.RsqrtOp, nn.ReciprocalOp)
POWERS = (nn.SquareOp, nn.AbsOp, nn.PowOp, nn.ExpOp)
"""What a statistic is the mean or the sum of."""


def in_reals(block: Block) -> set[Operation]:
    """The operators that quotients by statistics are made of."""
    found: set[Operation] = set()
    for op in operators(block):
        divisor = divisor_of(op)
        statistic = set() if divisor is None else statistic_of(divisor)
        if any(isinstance(each, REDUCTIONS) for each in statistic):
            found |= {op, *statistic, *readers(op)}
    return found


def divisor_of(op: nn.Operator) -> SSAValue | None:
    """What an operator divides by, or takes the root of."""
    if isinstance(op, nn.DivOp | nn.PowOp):
        computed = computed_operands(op)
        return computed[-1] if computed and computed[-1] is op.operands[-1] else None
    return op.ifm if isinstance(op, INVERSES) else None


def statistic_of(value: SSAValue) -> set[Operation]:
    """The operators between a tensor and a statistic of it."""
    maker = value.owner
    if isinstance(maker, REDUCTIONS):
        return {maker, *powers_of(maker.ifm)}
    if isinstance(maker, (*ELEMENTWISE, nn.Moves)):
        before = [statistic_of(each) for each in computed_operands(maker)]
        return {maker}.union(*before) if all(before) else set()
    return set()


def powers_of(value: SSAValue) -> set[Operation]:
    """The operators between a tensor and what is summed up."""
    maker = value.owner
    if isinstance(maker, nn.Moves):
        return with_maker(maker, powers_of(maker.ifm))
    if isinstance(maker, POWERS):
        return {maker, *centring(computed_operands(maker)[0])}
    if isinstance(maker, nn.MulOp) and is_product_of_alike(maker):
        return {maker}.union(*(centring(each) for each in maker.operands))
    return set()


def with_maker(maker: Operation, before: set[Operation]) -> set[Operation]:
    """A move, if there is a reason for what it moves."""
    return {maker, *before} if before else set()


def is_product_of_alike(op: nn.MulOp) -> bool:
    """Whether two tensors of one shape are multiplied."""
    computed = computed_operands(op)
    return len(computed) == 2 and nn.shape(op.lhs) == nn.shape(op.rhs)


def centring(value: SSAValue) -> set[Operation]:
    """The operators that take the mean of a tensor, or its greatest, off it."""
    maker = value.owner
    if isinstance(maker, nn.Moves):
        return with_maker(maker, centring(maker.ifm))
    if not isinstance(maker, nn.SubOp):
        return set()
    mean = statistic_of(maker.rhs)
    return {maker, *mean} if mean else set()


def readers(op: Operation) -> Iterator[Operation]:
    """What an inverse is multiplied with, and what scales it before."""
    if isinstance(op, nn.DivOp):
        return
    for use in op.results[0].uses:
        reader = use.operation
        if isinstance(reader, nn.Moves):
            yield reader
            yield from readers(reader)
        elif isinstance(reader, nn.MulOp | nn.DivOp | nn.SubOp):
            yield reader
            if is_function_of_one_element(reader):
                yield from readers(reader)
