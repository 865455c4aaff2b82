"""The rows of all operators of the machine, and what the passes ask of them."""

from collections.abc import Sequence

from xdsl.ir import Operation, SSAValue

from ...dialects import nn
from ...dialects.locations import source_name
from ...dialects.semantics.weights import WeightStore
from ...errors import AipuError
from ..authoring.constants import key_of
from ..authoring.operators import is_function_of_one_element, is_weight
from . import elementwise, functions, movement, multiplying, pooling
from .form import FORMS, Becomes, MachineForm
from .numbers import Numbers
from .site import Site
from .stage import Stage

ROWS = (multiplying, elementwise, pooling, movement, functions)
"""The modules whose classes are the rows."""

ONE_ELEMENT = functions.OneElementForm()
NONE = Becomes[nn.Operator]()
"""Of what the machine does not have; it says so."""


def form_of(op: Operation) -> MachineForm[nn.Operator] | None:
    """The row of an operator; None if the machine has no such one."""
    return FORMS.get(type(op))


def quantised(op: nn.Operator, site: Site) -> nn.Operator:
    """The quantised form of a float operator.

    Raises:
        AipuError: it has none.
    """
    form = ONE_ELEMENT if is_function_of_one_element(op) else form_of(op)
    return (form or NONE).quantised(op, site)


def stage_of(op: nn.Operator) -> Stage:
    """The stage of an operator.

    Raises:
        AipuError: the machine has no instruction for it, or none for such an extent or
            operand.
    """
    form = form_of(op) or NONE
    for value in form.feature_maps(op) if form.is_work else ():
        if is_weight(value) and not form.constants:
            raise AipuError(
                f"{op.name} reads the constant '{key_of(value)}' as if it were "
                "a feature map",
                place=source_name(op),
                remedy="place it on the host (the pass 'place-operators' does)",
            )
    try:
        return form.stage(op)
    except AipuError as error:
        raise AipuError(
            error.message, place=source_name(op), remedy=error.remedy
        ) from None


def feature_maps_of(op: nn.Operator) -> Sequence[SSAValue]:
    """What an operator walks: all but weights. One of two may be a constant."""
    return (form_of(op) or NONE).feature_maps(op)


def numbers_of(op: nn.Operator, weights: WeightStore) -> Numbers:
    """The numbers of a quantised operator's instruction."""
    return (form_of(op) or NONE).numbers(op, weights)
