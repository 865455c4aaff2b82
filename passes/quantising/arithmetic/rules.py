"""How each operator is said on integers: `RULES` maps it to a function.

A rule takes the float operator and its site, and returns the quantised operator.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from xdsl.dialects.builtin import TensorType
from xdsl.ir import Operation, SSAValue

from ....dialects import nn
from ....dialects.locations import place
from ....dialects.nn import RescaleAttr
from ....dialects.quant import UniformType, uniform
from ....dialects.semantics.evaluate import evaluate_operator
from ....dialects.semantics.real.windows import counts
from ....dialects.semantics.uniform import to_stored
from ....errors import AipuError
from ...authoring.constants import Constants, key_of
from ...authoring.operators import is_function_of_one_element, is_weight
from .arithmetic import Arithmetic
from .pins import pinned
from .tables import ALL_INT8, exponential_table, table


@dataclass(frozen=True)
class Site:
    """What a rule works with.

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


def quantised(op: nn.Operator, site: Site) -> nn.Operator:
    """The quantised form of a float operator."""
    rule = lookup if is_function_of_one_element(op) else RULES.get(type(op))
    if rule is None:
        raise AipuError(f"{op.name} has no quantised form", place=place(op))
    return rule(op, site)


def conv2d(op: nn.Conv2dOp, site: Site) -> nn.Operator:
    weight, bias, *factors = parameters(op, site)
    return nn.Conv2dOp(
        site.inputs[0],
        weight,
        bias,
        rescale=factors,
        stride=op.stride.get_values(),
        pad=op.pad.get_values(),
        dilation=op.dilation.get_values(),
        groups=op.groups.value.data,
        activation=op.activation,
        element=site.element,
    )


def fully_connected(op: nn.FullyConnectedOp, site: Site) -> nn.Operator:
    weight, bias, *factors = parameters(op, site)
    return nn.FullyConnectedOp(
        site.inputs[0],
        weight,
        bias,
        rescale=factors,
        activation=op.activation,
        element=site.element,
    )


def parameters(op: nn.WeightedSums, site: Site) -> list[SSAValue]:
    """Weight, bias, multiplier, and shift if it has one; channels' scales are kept."""
    constants = site.constants
    weight, bias = constants.array(op.weight), constants.array(op.bias)
    ifm, scale = uniform(site.inputs[0]), constants.scale(op.weight)
    try:
        made = site.rules.parameters(
            weight, bias, ifm, site.element, scale, groups_of(op)
        )
    except AipuError as error:
        raise AipuError(error.message, place=place(op), remedy=error.remedy) from None
    key = key_of(op.weight)
    constants.store.add(f"{key}/scale", made.scale)
    kept = [
        constants.keep(f"{key}/int8", made.weight),
        constants.keep(f"{key_of(op.bias)}/int32", made.bias),
        constants.keep(f"{key}/multiplier", made.multiplier),
    ]
    if made.multiplier.dtype != np.float32:
        kept.append(constants.keep(f"{key}/shift", made.shift))
    return kept


def groups_of(op: nn.WeightedSums) -> int:
    """The groups of a convolution; a fully connected layer is one."""
    return op.groups.value.data if isinstance(op, nn.Conv2dOp) else 1


def pair(
    op: nn.BinaryOperator, site: Site, element: UniformType | None = None
) -> tuple[SSAValue, SSAValue]:
    """Both operands; a constant becomes integers of `element`, or of its own range."""
    computed = iter(site.inputs)
    lhs, rhs = (
        feature_constant(value, site, element) if is_weight(value) else next(computed)
        for value in op.operands
    )
    return lhs, rhs


def feature_constant(
    value: SSAValue, site: Site, element: UniformType | None
) -> SSAValue:
    """A constant as the integers of a feature map."""
    array = site.constants.array(value)
    element = element or site.rules.element_type(float(array.min()), float(array.max()))
    key = f"{key_of(value)}/integers"
    return site.constants.keep(key, to_stored(array, element), element)


def matmul(op: nn.MatMulOp, site: Site) -> nn.Operator:
    lhs, rhs = site.inputs
    return nn.MatMulOp(
        lhs,
        rhs,
        transposed=op.transposed is not None,
        rescale=site.rescale(uniform(lhs).scale * uniform(rhs).scale),
        element=site.element,
    )


def softmax(op: nn.SoftmaxOp, site: Site) -> nn.Operator:
    """With the powers of e that the steps below the greatest ifm have."""
    (ifm,) = site.inputs
    powers = exponential_table(uniform(ifm).scale)
    table = site.constants.keep(f"{place(op)}/powers", powers)
    axis = op.axis.value.data
    return nn.SoftmaxOp(ifm, axis, table=table, element=site.element)


def add_or_sub(op: nn.Sums, site: Site) -> nn.Operator:
    lhs, rhs = pair(op, site, element_of_constant(op, site))
    left, right, ofm, rules = uniform(lhs), uniform(rhs), site.element, site.rules
    if pinned(op.ofm) is None or rules.pinned_sum_rescale is None:
        factors = rules.sum_rescale(left.scale, right.scale, ofm.scale)
    else:
        sign = -1 if isinstance(op, nn.SubOp) else 1
        factors = rules.pinned_sum_rescale(left, right, ofm, sign)
    return type(op)(
        lhs, rhs, rescale=factors, activation=op.activation, element=site.element
    )


def element_of_constant(op: nn.Sums, site: Site) -> UniformType | None:
    """The integers of a constant part, cut off where the sum is at its end anyway.

    The other part, at its own ends, cannot bring the sum back from there: a mask of
    -1e9 takes no more integers than the scores that it hides. None if the constant has
    integers of its own range: it is that of a model or toolchain that says so.
    """
    constants = [value for value in op.operands if is_weight(value)]
    if not constants or pinned(op.ofm) is not None or not site.rules.compensates:
        return None
    array = site.constants.array(constants[0])
    low, high = site.element.real_limits
    least, most = uniform(site.inputs[0]).real_limits
    if isinstance(op, nn.AddOp):
        ends = low - most, high - least
    elif is_weight(op.rhs):
        ends = least - high, most - low
    else:
        ends = low + least, high + most
    return site.rules.element_type(
        *map(float, np.clip([array.min(), array.max()], *ends))
    )


def mul(op: nn.MulOp, site: Site) -> nn.Operator:
    lhs, rhs = pair(op, site)
    factor = site.rescale(uniform(lhs).scale * uniform(rhs).scale)
    return nn.MulOp(
        lhs, rhs, rescale=factor, activation=op.activation, element=site.element
    )


def choose(op: nn.MaximumOp | nn.MinimumOp, site: Site) -> nn.Operator:
    """Between integers of one type."""
    return type(op)(*pair(op, site, site.element), activation=op.activation)


def avg_pool2d(op: nn.AvgPool2dOp, site: Site) -> nn.Operator:
    kernel, stride = op.kernel.get_values(), op.stride.get_values()
    pad, window = op.pad.get_values(), kernel[0] * kernel[1]
    inside = counts(np.empty(nn.shape(op.ifm)), kernel, stride, pad)
    occurring = [window] if op.counting_pad else np.unique(inside).tolist()
    ifm, ofm = uniform(site.inputs[0]), site.element
    around = None
    if pinned(op.ofm) is None or site.rules.pinned_mean_rescale is None:
        factors = site.rules.mean_rescale(ifm.scale / ofm.scale, window, occurring)
    else:
        if op.around is not None and ifm == ofm and not op.counting_pad:
            around = op.around.value.data
        factors = site.rules.pinned_mean_rescale(ifm, ofm, window, occurring, around)
    return nn.AvgPool2dOp(
        site.inputs[0],
        kernel,
        stride,
        pad,
        counting_pad=op.counting_pad is not None,
        around=around,
        rescale=factors,
        element=site.element,
    )


def clamp(op: nn.ClampOp, site: Site) -> nn.Operator:
    """A table, where no multiplier gives what the model's own runtime does."""
    exactly, ifm = site.rules.pinned_rescale, site.inputs[0]
    if pinned(op.ofm) is None or exactly is None:
        factor = site.rescale(site.input_scales[0])
        return nn.RequantiseOp(ifm, site.element, factor, op.bounds)
    factor = exactly(uniform(ifm), site.element)
    rescaled = nn.RequantiseOp(ifm, site.element, factor, op.bounds)
    wanted = pinned_values(op, site)
    if wanted is None or np.array_equal(all_results(rescaled), wanted):
        return rescaled
    return looked_up(op, site, wanted)


def all_results(op: nn.RequantiseOp) -> NDArray[np.int8]:
    """What an operator makes of every int8."""
    return evaluate_operator(op, [ALL_INT8])


def move(op: nn.Operator, site: Site) -> nn.Operator:
    """The same operator on other elements."""
    return type(op).create(
        operands=site.inputs,
        properties=op.properties.copy(),
        result_types=[TensorType(site.element, nn.shape(op.ofm))],
    )


def lookup(op: nn.Operator, site: Site) -> nn.Operator:
    """The table of any function of one element."""
    constants, ifm = site.constants, site.inputs[0]

    def function(elements: np.ndarray) -> np.ndarray:
        arguments = [
            constants.array(value) if is_weight(value) else elements
            for value in op.operands
        ]
        return evaluate_operator(op, arguments)

    wanted = pinned_values(op, site)
    if wanted is None:
        wanted = table(function, uniform(ifm), site.element)
    return looked_up(op, site, wanted)


def pinned_values(op: nn.Operator, site: Site) -> NDArray[np.int8] | None:
    """The table that the model's own runtime would have; None if that has none."""
    if pinned(op.ofm) is None or site.rules.pinned_table is None:
        return None
    return site.rules.pinned_table(op, uniform(site.inputs[0]), site.element)


def looked_up(op: nn.Operator, site: Site, values: NDArray[np.int8]) -> nn.Operator:
    kept = site.constants.keep(f"{place(op)}/table", values)
    return nn.LookupOp(site.inputs[0], kept, site.element)


RULES: dict[type[Operation], Callable[..., nn.Operator]] = {
    nn.Conv2dOp: conv2d,
    nn.FullyConnectedOp: fully_connected,
    nn.MatMulOp: matmul,
    nn.SoftmaxOp: softmax,
    nn.AddOp: add_or_sub,
    nn.SubOp: add_or_sub,
    nn.MulOp: mul,
    nn.MaximumOp: choose,
    nn.MinimumOp: choose,
    nn.AvgPool2dOp: avg_pool2d,
    nn.ClampOp: clamp,
    nn.MaxPool2dOp: move,
    nn.ConcatOp: move,
    nn.PadOp: move,
    nn.ReshapeOp: move,
    nn.SliceOp: move,
    nn.TransposeOp: move,
}
