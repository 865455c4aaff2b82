"""Take over the scales of a model that is quantised already.

%1 = nn.conv2d %0, %w, %b                      %1 = nn.conv2d %0, %w, %b
%2 = nn.quantise %1 : ... -> type       ==>           {pinned = type}
%3 = nn.dequantise %2                          %4 = nn.add %1, ...
%4 = nn.add %3, ...

A pair of quantise and dequantise says which integers stand for a tensor. What only
moves elements before or after it has the same integers, and so has what lies
between those of one tensor, as the means that a resize makes. A tensor that already has
others is rescaled, by a clamp without bounds.
"""

from dataclasses import dataclass
from math import inf

from xdsl.context import Context
from xdsl.dialects.builtin import ModuleOp
from xdsl.dialects.func import FuncOp
from xdsl.ir import Block, SSAValue

from ...dialects import nn
from ...dialects.quant import UniformType, uniform
from ...dialects.semantics.weights import WeightStore
from ..authoring.constants import key_of
from ..authoring.context import weights_of
from ..authoring.operators import is_weight, operators
from ..authoring.pinned import pin, pinned
from ..authoring.promises import REQUANTISING, AipuPass

NEARLY = 1e-5
"""How far from 1 the sum of the weights of a mean may be rounded."""


@dataclass(frozen=True)
class AdoptScalesPass(AipuPass):
    """Every pair of quantise and dequantise becomes the type of a tensor."""

    name = "adopt-scales"
    semantics = REQUANTISING

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        for function in op.body.block.ops:
            if isinstance(function, FuncOp) and not function.is_declaration:
                adopt_block(function.body.block)
                carry_means(function.body.block, weights_of(ctx))


def carry_means(block: Block, store: WeightStore) -> None:
    """Pin what follows from what is pinned, where no pair has said it."""
    for op in operators(block):
        if isinstance(op, nn.Conv2dOp) and pinned(op.ofm) is None:
            element = pinned(op.ifm)
            if element is not None and makes_means(op, store):
                pin(op.ofm, element)
        elif isinstance(op, nn.Selects):
            carry(op)


def makes_means(op: nn.Conv2dOp, store: WeightStore) -> bool:
    """Whether every element of the ofm lies between some of the ifm."""
    if not (is_weight(op.weight) and is_weight(op.bias)) or op.slope is not None:
        return False
    weight, bias = store[key_of(op.weight)], store[key_of(op.bias)]
    sums = weight.reshape(len(weight), -1).sum(axis=1)
    return not bias.any() and weight.min() >= 0 and bool(abs(sums - 1).max() < NEARLY)


def adopt_block(block: Block) -> None:
    """Pin what the pairs of a block say, in order, and drop them."""
    for op in operators(block):
        if isinstance(op, nn.DequantiseOp) and isinstance(op.ifm.owner, nn.QuantiseOp):
            adopt(op.ifm.owner, op, block)
        elif isinstance(op, nn.Selects | nn.ConcatOp):
            carry(op)
    for op in reversed(operators(block)):
        if isinstance(op, nn.QuantiseOp) and not op.ofm.uses:
            block.erase_op(op)


def adopt(before: nn.QuantiseOp, pair: nn.DequantiseOp, block: Block) -> None:
    """Let the readers of a pair read what it is made of, pinned."""
    value, element = before.ifm, uniform(before.ofm)
    if not pin_back(value, element):
        rescaled = nn.ClampOp(value, -inf, inf)
        rescaled.location = pair.location
        block.insert_op_before(rescaled, pair)
        value = rescaled.ofm
        pin(value, element)
    pair.ofm.replace_all_uses_with(value)
    block.erase_op(pair)


def pin_back(value: SSAValue, element: UniformType) -> bool:
    """Pin a value, and whatever only moves elements on the way to it.

    Not if it has other integers already, or what is moved has other readers.
    """
    if (found := pinned(value)) is not None:
        return found == element
    maker = value.owner
    if isinstance(maker, nn.Selects):
        ifm = maker.ifm
        if not ((pinned(ifm) or ifm.has_one_use()) and pin_back(ifm, element)):
            return False
    pin(value, element)
    if isinstance(maker, nn.ConcatOp):
        for part in maker.inputs:
            if part.has_one_use():
                pin_back(part, element)
    return True


def carry(op: nn.Operator) -> None:
    """Moved elements stay what they are, joined ones if all are alike."""
    elements = {pinned(value) for value in op.operands}
    if pinned(op.ofm) is None and len(elements) == 1:
        (element,) = elements
        if element is not None:
            pin(op.ofm, element)
