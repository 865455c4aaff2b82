"""Trees of one tensor become tables, held to the same tree in Python's own floats."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from xdsl.ir import SSAValue

from aipu.dialects import nn
from aipu.dialects.quant import uniform
from aipu.dialects.semantics.evaluate import evaluate
from aipu.dialects.semantics.weights import WeightStore
from aipu.frontends.model import ImportedModel
from aipu.frontends.network import Emitter, Network
from aipu.passes.authoring.constants import key_of
from aipu.passes.authoring.context import AipuContext
from aipu.passes.authoring.functions import main_function
from aipu.passes.registry import PASSES
from aipu.passes.running.pipeline import build_pipeline, run_pipeline
from aipu.passes.running.reading import read_module

UNARY: Mapping[type[nn.UnaryOperator], Callable[[float], float]] = {
    nn.AbsOp: abs,
    nn.NegOp: lambda x: -x,
    nn.TanhOp: math.tanh,
    nn.SigmoidOp: lambda x: 1 / (1 + math.exp(-x)),
    nn.SquareOp: lambda x: x * x,
}
BINARY: Mapping[type[nn.BinaryOperator], Callable[[float, float], float]] = {
    nn.AddOp: lambda x, y: x + y,
    nn.SubOp: lambda x, y: x - y,
    nn.MulOp: lambda x, y: x * y,
    nn.MaximumOp: max,
    nn.MinimumOp: min,
}


@dataclass(frozen=True)
class Step:
    """One operator, on values made before it: -1 is the tensor, None a constant."""

    kind: type[nn.Operator]
    operands: Sequence[int | None]
    constant: float = 0.0


@st.composite
def trees(draw: st.DrawFn) -> list[Step]:
    """Steps, each on the one before it and perhaps an earlier one."""
    steps: list[Step] = []
    for number in range(draw(st.integers(2, 6))):
        earlier = st.integers(-1, number - 1)
        if draw(st.booleans()):
            steps.append(Step(draw(st.sampled_from(list(UNARY))), [number - 1]))
            continue
        other = draw(st.none() | earlier)
        sides = draw(st.permutations([number - 1, other]))
        kind = draw(st.sampled_from(list(BINARY)))
        constant = draw(st.sampled_from([-1.5, 0.25, 0.75, 2.0]))
        steps.append(Step(kind, sides, constant))
    return steps


def network(steps: Sequence[Step]) -> ImportedModel:
    """A convolution, the steps on what it makes, and another one."""
    made = Network({"x": (1, 4, 4, 2)})
    node = Emitter(made, "node", "test")
    ones = node.weight("w", np.eye(2, dtype=np.float32).reshape(2, 1, 1, 2))
    first = node.emit(nn.Conv2dOp(made.inputs["x"], ones, node.no_bias(2)))
    values: list[SSAValue] = []
    for step in steps:
        operands = [
            node.weight("c", np.array(step.constant, np.float32))
            if number is None
            else (first if number < 0 else values[number])
            for number in step.operands
        ]
        values.append(node.emit(step.kind(*operands)))
    last = node.emit(nn.Conv2dOp(values[-1], ones, node.no_bias(2)))
    return made.finish("network", {"y": last})


def value_of(steps: Sequence[Step], x: float) -> float:
    """What the last step makes of a number."""
    found: list[float] = []
    for step in steps:
        operands = [
            step.constant if n is None else (x if n < 0 else found[n])
            for n in step.operands
        ]
        function = {**UNARY, **BINARY}[step.kind]
        found.append(function(*operands))
    return found[-1]


@settings(max_examples=15)
@given(trees())
def test_a_tree_is_one_table_rounded_once(steps: list[Step]) -> None:
    model = network(steps)
    samples = np.random.default_rng(0).uniform(-3, 3, (8, 4, 4, 2)).astype(np.float32)
    context = AipuContext(model.weights, {"x": samples})
    function = main_function(model.module)
    before = evaluate(function, [samples[:1]], model.weights)
    run_pipeline(build_pipeline("fuse-elementwise", PASSES), model.module, context)
    after = evaluate(main_function(model.module), [samples[:1]], model.weights)
    assert np.array_equal(before, after)
    run_pipeline(
        build_pipeline("quantise{method=min-max}", PASSES), model.module, context
    )
    lookups = [op for op in model.module.walk() if isinstance(op, nn.LookupOp)]
    (lookup,) = lookups
    ifm, ofm = uniform(lookup.ifm), uniform(lookup.ofm)
    table = context.weights[key_of(lookup.table)]
    for integer, found in zip(range(-128, 128), table.tolist(), strict=True):
        exact = value_of(steps, ifm.scale * (integer - ifm.zero_point)) / ofm.scale
        nearest = min(max(round(exact) + ofm.zero_point, -128), 127)
        assert found == nearest or abs(abs(exact % 1) - 0.5) < 1e-6


def test_a_long_chain_takes_linear_time() -> None:
    """A thousand steps are one table; a search of all pairs would take minutes."""
    steps = [Step(nn.TanhOp, [number - 1]) for number in range(1000)]
    model = network(steps)
    context = AipuContext(model.weights)
    run_pipeline(build_pipeline("fuse-elementwise", PASSES), model.module, context)
    (composite,) = (op for op in model.module.walk() if isinstance(op, nn.CompositeOp))
    assert len(composite.parts) == 1000


def test_saturating_ends_take_no_integers() -> None:
    """What a tree cannot tell apart has no steps of its own, as before a sigmoid."""
    text = """
func.func @main(%x: tensor<1x64x1x1xf32>) -> tensor<1x64x1x1xf32> {
  %w = nn.weight "w" : tensor<1x1x1x1xf32>
  %b = nn.weight "b" : tensor<1xf32>
  %t = nn.weight "t" : tensor<f32>
  %c = nn.conv2d %x, %w, %b : (tensor<1x64x1x1xf32>,
    tensor<1x1x1x1xf32>, tensor<1xf32>) -> tensor<1x64x1x1xf32>
  %0 = nn.mul %c, %t : (tensor<1x64x1x1xf32>, tensor<f32>) -> tensor<1x64x1x1xf32>
  %1 = nn.sigmoid %0 : (tensor<1x64x1x1xf32>) -> tensor<1x64x1x1xf32>
  func.return %1 : tensor<1x64x1x1xf32>
}"""
    arrays = {"w": np.ones((1, 1, 1, 1)), "b": np.zeros(1), "t": np.array(0.5)}
    samples = np.linspace(-200, 200, 8 * 64, dtype=np.float32).reshape(8, 64, 1, 1)
    context = AipuContext(
        WeightStore({key: each.astype(np.float32) for key, each in arrays.items()}),
        {"input 0": samples},
    )
    module = read_module(text, "network.mlir", context)
    pipeline = build_pipeline("quantise{method=min-max}", PASSES)
    run_pipeline(pipeline, module, context)
    (lookup,) = (op for op in module.walk() if isinstance(op, nn.LookupOp))
    low, high = uniform(lookup.ifm).real_limits
    assert -13 < low < -12 and 12 < high < 13
