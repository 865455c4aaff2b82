"""Engines of the host and frames at once: the values are those of numpy, one by one."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from xdsl.dialects.builtin import TensorType, f32
from xdsl.dialects.func import FuncOp, ReturnOp
from xdsl.ir import Block, Region, SSAValue

import aipu
from aipu.dialects import nn
from aipu.dialects.nn import Clamp, ClampAttr
from aipu.dialects.quant import UniformType
from aipu.dialects.semantics.engines import (
    ENGINES,
    Numpy,
    host_engine,
    to_ncnn,
    to_onnx,
)
from aipu.dialects.semantics.engines.runs import runs_of
from aipu.errors import AipuError
from aipu.tests.cli.command import aipu as command
from aipu.tests.runtime.report.mixed_networks import Mixed
from aipu.tests.small_model import images, small_model

MAP = (1, 6, 5, 8)
RELU = ClampAttr(Clamp(0.0))


def weight(key: str, *shape: int) -> nn.WeightOp:
    return nn.WeightOp(key, TensorType(f32, shape))


def operators(x: SSAValue) -> Sequence[nn.Operator | nn.WeightOp]:
    """One of every kind that ONNX can say; all read the same map."""
    kernel, depth, bias = (
        weight("k", 8, 3, 3, 8),
        weight("d", 8, 3, 3, 1),
        weight("b", 8),
    )
    rows = nn.ReshapeOp(x, (30, 8))
    full = weight("f", 4, 8)
    few = weight("g", 4)
    flat, whole = nn.ReshapeOp(x, (1, 240)), weight("h", 4, 240)
    return [
        *(kernel, depth, bias, rows, full, few, flat, whole),
        nn.FullyConnectedOp(flat.ofm, whole.value, few.value, activation=RELU),
        nn.Conv2dOp(x, kernel.value, bias.value, stride=(2, 1), pad=(1, 0, 1, 2)),
        nn.Conv2dOp(x, depth.value, bias.value, groups=8, activation=RELU),
        nn.Conv2dOp(x, depth.value, bias.value, rescale=[bias.value], groups=8),
        nn.FullyConnectedOp(rows.ofm, full.value, few.value, activation=RELU),
        nn.FullyConnectedOp(rows.ofm, full.value, few.value, rescale=[few.value]),
        nn.MatMulOp(rows.ofm, rows.ofm, transposed=True),
        nn.MaxPool2dOp(x, (3, 2), (2, 2), (1, 1, 0, 1)),
        nn.AvgPool2dOp(x, (3, 3), (1, 2), (1, 1, 1, 1)),
        nn.AvgPool2dOp(x, (3, 3), (1, 1), (1, 1, 1, 1), counting_pad=True),
        nn.LrnOp(x, 5, 0.3, 0.75, 1.0),
        nn.LrnOp(x, 4, 0.3, 0.6, 2.0, before=3),
        nn.SoftmaxOp(x, 1),
        nn.TransposeOp(x, (0, 3, 1, 2)),
        nn.ConcatOp([x, x], 2),
        nn.SliceOp(x, (0, 1, 0, 2), (1, 3, 5, 2), (1, 2, 1, 3)),
        nn.PadOp(x, (0, 1, 0, 2), (0, 0, 3, 0), 0.5),
        nn.ClampOp(x, -0.5, 0.25),
        nn.AddOp(x, x, activation=RELU),
        nn.SubOp(x, bias.value),
        nn.MulOp(bias.value, x),
        nn.DivOp(bias.value, x),
        nn.MinimumOp(x, bias.value),
        nn.MaximumOp(x, bias.value),
        *(kind(x) for kind in (nn.AbsOp, nn.NegOp, nn.ReciprocalOp, nn.ExpOp)),
        *(kind(x) for kind in (nn.FloorOp, nn.CeilOp, nn.RoundOp, nn.TanhOp)),
        *(kind(x) for kind in (nn.SigmoidOp, nn.SiluOp, nn.HardSwishOp, nn.SquareOp)),
        *(kind(x) for kind in (nn.SqrtOp, nn.LogOp)),
        nn.LeakyReluOp(x, 0.1),
    ]


def said_by(
    can_say: Callable[[nn.Operator], bool],
) -> tuple[FuncOp, dict[str, np.ndarray]]:
    """A function of the operators that an engine has, and its weights."""
    random = np.random.default_rng(0)
    block = Block(arg_types=[TensorType(f32, MAP)])
    made = operators(block.args[0])
    block.add_ops(
        op
        for op in made
        if not isinstance(op, nn.Operator)
        or isinstance(op, nn.ReshapeOp)
        or can_say(op)
    )
    results = [
        op.ofm
        for op in block.ops
        if isinstance(op, nn.Operator) and not isinstance(op, nn.ReshapeOp)
    ]
    block.add_op(ReturnOp(*results))
    types = [value.type for value in results]
    function = FuncOp("f", ([block.args[0].type], types), Region(block))
    weights = {
        op.key.data: random.normal(size=nn.shape(op.value)).astype(np.float32)
        for op in made
        if isinstance(op, nn.WeightOp)
    }
    return function, weights


ENGINES_OF_OTHERS = {"onnxruntime": to_onnx.can_say, "ncnn": to_ncnn.ncnn_has}


@pytest.mark.parametrize("engine", ENGINES_OF_OTHERS)
def test_every_operator_is_what_numpy_makes_of_it(engine: str) -> None:
    pytest.importorskip(engine)
    can_say = ENGINES_OF_OTHERS[engine]
    function, weights = said_by(can_say)
    runs = runs_of(function, can_say)
    computing = [op for run in runs if run.by_engine for op in run.operators]
    assert {*map(type, computing)} > {
        nn.Conv2dOp,
        nn.LrnOp,
        nn.FullyConnectedOp,
        nn.AddOp,
    }
    ifm = np.random.default_rng(1).normal(size=MAP).astype(np.float32)
    expected = Numpy().prepare(function, weights)([ifm])
    found = host_engine(engine).prepare(function, weights)([ifm])
    end = function.get_return_op()
    assert end is not None
    for value, wanted, result in zip(end.operands, expected, found, strict=True):
        np.testing.assert_allclose(result, wanted, 1e-4, 1e-5, err_msg=str(value))


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_frames_at_once_are_as_alone() -> None:
    package = aipu.compile(Mixed(3).model(), quantise={"method": "min-max"})
    frames = [package.noise(seed) for seed in range(7)]
    alone = [package.run(frame).outputs for frame in frames]
    together = list(package.stream(frame for frame in frames))
    assert len(together) == len(alone)
    for expected, found in zip(alone, together, strict=True):
        for name, array in expected.items():
            np.testing.assert_array_equal(found.outputs[name], array)


def test_another_frame_may_run_while_many_do() -> None:
    package = aipu.compile(small_model(), calibration=images(8))
    frames = [package.noise(seed) for seed in range(12)]
    alone = [package.run(frame).outputs for frame in frames]
    for frame, expected, found in zip(
        frames, alone, package.stream(frames), strict=True
    ):
        between = package.run(frame).outputs
        for name, array in expected.items():
            np.testing.assert_array_equal(found.outputs[name], array)
            np.testing.assert_array_equal(between[name], array)


def test_a_frame_that_is_none_ends_the_stream_where_it_stands() -> None:
    package = aipu.compile(small_model(), calibration=images(2))
    sound = package.noise()
    results = package.stream([sound, sound, {}])
    with pytest.raises(AipuError, match="is missing"):
        list(results)


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("engine", ENGINES_OF_OTHERS)
@pytest.mark.parametrize("seed", [4, 8])
def test_an_engine_agrees_with_numpy_in_every_segment(seed: int, engine: str) -> None:
    pytest.importorskip(engine)
    package = aipu.compile(Mixed(seed).model(), quantise={"method": "min-max"})
    found = package.verify_host(engine)
    assert found
    assert all(each.holds for each in found)
    assert all(0 < each.ms < 1e4 and 0 < each.numpy_ms < 1e4 for each in found)


class Doubling(Numpy):
    """An engine that is wrong."""

    def prepare(self, function, weights):
        call = super().prepare(function, weights)

        def doubled(inputs: Sequence[np.ndarray]) -> list[np.ndarray]:
            return [result + result for result in call(inputs)]

        return doubled


def test_an_engine_that_is_wrong_is_found_out(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(ENGINES, "doubling", Doubling)
    package = aipu.compile(small_model(), calibration=images(2))
    assert not all(each.holds for each in package.verify_host("doubling"))
    package.save(tmp_path / "package")
    done = command("verify", tmp_path / "package", "--host-engine", "doubling")
    assert done.exit_code == 1
    assert "differs" in done.stdout
    assert command("verify", tmp_path / "package").exit_code == 0


def test_integers_become_reals_in_the_run_that_reads_them() -> None:
    """No engine is asked twice for what it can do at once."""
    pytest.importorskip("onnxruntime")
    stored = TensorType(UniformType(0.37, -5), MAP)
    block = Block(arg_types=[stored])
    reals = nn.DequantiseOp(block.args[0])
    made = nn.SquareOp(reals.ofm)
    block.add_ops([reals, made, ReturnOp(made.ofm)])
    function = FuncOp("f", ([stored], [made.ofm.type]), Region(block))
    assert [run.by_engine for run in runs_of(function, to_onnx.can_say)] == [True]
    every = np.resize(np.arange(-128, 128).astype(np.int8), MAP)
    expected, found = (
        host_engine(name).prepare(function, {})([every])[0]
        for name in ("numpy", "onnxruntime")
    )
    np.testing.assert_allclose(found, expected, 1e-6)


def test_an_unknown_engine() -> None:
    with pytest.raises(AipuError, match="no host engine 'onnxruntim'"):
        host_engine("onnxruntim")


@pytest.mark.parametrize(
    ("engine", "extra"), [("onnxruntime", "ort"), ("ncnn", "ncnn")]
)
def test_what_an_engine_needs_is_named(
    engine: str, extra: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, engine, None)
    with pytest.raises(AipuError, match=f"the host engine '{engine}' needs") as failed:
        host_engine(engine)
    assert failed.value.remedy == f"pip install 'aipu-compiler[{extra}]'"
