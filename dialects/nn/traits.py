"""What kinds of operators have in common, whichever they are: classes to ask for.

A function of one element is a `UnaryOperator`.
"""

from abc import ABC

from xdsl.dialects.builtin import TensorType
from xdsl.ir import SSAValue
from xdsl.irdl import operand_def, prop_def, var_operand_def

from ..quant import quantisation
from .attributes import NO_CLAMP, ClampAttr
from .elements import check_alike
from .operator import Operator


class MakesNone(Operator, ABC):
    """No element is new: those of the ofm are elements of the operands."""

    def verify_(self) -> None:
        super().verify_()
        check_alike(self.operands, self.ofm)


class Selects(MakesNone, ABC):
    """The elements of the ofm are some of the ifm's, or a number beside them."""

    ifm = operand_def(TensorType)


class Moves(Selects, ABC):
    """Elements of the ifm in other places, known beforehand, and no others."""


class Exponential(Operator, ABC):
    """An exponential, or what takes as long, for each element of the ofm."""


class Multiplies(Operator, ABC):
    """Sums of products: what the array of the machine computes."""


class WeightedSums(Multiplies, ABC):
    """Sums of the ifm by weights, one weight [M, ...] and bias [M] a channel.

    In reals `rescale` may be one slope a channel [M]: sums below 0 are multiplied with
    it, before the clamp.
    """

    ifm = operand_def(TensorType)
    weight = operand_def(TensorType)
    bias = operand_def(TensorType)
    rescale = var_operand_def(TensorType)
    activation = prop_def(ClampAttr, default_value=NO_CLAMP)

    @property
    def slope(self) -> SSAValue | None:
        """The slopes of sums below 0, in reals; None where all are left as they are."""
        in_reals = self.rescale and quantisation(self.ofm) is None
        return self.rescale[0] if in_reals else None
