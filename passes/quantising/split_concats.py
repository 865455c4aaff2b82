"""Multiply the parts of a concat one by one, so that each can have a scale of its own.

    %c = nn.concat %x, %h axis 1                 %1 = nn.fully_connected %x, %wx, %b
    %1 = nn.fully_connected %c, %w, %b     ==>   %2 = nn.fully_connected %h, %wh, %0
                                                 %3 = nn.add %1, %2

Recurrent cells are written so. In integers all of a concat has one scale: beside inputs
that reach to 200, a state that stays below 1 would be 0 or 1. Of a part that is
constant only its product remains, in the bias.
"""

from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import ClassVar

import numpy as np
from xdsl.context import Context
from xdsl.dialects.builtin import ModuleOp, TensorType, f32
from xdsl.ir import Operation, SSAValue
from xdsl.pattern_rewriter import (
    PatternRewriter,
    RewritePattern,
    op_type_rewrite_pattern,
)

from ...dialects import nn
from ...dialects.semantics.weights import WeightStore
from ..authoring.constants import has_scale, key_of
from ..authoring.context import weights_of
from ..authoring.operators import is_weight
from ..authoring.promises import AipuPass, Semantics, approximate
from ..authoring.rewriting import rewrite
from .arithmetic.arithmetic import arithmetic


@dataclass(frozen=True)
class SplitConcat(RewritePattern):
    """A product with a concat of features becomes a sum of products."""

    weights: WeightStore

    @op_type_rewrite_pattern
    def match_and_rewrite(
        self, op: nn.FullyConnectedOp, rewriter: PatternRewriter
    ) -> None:
        concat = op.ifm.owner
        if not isinstance(concat, nn.ConcatOp) or concat.axis.value.data != 1:
            return
        if not is_weight(op.weight) or not is_weight(op.bias) or has_scale(op.weight):
            return
        if not all(self.splits_off(part) for part in concat.inputs):
            return
        new = self.products(op, concat)
        if new:
            rewriter.replace(op, new)

    def splits_off(self, part: SSAValue) -> bool:
        """Whether a part is computed, or the same constant in every row."""
        return not is_weight(part) or len(self.weights[key_of(part)]) == 1

    def products(self, op: nn.FullyConnectedOp, concat: nn.ConcatOp) -> list[Operation]:
        """The operators that compute `op`; none if all parts are constant."""
        weight_key, bias_key = key_of(op.weight), key_of(op.bias)
        weight, bias = self.weights[weight_key], self.weights[bias_key]
        ends = accumulate((nn.shape(part)[1] for part in concat.inputs), initial=0)
        computed: list[tuple[SSAValue, int, int]] = []
        for part, (start, end) in zip(concat.inputs, pairwise(ends), strict=True):
            if is_weight(part):
                row = self.weights[key_of(part)][0]
                bias = bias + weight[:, start:end] @ row
            else:
                computed.append((part, start, end))
        new: list[Operation] = []
        totals: list[nn.FullyConnectedOp | nn.AddOp] = []
        for part, start, end in computed:
            columns = self.constant(f"{weight_key}/{start}", weight[:, start:end])
            offset = self.constant(f"{bias_key}/split", bias)
            product = nn.FullyConnectedOp(part, columns.value, offset.value)
            new += [columns, offset, product]
            total = nn.AddOp(totals[-1].ofm, product.ofm) if totals else product
            if totals:
                new.append(total)
            totals.append(total)
            bias = np.zeros_like(bias)
        if totals:
            totals[-1].activation = op.activation
        return new

    def constant(self, key: str, array: np.ndarray) -> nn.WeightOp:
        kept = self.weights.add(key, array.astype(np.float32))
        return nn.WeightOp(kept, TensorType(f32, array.shape))


@dataclass(frozen=True)
class SplitConcatsPass(AipuPass):
    """No product is with a concat of features.

    arithmetic: as in `quantise-operators`; Arm-China's leaves concats as they are.
    """

    name = "split-concats"
    semantics: ClassVar[Semantics] = approximate(1e-5)

    arithmetic: str = "aipu"

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        if arithmetic(self.arithmetic).compensates:
            rewrite(op, SplitConcat(weights_of(ctx)))
