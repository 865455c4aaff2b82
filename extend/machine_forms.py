"""How the machine runs an operator of a user's own that is no function of one element.

This is the only place that knows in which tables the compiler keeps that.
"""

from collections.abc import Callable
from typing import TypeVar

from ..dialects import nn
from ..extensions import add
from ..passes.quantising.arithmetic.rules import RULES
from ..passes.quantising.placement.abilities import CHECKS, Check
from .operators import own

Quantise = TypeVar("Quantise", bound=Callable[..., nn.Operator])


def always(op: nn.Operator) -> str | None:
    """Every form of the operator."""
    return None


def machine_form(
    operator: type[nn.Operator], *, check: Check = always
) -> Callable[[Quantise], Quantise]:
    """Say what an operator becomes on integers: `@machine_form(MeanOp)`.

    The function takes the operator in reals and its `Site`: `site.inputs`, the operands
    on integers, `site.element`, the type of the result, `site.rescale(scale)`, which
    takes integers of a scale to those. It returns an operator that the machine has,
    such as an `nn.AddOp` on integers.

    A subclass of `nn.UnaryOperator` needs none of this: it becomes a table.

    Args:
        operator: the class.
        check: why the machine cannot run one; None if it can. The first line of its
            docstring is the condition that `aipu ops` shows.

    Raises:
        AipuError: the operator has such a form already.
    """

    def register(quantise: Quantise) -> Quantise:
        own(operator)
        module, what = quantise.__module__, f"a machine form of {operator.name}"
        add(module, CHECKS, operator, check, what)
        add(module, RULES, operator, quantise, what)
        return quantise

    return register
