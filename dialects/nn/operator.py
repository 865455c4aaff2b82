"""What every operator of the `nn` dialect shares."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Self, TypeVar

from xdsl.dialects.builtin import (
    DenseArrayBase,
    Float64Type,
    FloatAttr,
    IntegerAttr,
    IntegerType,
    StringAttr,
    TensorType,
    f64,
    i64,
)
from xdsl.ir import Attribute, Data
from xdsl.irdl import IRDLOperation, result_def, traits_def
from xdsl.traits import Pure
from xdsl.utils.exceptions import VerifyException

from .shapes import Shape
from .tensors import shape, tensor_type

if TYPE_CHECKING:
    from xdsl.pattern_rewriter import RewritePattern

OperatorInvT = TypeVar("OperatorInvT", bound="Operator")


class Operator(IRDLOperation, ABC):
    """A pure function of whole tensors with one result."""

    ofm = result_def(TensorType)

    traits = traits_def(Pure())

    @abstractmethod
    def ofm_shape(self) -> Shape:
        """The shape that the operands and properties give the result."""

    @classmethod
    def canonicalisations(cls) -> Iterable[RewritePattern]:
        """Patterns that make this operator simpler, for the pass `canonicalise`."""
        return ()

    def with_(self, **changes: object) -> Self:
        """The same operator on other operands, or with other properties.

        op.with_(pad=[1, 1, 1, 1]), op.with_(ifm=other)

        What else is said of it stays: its location and its attributes. The ofm has the
        shape that follows.

        Args:
            changes: by name, values; or numbers, lists of integers, words and `Clamp`
                for properties. None stands for a property's default.

        Raises:
            VerifyException: it has no such operand or property, or cannot be so.
        """
        return changed(self, changes)

    def verify_(self) -> None:
        for value in (*self.operands, self.ofm):
            if min(shape(value), default=1) < 1:
                raise VerifyException(
                    f"every extent must be known and at least 1, found {value.type}"
                )
        expected, found = self.ofm_shape(), shape(self.ofm)
        if expected != found:
            raise VerifyException(
                f"the ofm must have shape {list(expected)}, its type says {list(found)}"
            )


def changed(op: OperatorInvT, changes: Mapping[str, object]) -> OperatorInvT:
    """What `with_` says."""
    definition = op.get_irdl_definition()
    operands = {name: getattr(op, name) for name, _ in definition.operands}
    properties = {
        name: attribute
        for name, attribute in op.properties.items()
        if name in definition.properties
    }
    for name, value in changes.items():
        if name in operands:
            operands[name] = value
        elif name not in definition.properties:
            known = ", ".join([*operands, *definition.properties])
            raise VerifyException(f"{op.name} has no '{name}'; it has {known}")
        elif value is None:
            properties.pop(name, None)
        else:
            properties[name] = _attribute(value, properties.get(name))

    def made(type: Attribute) -> OperatorInvT:
        new = op.build(
            operands=list(operands.values()),
            properties=properties,
            attributes=dict(op.attributes),
            result_types=[type],
            regions=[region.clone() for region in op.regions],
        )
        new.location = op.location
        return new

    draft = made(op.ofm.type)
    try:
        ofm = TensorType(tensor_type(op.ofm).element_type, draft.ofm_shape())
    finally:
        draft.erase()  # or it would count as a reader
    return made(ofm)


def _attribute(value: object, before: Attribute | None) -> Attribute:
    """A property that a Python value stands for; `before` is what it was."""
    match value:
        case Attribute():
            return value
        case int() | float() if isinstance(before, FloatAttr):
            return real(value)
        case int():
            return integer(value)
        case float():
            return real(value)
        case str():
            return StringAttr(value)
        case _ if isinstance(before, Data):
            return type(before)(value)
        case list() | tuple():
            return ints(value)
    raise VerifyException(f"a property cannot be {value!r}")


def ints(values: Sequence[int]) -> DenseArrayBase[IntegerType]:
    """Integers as a property: `[1, 1]`."""
    return DenseArrayBase.from_list(i64, list(values))


def integer(value: int) -> IntegerAttr:
    """One integer as a property."""
    return IntegerAttr(value, i64)


def real(value: float) -> FloatAttr:
    """One real as a property."""
    return FloatAttr(value, f64)


def reals(values: Sequence[float]) -> DenseArrayBase[Float64Type]:
    """Reals as a property: `[0.5, 0.5]`."""
    return DenseArrayBase.from_list(f64, list(values))
