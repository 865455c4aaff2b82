"""What a pass makes of an operator means the same, and is what the machine has."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from xdsl.dialects.builtin import ModuleOp, TensorType, f32
from xdsl.dialects.func import FuncOp, ReturnOp
from xdsl.ir import Block, Region, SSAValue

from aipu.backend_aipu.machine import load_machine
from aipu.dialects import nn
from aipu.dialects.semantics.weights import WeightStore
from aipu.passes.authoring.context import AipuContext
from aipu.passes.quantising.placement.abilities import why_not
from aipu.passes.registry import PASSES
from aipu.passes.running.pipeline import build_pipeline, run_pipeline
from aipu.runtime.optimising.numerics import execute

Weight = Callable[[np.ndarray], SSAValue]


class Lone:
    """A network of one operator, and what a pipeline makes of it."""

    def __init__(self) -> None:
        self.random = np.random.default_rng(0)
        self.weights = WeightStore()

    def network(
        self, shape: Sequence[int], make: Callable[[SSAValue, Weight], nn.Operator]
    ) -> ModuleOp:
        block = Block(arg_types=[TensorType(f32, shape)])

        def weight(array: np.ndarray) -> SSAValue:
            key = self.weights.add("weight", array.astype(np.float32))
            op = nn.WeightOp(key, TensorType(f32, array.shape))
            block.add_op(op)
            return op.value

        op = make(block.args[0], weight)
        block.add_ops([op, ReturnOp(op.ofm)])
        types = ([block.args[0].type], [op.ofm.type])
        return ModuleOp([FuncOp("main", types, Region(block))])

    def check(self, pipeline: str, shape: Sequence[int], make) -> list[nn.Operator]:
        """The operators after; they compute the same, and the machine has them all."""
        module = self.network(shape, make)
        module.verify()
        ifm = self.random.standard_normal(shape).astype(np.float32)
        (expected,) = execute(module, [ifm], self.weights)
        context = AipuContext(self.weights)
        run_pipeline(build_pipeline(pipeline, PASSES), module, context)
        module.verify()
        (found,) = execute(module, [ifm], context.weights)
        assert found.shape == expected.shape
        assert np.allclose(found, expected, rtol=1e-5, atol=1e-5)
        made = [op for op in module.walk() if isinstance(op, nn.Operator)]
        machine = load_machine("r329")
        assert [why_not(op, machine) for op in made] == [None] * len(made)
        return made


@pytest.fixture
def lone() -> Lone:
    return Lone()


WINDOWS = {
    "usual": ((3, 3), (2, 2), (1, 1), (1, 1, 1, 1), (1, 1)),
    "uneven": ((2, 4), (2, 2), (1, 1), (0, 1, 0, 1), (0, 0)),
    "dilated": ((3, 2), (1, 3), (2, 1), (0, 0, 1, 0), (0, 1)),
    "with gaps": ((2, 2), (3, 3), (2, 2), (1, 0, 0, 2), (0, 0)),
    "even": ((4, 4), (2, 2), (1, 1), (1, 1, 1, 1), (0, 0)),
    "cut far": ((4, 3), (2, 2), (1, 1), (3, 2, 0, 1), (0, 0)),
    "not strided": ((3, 3), (1, 1), (1, 1), (1, 1, 1, 1), (0, 0)),
}


@pytest.mark.parametrize("window", WINDOWS.values(), ids=WINDOWS)
@pytest.mark.parametrize(
    "groups, ifm_each, ofm_each", [(1, 3, 2), (2, 2, 3), (4, 1, 1)]
)
def test_conv_transpose(lone, window, groups, ifm_each, ofm_each):
    kernel, stride, dilation, pad, extra = window
    shape = (groups * ofm_each, *kernel, ifm_each)
    lone.check(
        "decompose-conv-transpose",
        (2, 5, 4, groups * ifm_each),
        lambda ifm, weight: nn.ConvTranspose2dOp(
            ifm,
            weight(lone.random.standard_normal(shape)),
            weight(lone.random.standard_normal(shape[0])),
            stride=stride,
            pad=pad,
            extra=extra,
            dilation=dilation,
            groups=groups,
            activation=nn.RELU,
        ),
    )


@pytest.mark.parametrize(
    "size, step, offset, method, made",
    [
        ((10, 8), (0.5, 0.5), (0, 0), "floor", {nn.ReshapeOp, nn.ConcatOp}),
        ((3, 2), (2, 2), (0, 1), "floor", {nn.SliceOp}),
        ((5, 4), (1, 1), (0, 0), "linear", set()),
        (
            (10, 8),
            (0.5, 0.5),
            (-0.25, -0.25),
            "linear",
            {nn.TransposeOp, nn.ReshapeOp, nn.Conv2dOp},
        ),
        (
            (7, 2),
            (5 / 7, 2),
            (0, 0),
            "floor",
            {nn.TransposeOp, nn.ReshapeOp, nn.Conv2dOp, nn.SliceOp},
        ),
    ],
)
def test_resize(lone, size, step, offset, method, made):
    found = lone.check(
        "decompose-resize",
        (2, 5, 4, 3),
        lambda ifm, _: nn.ResizeOp(ifm, size, step, offset, method),
    )
    assert set(map(type, found)) == made


@pytest.mark.parametrize(
    "operator", [nn.ReduceMeanOp, nn.ReduceSumOp, nn.ReduceMaxOp, nn.ReduceMinOp]
)
@pytest.mark.parametrize("axes", [(1, 2), (3,), (2, 3), (0, 1, 2, 3), (1,), (0,)])
def test_reductions(lone, operator, axes):
    lone.check(
        "decompose-reductions",
        (2, 5, 4, 3),
        lambda ifm, _: operator(ifm, axes, keep=axes == (3,)),
    )


@pytest.mark.parametrize("shape", [(2, 5, 4, 3), (2, 5, 3), (4, 3)])
def test_prelu_with_a_slope_a_channel(lone, shape):
    slope = np.array([0.1, 2, -0.5])
    lone.check(
        "fuse-prelu",
        shape,
        lambda ifm, weight: nn.PReluOp(ifm, weight(slope)),
    )


@pytest.mark.parametrize("operator", [nn.AddOp, nn.SubOp, nn.MulOp])
@pytest.mark.parametrize("constant_first", [False, True])
def test_scales_per_channel(lone, operator, constant_first):
    constant = np.array([0.1, 2, -0.5])

    def make(ifm, weight):
        operands = (
            [weight(constant), ifm] if constant_first else [ifm, weight(constant)]
        )
        return operator(*operands)

    found = lone.check("convolve-scales", (2, 5, 3), make)
    assert nn.Conv2dOp in map(type, found)
