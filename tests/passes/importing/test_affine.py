"""Scales and offsets: what chains of them come to, and what is left alone."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from xdsl.dialects.builtin import ModuleOp, TensorType, f32
from xdsl.dialects.func import FuncOp, ReturnOp
from xdsl.ir import Block, Region

from aipu.dialects import nn
from aipu.dialects.semantics.weights import WeightStore
from aipu.passes.authoring.context import AipuContext
from aipu.passes.importing.affine import Affine, is_per_channel
from aipu.passes.importing.fold_affine import FoldAffinePass

STEPS = st.lists(st.tuples(st.integers(-4, 4), st.integers(-4, 4)), max_size=4)


@given(STEPS, st.integers(-9, 9))
def test_a_chain_is_one_scale_and_one_offset(
    steps: list[tuple[int, int]], x: int
) -> None:
    chain, expected = Affine(np.ones(1), np.zeros(1)), x
    for scale, offset in steps:
        chain = chain.then(Affine(np.array([scale]), np.array([offset])))
        expected = scale * expected + offset
    assert chain.scale[0] * x + chain.offset[0] == expected


@pytest.mark.parametrize(
    ("constant", "per_channel"),
    [
        ((), True),
        ((4,), True),
        ((1,), True),
        ((1, 1, 4), True),
        ((1, 1, 1, 1), True),
        ((3, 1), False),
        ((1, 3, 4), False),
        ((1, 1, 1, 1, 4), False),
    ],
)
def test_a_constant_per_channel_differs_along_the_last_dimension_alone(
    constant: tuple[int, ...], per_channel: bool
) -> None:
    assert is_per_channel(constant, (1, 3, 3, 4)) is per_channel


def quotient(divisor: list[float]) -> tuple[ModuleOp, AipuContext]:
    """A fully connected layer, divided by a constant per feature."""
    context = AipuContext(WeightStore())
    block = Block(arg_types=[TensorType(f32, (2, 3))])
    weights: list[nn.WeightOp] = []
    for array in (np.ones((2, 3)), np.ones(2), np.array(divisor)):
        key = context.weights.add("weight", array.astype(np.float32))
        weights.append(nn.WeightOp(key, TensorType(f32, array.shape)))
    layer = nn.FullyConnectedOp(block.args[0], weights[0].value, weights[1].value)
    divided = nn.DivOp(layer.ofm, weights[2].value)
    block.add_ops([*weights, layer, divided, ReturnOp(divided.ofm)])
    types = (block.arg_types, [divided.ofm.type])
    return ModuleOp([FuncOp("main", types, Region(block))]), context


def names(module: ModuleOp) -> set[str]:
    return {op.name for op in module.walk()}


def test_a_division_is_a_scale() -> None:
    module, context = quotient([2.0, 4.0])
    FoldAffinePass().apply(context, module)
    assert "nn.div" not in names(module)
    assert context.weights["weight/scaled"][:, 0].tolist() == [0.5, 0.25]


@pytest.mark.filterwarnings("error")
def test_a_division_by_zero_is_left_alone() -> None:
    module, context = quotient([2.0, 0.0])
    FoldAffinePass().apply(context, module)
    assert "nn.div" in names(module)
