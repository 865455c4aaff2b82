"""Passes keep the values of networks that are put together at random.

A network grows by operators whose shapes fit, transposes and reshapes among them; its
results are computed before and after by the operators' own meaning.
"""

from math import prod

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from xdsl.dialects.builtin import ModuleOp, TensorType, f32
from xdsl.dialects.func import FuncOp, ReturnOp
from xdsl.ir import Block, Operation, Region, SSAValue

from aipu.dialects import nn
from aipu.dialects.semantics.weights import WeightStore
from aipu.passes.authoring.context import AipuContext
from aipu.passes.registry import PASSES
from aipu.passes.running.deviation import deviation
from aipu.passes.running.pipeline import build_pipeline, run_pipeline
from aipu.runtime.optimising.numerics import execute

UNARY = [nn.AbsOp, nn.NegOp, nn.SigmoidOp, nn.TanhOp, nn.HardSwishOp]
BINARY = [nn.AddOp, nn.SubOp, nn.MulOp, nn.MinimumOp, nn.MaximumOp]
REDUCE = [nn.ReduceMeanOp, nn.ReduceSumOp, nn.ReduceMaxOp]
LARGEST = 4096


class Network:
    """A network that grows, an operator at a time, as `data` chooses."""

    def __init__(self, data: st.DataObject):
        self.data = data
        self.weights = WeightStore()
        self.random = np.random.default_rng(data.draw(st.integers(0, 9)))
        rank = data.draw(st.sampled_from([2, 3, 4, 4, 4]))
        shape = [data.draw(st.sampled_from([1, 2, 3, 4, 6])) for _ in range(rank)]
        self.block = Block(arg_types=[TensorType(f32, shape)])
        self.values: list[SSAValue] = [*self.block.args]

    def emit(self, op: Operation) -> SSAValue:
        self.block.add_op(op)
        self.values.append(op.results[0])
        return op.results[0]

    def weight(self, *shape: int) -> SSAValue:
        array = self.random.uniform(0.5, 1.5, shape).astype(np.float32)
        key = self.weights.add("weight", array)
        op = nn.WeightOp(key, TensorType(f32, shape))
        self.block.add_op(op)
        return op.value

    def choose(self, *choices: int) -> int:
        return self.data.draw(st.sampled_from(choices))

    def value(self) -> SSAValue:
        recent = self.values[-3:]
        return recent[self.data.draw(st.integers(0, len(recent) - 1))]

    def grow(self) -> None:
        ifm = self.value()
        if self.data.draw(st.booleans()):
            axes = self.data.draw(st.permutations(range(len(nn.shape(ifm)))))
            ifm = self.emit(nn.TransposeOp(ifm, axes))
        ways = [getattr(self, name) for name in vars(Network) if name.startswith("by_")]
        ways[self.data.draw(st.integers(0, len(ways) - 1))](ifm, nn.shape(ifm))

    def by_joining(self, ifm: SSAValue, shape: tuple[int, ...]) -> None:
        if len(shape) > 1:
            at = self.data.draw(st.integers(0, len(shape) - 2))
            joined = (*shape[:at], shape[at] * shape[at + 1], *shape[at + 2 :])
            self.emit(nn.ReshapeOp(ifm, joined))

    def by_splitting(self, ifm: SSAValue, shape: tuple[int, ...]) -> None:
        at, part = self.data.draw(st.integers(0, len(shape) - 1)), self.choose(1, 2, 3)
        if shape[at] % part == 0 and len(shape) < 5:
            split = (*shape[:at], part, shape[at] // part, *shape[at + 1 :])
            self.emit(nn.ReshapeOp(ifm, split))

    def by_unary(self, ifm: SSAValue, shape: tuple[int, ...]) -> None:
        self.emit(self.data.draw(st.sampled_from(UNARY))(ifm))

    def by_clamp(self, ifm: SSAValue, shape: tuple[int, ...]) -> None:
        self.emit(nn.ClampOp(ifm, self.choose(-1, 0), self.choose(1, 6)))

    def by_constant(self, ifm: SSAValue, shape: tuple[int, ...]) -> None:
        kept = shape[self.data.draw(st.integers(0, len(shape) - 1)) :]
        extents = [extent if self.data.draw(st.booleans()) else 1 for extent in kept]
        operands = [ifm, self.weight(*extents)]
        if self.data.draw(st.booleans()):
            operands.reverse()
        self.emit(self.data.draw(st.sampled_from(BINARY))(*operands))

    def by_binary(self, ifm: SSAValue, shape: tuple[int, ...]) -> None:
        same = [value for value in self.values if nn.shape(value) == shape]
        other = same[self.data.draw(st.integers(0, len(same) - 1))]
        self.emit(self.data.draw(st.sampled_from(BINARY))(ifm, other))

    def by_concat(self, ifm: SSAValue, shape: tuple[int, ...]) -> None:
        if prod(shape) * 2 <= LARGEST:
            same = [value for value in self.values if nn.shape(value) == shape]
            axis = self.data.draw(st.integers(0, len(shape) - 1))
            self.emit(nn.ConcatOp([ifm, same[0]], axis))

    def by_pad(self, ifm: SSAValue, shape: tuple[int, ...]) -> None:
        low, high = ([self.choose(0, 0, 1) for _ in shape] for _ in range(2))
        if prod(shape) * 4 <= LARGEST:
            self.emit(nn.PadOp(ifm, low, high, self.choose(0, 0, 1)))

    def by_slice(self, ifm: SSAValue, shape: tuple[int, ...]) -> None:
        starts = [self.data.draw(st.integers(0, extent - 1)) for extent in shape]
        strides = [self.choose(1, 1, 2) for _ in shape]
        sizes = [
            (extent - start + stride - 1) // stride
            for extent, start, stride in zip(shape, starts, strides, strict=True)
        ]
        self.emit(nn.SliceOp(ifm, starts, sizes, strides))

    def by_reduction(self, ifm: SSAValue, shape: tuple[int, ...]) -> None:
        axes = self.data.draw(st.sets(st.integers(0, len(shape) - 1), min_size=1))
        keep = self.data.draw(st.booleans()) or len(axes) > len(shape) - 2
        reduce = self.data.draw(st.sampled_from(REDUCE))
        self.emit(reduce(ifm, sorted(axes), keep=keep))

    def by_softmax(self, ifm: SSAValue, shape: tuple[int, ...]) -> None:
        self.emit(nn.SoftmaxOp(ifm, self.data.draw(st.integers(0, len(shape) - 1))))

    def by_convolution(self, ifm: SSAValue, shape: tuple[int, ...]) -> None:
        if len(shape) == 4:
            filters = self.choose(2, 3)
            weight = self.weight(filters, 1, 1, shape[3])
            self.emit(nn.Conv2dOp(ifm, weight, self.weight(filters)))

    def by_normalisation(self, ifm: SSAValue, shape: tuple[int, ...]) -> None:
        gain, offset, mean, variance = (self.weight(shape[-1]) for _ in range(4))
        self.emit(nn.BatchNormOp(ifm, gain, offset, mean, variance, 1e-5))

    def by_pool(self, ifm: SSAValue, shape: tuple[int, ...]) -> None:
        if len(shape) == 4 and min(shape[1:3]) > 1:
            pool = self.data.draw(st.sampled_from([nn.MaxPool2dOp, nn.AvgPool2dOp]))
            self.emit(pool(ifm, [2, 2], pad=[0, self.choose(0, 1), 1, 0]))

    def by_fully_connected(self, ifm: SSAValue, shape: tuple[int, ...]) -> None:
        flat = self.emit(nn.ReshapeOp(ifm, (shape[0], prod(shape[1:]))))
        weight = self.weight(3, prod(shape[1:]))
        self.emit(nn.FullyConnectedOp(flat, weight, self.weight(3)))

    def finish(self) -> ModuleOp:
        results = self.values[-2:]
        self.block.add_op(ReturnOp(*results))
        types = (self.block.arg_types, [value.type for value in results])
        return ModuleOp([FuncOp("main", types, Region(self.block))])


def check_values_are_kept(data: st.DataObject, pipeline: str) -> None:
    network = Network(data)
    for _ in range(data.draw(st.integers(2, 10))):
        network.grow()
    module = network.finish()
    module.verify()
    ifm = network.random.normal(size=nn.shape(network.values[0])).astype(np.float32)
    before = execute(module, [ifm], network.weights)
    context = AipuContext(network.weights)
    run_pipeline(build_pipeline(pipeline, PASSES), module, context)
    after = execute(module, [ifm], context.weights)
    for old, new in zip(before, after, strict=True):
        assert deviation(old, new) < 1e-4, str(module)


@settings(max_examples=150)
@given(st.data())
def test_layout_keeps_values(data: st.DataObject) -> None:
    check_values_are_kept(data, "layout")


@settings(max_examples=150)
@given(st.data())
def test_import_keeps_values(data: st.DataObject) -> None:
    check_values_are_kept(data, "import")
