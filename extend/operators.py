"""An operator of a user's own: a class, and the dialect that its name begins with.

class CubeOp(nn.UnaryOperator):        ==>    %1 = mine.cube %0 : ...
    name = "mine.cube"
"""

from collections.abc import Iterable

from xdsl.ir import Attribute, Dialect, Operation
from xdsl.irdl import IRDLOperation, irdl_op_definition
from xdsl.utils.exceptions import PyRDLError
from xdsl.utils.lexer import Span

from ..errors import AipuError
from ..extensions import extension
from ..passes.authoring.context import DIALECTS
from .guards import line_of

OWN: dict[str, tuple[list[type[Operation]], list[type[Attribute]]]] = {}
"""By the name of a dialect of users', its operators and its attributes so far."""


def own(operator: type[Operation]) -> None:
    """Make an operator usable, in the dialect that its name begins with.

    Raises:
        AipuError: it has no such name, or the dialect is one of the compiler's.
    """
    name = vars(operator).get("name")
    dialect, dot, _ = name.partition(".") if isinstance(name, str) else ("", "", "")
    if not (dialect and dot):
        raise AipuError(
            f"the operator {operator.__name__} has no name",
            remedy='give it one in a dialect of yours: `name = "mine.cube"`',
        )
    if missing := sorted(getattr(operator, "__abstractmethods__", ())):
        raise AipuError(
            f"the operator '{name}' does not say its {', '.join(missing)}",
            place=line_of(operator),
            remedy="`def ofm_shape(self)` gives the shape of its result",
        )
    _define(operator)
    extend_dialect(operator.__module__, dialect, [operator], [])


def _define(operator: type[Operation]) -> None:
    """Make a class an operation of xDSL, unless it is one."""
    if not issubclass(operator, IRDLOperation) or "get_irdl_definition" in vars(
        operator
    ):
        return
    try:
        irdl_op_definition(operator)
    except PyRDLError as error:
        raise AipuError(_said(error), place=line_of(operator)) from error


def _said(error: PyRDLError) -> str:
    """What is wrong with a definition: of a format, what of it and why."""
    match error.args:
        case (_, (Span() as span, str() as message)):
            return f"assembly_format: {message}, found '{span.text}'"
        case _:
            return str(error)


def extend_dialect(
    module: str,
    name: str,
    operators: Iterable[type[Operation]],
    attributes: Iterable[type[Attribute]],
) -> None:
    """Add operators and attributes to a dialect of a user's, which may be new.

    Raises:
        AipuError: the dialect is one of the compiler's, or has such an operator.
    """
    if name in DIALECTS and name not in OWN:
        known = {*DIALECTS[name]().operations}
        if known.issuperset(operators):  # the module has put it there by itself
            return
        raise AipuError(
            f"the dialect '{name}' is the compiler's own",
            remedy="name the operator in a dialect of yours, such as 'mine.cube'",
        )
    if name not in OWN:
        OWN[name] = ([], [])
        DIALECTS[name] = lambda: Dialect(name, *OWN[name])
    extension(module).taking_back.append(lambda: _drop_if_empty(name))
    for operator in operators:
        _add_operator(module, name, operator)
    for attribute in attributes:
        if attribute not in OWN[name][1]:
            OWN[name][1].append(attribute)
            extension(module).taking_back.append(
                lambda attribute=attribute: OWN[name][1].remove(attribute)
            )


def _drop_if_empty(name: str) -> None:
    """Take back a dialect of which nothing is left."""
    if name in OWN and not any(OWN[name]):
        del OWN[name], DIALECTS[name]


def own_operators() -> list[type[Operation]]:
    """All operators of users' own."""
    return [operator for operators, _ in OWN.values() for operator in operators]


def _add_operator(module: str, dialect: str, operator: type[Operation]) -> None:
    operators, _ = OWN[dialect]
    if operator in operators:
        return
    if any(each.name == operator.name for each in operators):
        raise AipuError(
            f"an operator '{operator.name}' exists already",
            remedy="give yours another name",
        )
    operators.append(operator)
    found = extension(module)
    found.operators.append(operator.name)
    found.taking_back.append(lambda: operators.remove(operator))
