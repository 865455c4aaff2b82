"""What every operator of the `nn` dialect shares."""

from abc import ABC, abstractmethod
from collections.abc import Sequence

from xdsl.dialects.builtin import (
    DenseArrayBase,
    Float64Type,
    FloatAttr,
    IntegerAttr,
    IntegerType,
    TensorType,
    f64,
    i64,
)
from xdsl.irdl import IRDLOperation, result_def, traits_def
from xdsl.traits import Pure
from xdsl.utils.exceptions import VerifyException

from .shapes import Shape
from .tensors import shape


class Operator(IRDLOperation, ABC):
    """A pure function of whole tensors with one result."""

    ofm = result_def(TensorType)

    traits = traits_def(Pure())

    @abstractmethod
    def ofm_shape(self) -> Shape:
        """The shape that the operands and properties give the result."""

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
