"""How the machine runs a user's own operator that is no function of one element."""

from collections.abc import Callable
from typing import TypeVar

from ..dialects import nn
from ..extensions import add
from ..passes.machine_forms.form import FORMS, Becomes, MachineForm
from ..passes.machine_forms.site import Site
from .operators import own

Check = Callable[[nn.Operator], str | None]
Quantise = Callable[..., nn.Operator]
Row = TypeVar("Row", bound=Quantise | type[MachineForm[nn.Operator]])


class OwnForm(Becomes[nn.Operator]):
    """Two functions of a user's as the row of an operator."""

    def __init__(self, check: Check, quantise: Quantise):
        self.check = check
        self.quantise = quantise

    def why_not(self, op: nn.Operator) -> str | None:
        return self.check(op)

    def quantised(self, op: nn.Operator, site: Site) -> nn.Operator:
        return self.quantise(op, site)

    @property
    def condition(self) -> str:
        return (self.check.__doc__ or "").strip().partition("\n")[0]


def form_of(
    row: Quantise | type[MachineForm[nn.Operator]], check: Check
) -> MachineForm[nn.Operator]:
    """A class of forms as the form that it is, a function as one that has it."""
    return row() if isinstance(row, type) else OwnForm(check, row)


def always(op: nn.Operator) -> str | None:
    """Every form of the operator."""
    return None


def machine_form(
    operator: type[nn.Operator], *, check: Check = always
) -> Callable[[Row], Row]:
    """Say what an operator becomes on integers: `@machine_form(MeanOp)`.

    The function takes the operator in reals and its `Site`: `site.inputs`, the operands
    on integers, `site.element`, the type of the result, `site.rescale(scale)`, which
    takes integers of a scale to those. It returns an operator that the machine has,
    such as an `nn.AddOp` on integers.

    In place of the function may stand a class, a `MachineForm`: then the operator stays
    itself on integers, with a meaning there, and says its stage and its numbers.

    A subclass of `nn.UnaryOperator` needs none of this: it becomes a table.

    Args:
        operator: the class.
        check: why the machine cannot run one; None if it can. The first line of its
            docstring is the condition that `aipu ops` shows.

    Raises:
        AipuError: the operator has such a form already.
    """

    def register(row: Row) -> Row:
        own(operator)
        what = f"a machine form of {operator.name}"
        add(row.__module__, FORMS, operator, form_of(row, check), what)
        return row

    return register
