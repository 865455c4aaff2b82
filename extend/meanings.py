"""What an operator of a user's own means, on reals and on integers, in numpy."""

from collections.abc import Callable, MutableMapping
from functools import wraps
from typing import TypeVar

import numpy as np
from xdsl.ir import Operation

from ..dialects import nn
from ..dialects.semantics import integer as on_integers
from ..dialects.semantics import real as on_reals
from ..errors import AipuError
from ..extensions import add
from .guards import OfUsers, line_of
from .operators import own

Meaning = TypeVar("Meaning", bound=Callable[..., np.ndarray])
"""Takes the operator and the arrays of its operands, returns that of its result."""


def real(operator: type[Operation]) -> Callable[[Meaning], Meaning]:
    """Say what an operator computes on reals: `@real(CubeOp)`.

    The function takes the operator and the arrays of its operands, and returns the
    array of its result, of the same precision. It may hand on an argument, and writes
    into none. A function of one element, a subclass of `nn.UnaryOperator`, is all that
    the machine needs as well: there it becomes a table.

    Raises:
        AipuError: the operator has a meaning on reals already, or no name.
    """
    return _meaning(on_reals.FUNCTIONS, operator, "reals")


def integer(operator: type[Operation]) -> Callable[[Meaning], Meaning]:
    """Say what an operator computes on the integers that stand for reals: int8.

    The function is like that of `real`; its result is of the stored integers of the
    ofm's `!quant.uniform` type.

    Raises:
        AipuError: the operator has a meaning on integers already, or no name.
    """
    return _meaning(on_integers.FUNCTIONS, operator, "integers")


def _meaning(
    table: MutableMapping[type[Operation], Callable[..., np.ndarray]],
    operator: type[Operation],
    kind: str,
) -> Callable[[Meaning], Meaning]:
    def register(meaning: Meaning) -> Meaning:
        own(operator)
        what = f"a meaning of {operator.name} on {kind}"
        add(meaning.__module__, table, operator, _checked(meaning, kind), what)
        return meaning

    return register


def _checked(
    meaning: Callable[..., np.ndarray], kind: str
) -> Callable[..., np.ndarray]:
    """The function, with its faults said as such: what it raises, or returns."""

    @wraps(meaning)
    def checked(op: nn.Operator, *arrays: np.ndarray) -> np.ndarray:
        with OfUsers(f"{op.name} on {kind}"):
            result = np.asarray(meaning(op, *arrays))
        expected = _shape(op, arrays)
        if expected is not None and result.shape != expected:
            raise AipuError(
                f"{op.name} on {kind} gives the shape {list(result.shape)}, expected "
                f"{list(expected)}",
                place=line_of(meaning),
            )
        if kind == "reals" and arrays and arrays[0].dtype.kind == "f":
            return result.astype(arrays[0].dtype, copy=False)
        return result

    return checked


def _shape(op: nn.Operator, arrays: tuple[np.ndarray, ...]) -> tuple[int, ...] | None:
    """The shape that a result must have; None if the operands are not the operator's.

    A function of one element is also asked for all that a table holds.
    """
    if isinstance(op, nn.UnaryOperator):
        return arrays[0].shape
    own_arrays = [nn.shape(value) for value in op.operands]
    return nn.shape(op.ofm) if own_arrays == [a.shape for a in arrays] else None
