"""Where an operator becomes one on integers: what is known there, and what it asks."""

from collections.abc import Sequence
from dataclasses import dataclass

from xdsl.ir import SSAValue

from ...dialects import nn
from ...dialects.nn import RescaleAttr
from ...dialects.quant import UniformType, uniform
from ...dialects.semantics.uniform import to_stored
from ..authoring.constants import Constants, key_of
from ..authoring.operators import is_weight
from .arithmetic import Arithmetic


@dataclass(frozen=True)
class Site:
    """What an operator is quantised with.

    inputs: the operands that are no weights, quantised.
    element: the type of the result.
    constants: where constants are read from and kept.
    rules: how the integers are chosen.
    """

    inputs: Sequence[SSAValue]
    element: UniformType
    constants: Constants
    rules: Arithmetic

    @property
    def input_scales(self) -> list[float]:
        return [uniform(value).scale for value in self.inputs]

    def rescale(self, scale: float) -> RescaleAttr:
        """From integers of a scale to those of the result."""
        return self.rules.rescale(scale / self.element.scale)

    def pair(
        self, op: nn.BinaryOperator, element: UniformType | None = None
    ) -> tuple[SSAValue, SSAValue]:
        """Both operands; a constant becomes integers of `element`, or of its range."""
        computed = iter(self.inputs)
        lhs, rhs = (
            self.feature_constant(value, element)
            if is_weight(value)
            else next(computed)
            for value in op.operands
        )
        return lhs, rhs

    def feature_constant(
        self, value: SSAValue, element: UniformType | None
    ) -> SSAValue:
        """A constant as the integers of a feature map."""
        array = self.constants.array(value)
        if element is None:
            ends = float(array.min()), float(array.max())
            element = self.rules.element_type(*ends)
        key = f"{key_of(value)}/integers"
        return self.constants.keep(key, to_stored(array, element), element)
