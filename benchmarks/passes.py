"""The time that the pipeline `import` takes an operation, by the size of the network.

    python benchmarks/passes.py [SIZE...]

The networks are residual blocks as an ONNX model has them: NCHW with a transpose on
either side of every operator that wants NHWC, batch normalisations, paddings, a channel
shuffle. The time is CPU time, the best of three; per operation it must not grow. What
Python's garbage collector adds does, a little, with all that is alive: the last column
is without it.
"""

import gc
import sys
from time import process_time

import numpy as np
from xdsl.dialects.builtin import ModuleOp, TensorType, f32
from xdsl.dialects.func import FuncOp, ReturnOp
from xdsl.ir import Block, Operation, Region, SSAValue

from aipu.dialects import nn
from aipu.dialects.semantics.weights import WeightStore
from aipu.passes.authoring.context import AipuContext
from aipu.passes.registry import PASSES
from aipu.passes.running.pipeline import build_pipeline, run_pipeline

SIZES = (1_000, 3_000, 10_000)
CHANNELS = 4
ROUNDS = 3


class Network:
    """Residual blocks, one after another, until there are enough operations."""

    def __init__(self, size: int):
        self.block = Block(arg_types=[TensorType(f32, (1, CHANNELS, 8, 8))])
        self.weights = WeightStore()
        self.count = 0
        value: SSAValue = self.block.args[0]
        while self.count < size:
            value = self.residual(value)
        self.block.add_op(ReturnOp(value))
        types = (self.block.arg_types, [value.type])
        self.module = ModuleOp([FuncOp("main", types, Region(self.block))])

    def residual(self, ifm: SSAValue) -> SSAValue:
        value = self.normalised(self.convolution(ifm, kernel=1))
        value = self.emit(nn.ClampOp(value, 0.0, float("inf")))
        value = self.shuffled(value)
        value = self.emit(nn.PadOp(value, [0, 0, 1, 1], [0, 0, 1, 1]))
        value = self.normalised(self.convolution(value, kernel=3))
        total = self.emit(nn.AddOp(value, ifm))
        return self.emit(nn.ClampOp(total, 0.0, 6.0))

    def convolution(self, ifm: SSAValue, kernel: int) -> SSAValue:
        weight = self.weight("weight", (CHANNELS, kernel, kernel, CHANNELS))
        bias = self.weight("bias", (CHANNELS,))
        return self.nchw(nn.Conv2dOp(self.nhwc(ifm), weight, bias))

    def normalised(self, ifm: SSAValue) -> SSAValue:
        gain, offset, mean, variance = (
            self.weight(name, (CHANNELS,))
            for name in ("gain", "offset", "mean", "variance")
        )
        ifm = self.nhwc(ifm)
        return self.nchw(nn.BatchNormOp(ifm, gain, offset, mean, variance, 1e-5))

    def shuffled(self, ifm: SSAValue) -> SSAValue:
        split = self.emit(nn.ReshapeOp(ifm, (1, 2, CHANNELS // 2, 8, 8)))
        exchanged = self.emit(nn.TransposeOp(split, [0, 2, 1, 3, 4]))
        return self.emit(nn.ReshapeOp(exchanged, (1, CHANNELS, 8, 8)))

    def nhwc(self, value: SSAValue) -> SSAValue:
        return self.emit(nn.TransposeOp(value, [0, 2, 3, 1]))

    def nchw(self, op: Operation) -> SSAValue:
        return self.emit(nn.TransposeOp(self.emit(op), [0, 3, 1, 2]))

    def weight(self, name: str, shape: tuple[int, ...]) -> SSAValue:
        array = np.random.default_rng(self.count).uniform(0.5, 1.5, shape)
        key = self.weights.add(f"{self.count}.{name}", array.astype(np.float32))
        return self.emit(nn.WeightOp(key, TensorType(f32, shape)))

    def emit(self, op: Operation) -> SSAValue:
        self.block.add_op(op)
        self.count += 1
        return op.results[0]


def seconds(size: int, *, collecting: bool) -> tuple[int, int, float]:
    """The operations before and after the pipeline, and the time it takes."""
    gc.collect()
    (gc.enable if collecting else gc.disable)()
    network = Network(size)
    passes = build_pipeline("import", PASSES)
    context = AipuContext(network.weights)
    start = process_time()
    run_pipeline(passes, network.module, context)
    elapsed = process_time() - start
    return network.count, sum(1 for _ in network.module.walk()), elapsed


def main() -> None:
    heads = ("operations", "left", "seconds", "µs an operation", "without gc")
    print(*(f"{head:>15}" for head in heads))
    for size in map(int, sys.argv[1:] or SIZES):
        best = {}
        for collecting in (True, False):
            rounds = [seconds(size, collecting=collecting) for _ in range(ROUNDS)]
            before, after, best[collecting] = min(rounds, key=lambda result: result[2])
        each, without = (best[way] / before * 1e6 for way in (True, False))
        counts = f"{before:>15} {after:>15}"
        print(counts, f"{best[True]:>15.3f} {each:>15.1f} {without:>15.1f}")


if __name__ == "__main__":
    main()
