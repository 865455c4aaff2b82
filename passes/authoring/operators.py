"""What passes ask of operators: what they read, and what of it is constant."""

from math import prod

from xdsl.ir import Block, SSAValue

from ...dialects import nn


def operators(block: Block) -> list[nn.Operator]:
    """The operators of a block, in order."""
    return [op for op in block.ops if isinstance(op, nn.Operator)]


def computed_operands(op: nn.Operator) -> list[SSAValue]:
    """The operands that are no weights."""
    return [value for value in op.operands if not is_weight(value)]


def is_weight(value: SSAValue) -> bool:
    """Whether a value is a constant out of the weight store."""
    return isinstance(value.owner, nn.WeightOp)


def is_function_of_one_element(op: nn.Operator) -> bool:
    """Every element of the ofm depends on the same element of one operand alone.

    A sum with a constant of one element is such a function too.
    """
    if isinstance(op, nn.BinaryOperator):
        constants = [value for value in op.operands if is_weight(value)]
        computed = computed_operands(op)
        return (
            len(constants) == len(computed) == 1
            and prod(nn.shape(constants[0])) == 1
            and nn.shape(computed[0]) == nn.shape(op.ofm)
        )
    return isinstance(op, nn.UnaryOperator)
