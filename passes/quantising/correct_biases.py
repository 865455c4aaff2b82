"""Shift each bias by what rounding the weights would do to the mean of its channel.

Needs `place-operators` and `calibrate` before, comes before `quantise-operators`.

%b = nn.weight "conv.bias"               %b = nn.weight "conv.bias/corrected"
%1 = nn.conv2d %0, %w, %b         ==>    %1 = nn.conv2d %0, %w, %b
       {place = "machine"}                      {place = "machine"}

Rounded weights are wrong by chance, but always the same, so a channel's results are
shifted by the sum of the errors times the mean of the input: M. Nagel et al.,
"Data-Free Quantization through Weight Equalization and Bias Correction", 2019.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from xdsl.context import Context
from xdsl.dialects.builtin import ModuleOp
from xdsl.dialects.func import FuncOp
from xdsl.ir import Block

from ...dialects import nn
from ...dialects.quant import quantisation
from ...dialects.semantics.weights import WeightStore
from ..authoring.constants import has_scale, key_of
from ..authoring.context import weights_of
from ..authoring.operators import operators
from ..authoring.places import runs_on_machine
from ..authoring.promises import REQUANTISING, AipuPass
from ..authoring.ranges import read_mean
from ..machine_forms.arithmetic import Arithmetic
from .arithmetic.arithmetic import arithmetic
from .arithmetic.bias_correction import mean_shift, rounding_error
from .arithmetic.element_types import ElementTypes, element_types


@dataclass(frozen=True)
class CorrectBiasesPass(AipuPass):
    """The mean of every channel survives the rounding of the weights.

    arithmetic: as in `quantise-operators`; Arm-China's does nothing of the kind.
    """

    name = "correct-biases"
    semantics = REQUANTISING

    arithmetic: str = "aipu"

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        rules = arithmetic(self.arithmetic)
        if not rules.compensates:
            return
        for function in op.body.block.ops:
            if isinstance(function, FuncOp) and not function.is_declaration:
                correct_block(function.body.block, weights_of(ctx), rules)


def correct_block(block: Block, store: WeightStore, rules: Arithmetic) -> None:
    """Give every convolution of the machine a bias that makes up for its weights."""
    types = element_types(block, rules)
    for op in operators(block):
        if (
            isinstance(op, nn.WeightedSums)
            and runs_on_machine(op)
            and not has_scale(op.weight)
            and quantisation(op.ofm) is None
        ):
            bias = store.add(
                f"{key_of(op.bias)}/corrected", corrected_bias(op, types, store, rules)
            )
            new = nn.WeightOp(bias, nn.tensor_type(op.bias))
            new.location = op.location
            block.insert_op_before(new, op)
            op.operands[2] = new.value


def corrected_bias(
    op: nn.WeightedSums,
    types: ElementTypes,
    store: WeightStore,
    rules: Arithmetic,
) -> NDArray[np.float32]:
    """The bias of `op`, and what its weights lose by rounding."""
    weight, bias = store[key_of(op.weight)], store[key_of(op.bias)]
    made = rules.parameters(weight, bias, types[op.ifm], types[op.ofm])
    shift = mean_shift(rounding_error(weight, made), store[read_mean(op.ifm)])
    return (bias + shift).astype(np.float32)
