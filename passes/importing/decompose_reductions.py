"""Write a reduction along neighbouring axes as a pool, which the machine has.

    %1 = nn.reduce_mean %0 axes [1, 2] : (tensor<1x7x7x64xf32>) -> tensor<1x64xf32>
==>
    %p = nn.avg_pool2d %0 kernel [7, 7] : ... -> tensor<1x1x1x64xf32>
    %1 = nn.reshape %p : ... -> tensor<1x64xf32>

Along other axes the pool runs on a reshaped map, whose rows or columns are reduced. A
sum is a mean, multiplied; a minimum the maximum of what is negated.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import prod
from typing import ClassVar

import numpy as np
from xdsl.context import Context
from xdsl.dialects.builtin import ModuleOp
from xdsl.ir import Operation, SSAValue
from xdsl.pattern_rewriter import (
    PatternRewriter,
    RewritePattern,
    op_type_rewrite_pattern,
)

from ...dialects import nn
from ...dialects.locations import source_name
from ...dialects.nn.shapes import Shape
from ...dialects.semantics.weights import WeightStore
from ..authoring.context import weights_of
from ..authoring.new_weight import new_weight
from ..authoring.promises import AipuPass, Semantics, approximate
from ..authoring.rewriting import rewrite

Pool = Callable[[SSAValue, Shape], nn.Operator]

POOLS: Mapping[type[nn.ReduceOperator], Pool] = {
    nn.ReduceMeanOp: nn.AvgPool2dOp,
    nn.ReduceSumOp: nn.AvgPool2dOp,
    nn.ReduceMaxOp: nn.MaxPool2dOp,
    nn.ReduceMinOp: nn.MaxPool2dOp,
}


@dataclass(frozen=True)
class PoolInsteadOfReduction(RewritePattern):
    """A mean, a sum, a maximum or a minimum of neighbouring axes is a pool."""

    weights: WeightStore

    @op_type_rewrite_pattern
    def match_and_rewrite(
        self, op: nn.ReduceOperator, rewriter: PatternRewriter
    ) -> None:
        window = window_of(nn.shape(op.ifm), op.axes.get_values())
        if type(op) not in POOLS or window is None:
            return
        extents, kernel = window
        new: list[Operation] = []
        value: SSAValue = op.ifm
        if isinstance(op, nn.ReduceMinOp):
            new.append(negated := nn.NegOp(value))
            value = negated.ofm
        if nn.shape(value) != extents:
            new.append(shaped := nn.ReshapeOp(value, extents))
            value = shaped.ofm
        new.append(pool := POOLS[type(op)](value, kernel))
        value = pool.ofm
        if isinstance(op, nn.ReduceMinOp):
            new.append(negated := nn.NegOp(value))
            value = negated.ofm
        if isinstance(op, nn.ReduceSumOp):
            key = f"{source_name(op)}/count"
            count = new_weight(self.weights, key, np.array(prod(kernel)))
            new += [count, product := nn.MulOp(value, count.value)]
            value = product.ofm
        new.append(nn.ReshapeOp(value, nn.shape(op.ofm)))
        rewriter.replace(op, new)


def window_of(extents: Shape, axes: tuple[int, ...]) -> tuple[Shape, Shape] | None:
    """An NHWC map with the same elements, and the kernel that covers the axes of each.

    Rows and columns of a map stay what they are. Of other axes the kernel is a column,
    or a row where nothing follows them. None if the axes are no neighbours.
    """
    reduced = sorted(axes)
    if not reduced or prod(extents) == 0:
        return None
    if len(extents) == 4 and set(reduced) <= {1, 2}:
        rows, columns = (extents[axis] if axis in reduced else 1 for axis in (1, 2))
        return extents, (rows, columns)
    first, last = reduced[0], reduced[-1]
    between = extents[first : last + 1]
    if prod(between) != prod(extents[axis] for axis in reduced):
        return None
    outer, inner = prod(extents[:first]), prod(extents[last + 1 :])
    if inner == 1:
        return (1, outer, prod(between), 1), (1, prod(between))
    return (outer, prod(between), 1, inner), (prod(between), 1)


@dataclass(frozen=True)
class DecomposeReductionsPass(AipuPass):
    name = "decompose-reductions"
    semantics: ClassVar[Semantics] = approximate(1e-5)

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        rewrite(op, PoolInsteadOfReduction(weights_of(ctx)))
