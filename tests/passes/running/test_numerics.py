"""How far results lie apart, and holding a pass to it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from math import inf, nan
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest
from xdsl.context import Context
from xdsl.dialects.builtin import IntegerAttr, ModuleOp, StringAttr, i64
from xdsl.ir import Operation

from aipu.dialects import aipu
from aipu.dialects.semantics.weights import WeightStore
from aipu.errors import AipuError
from aipu.passes.authoring.context import AipuContext
from aipu.passes.authoring.functions import main_function
from aipu.passes.authoring.promises import (
    EXACT,
    REQUANTISING,
    AipuPass,
    Semantics,
    approximate,
    requantising,
)
from aipu.passes.registry import PASSES
from aipu.passes.running.deviation import deviation
from aipu.passes.running.numerics import CheckNumerics
from aipu.passes.running.pipeline import build_pipeline, run_pipeline
from aipu.passes.running.reading import read_module
from aipu.runtime.optimising.draws import draws
from aipu.runtime.optimising.numerics import Executable

TEXT = """\
func.func @main(%x: tensor<8xf32>) -> tensor<8xf32> {
  %0 = nn.abs %x : (tensor<8xf32>) -> tensor<8xf32> loc("abs1")
  func.return %0 : tensor<8xf32>
}
"""


@pytest.mark.parametrize(
    ("before", "after", "distance"),
    [
        ([1.0, -4.0], [1.0, -4.0], 0.0),
        ([1.0, -4.0], [3.0, -4.0], 0.5),
        ([nan, inf, 2.0], [nan, inf, 2.0], 0.0),
        ([nan, inf, 2.0], [nan, inf, 1.0], 0.5),
        ([nan, 2.0], [0.0, 2.0], inf),
        ([inf, 2.0], [-inf, 2.0], inf),
        ([0.0, 0.0], [0.0, 1e-9], inf),
        ([1.0], [1.0, 1.0], inf),
    ],
)
def test_deviation_is_relative_to_the_largest_value(
    before: list[float], after: list[float], distance: float
) -> None:
    assert deviation(np.array(before), np.array(after)) == distance


def test_integers_are_compared_without_wrapping() -> None:
    assert deviation(np.array([100], np.int8), np.array([-128], np.int8)) == 2.28


# What a pass declares

Change = Callable[[ModuleOp], None]


@dataclass(frozen=True)
class Exact(AipuPass):
    """A pass that does what a test says, and promises something of it."""

    name = "change"
    semantics: ClassVar[Semantics] = EXACT

    change: Change

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        self.change(op)


@dataclass(frozen=True)
class NearEnough(Exact):
    semantics: ClassVar[Semantics] = approximate(3.0)


@dataclass(frozen=True)
class OnPurpose(Exact):
    semantics: ClassVar[Semantics] = REQUANTISING


@dataclass(frozen=True)
class WithinATenth(Exact):
    semantics: ClassVar[Semantics] = requantising(0.1)


def rewritten(old: str, new: str) -> Change:
    """Write `new` for `old` in the text of a module."""

    def change(module: ModuleOp) -> None:
        text = str(module).replace(old, new)
        other = read_module(text, "other", AipuContext())
        for before, after in zip(module.walk(), other.walk(), strict=False):
            after.location = before.location
        module.detach_region(0)
        module.add_region(other.detach_region(0))

    return change


negated = rewritten("nn.abs", "nn.neg")


def check(module_pass: AipuPass, text: str = TEXT, data: Path | None = None) -> None:
    module = read_module(text, "net.mlir", AipuContext())
    checker = CheckNumerics(Executable, partial(draws, data=data), {})
    run_pipeline([module_pass], module, AipuContext(), [checker])


def complaint(module_pass: AipuPass, text: str = TEXT, data: Path | None = None) -> str:
    with pytest.raises(AipuError) as caught:
        check(module_pass, text, data)
    return caught.value.message


def test_a_pass_that_changes_values_must_say_so(
    capsys: pytest.CaptureFixture[str],
) -> None:
    check(OnPurpose(negated))
    assert "change: requantising: largest deviation" in capsys.readouterr().err


def test_within_the_declared_tolerance_is_fine() -> None:
    check(NearEnough(negated))


def test_the_first_operator_that_differs_is_named() -> None:
    message = complaint(Exact(negated))
    assert "pass 'change' is declared exact" in message
    assert "the first is nn.neg of abs1" in message


CLAMP = """\
func.func @main(%x: tensor<4x4xf32>) -> tensor<4x4xf32> {
  %0 = nn.clamp %x [-1.0, 1.0] : (tensor<4x4xf32>) -> tensor<4x4xf32> loc("clamp1")
  func.return %0 : tensor<4x4xf32>
}
"""


def test_a_change_on_purpose_can_have_a_bound() -> None:
    check(WithinATenth(rewritten("1.0]", "0.95]")), CLAMP)
    message = complaint(WithinATenth(rewritten("1.0]", "0.5]")), CLAMP)
    assert (
        "declared requantising(0.1), but on noise result 0 deviates by 0.5" in message
    )


def test_samples_show_what_noise_does_not(tmp_path: Path) -> None:
    """No noise with a standard deviation of 1 comes to 20."""
    text, wider = CLAMP.replace("1.0", "20.0"), Exact(rewritten("20.0]", "21.0]"))
    check(wider, text)
    samples = np.ones((8, 4), np.float32)
    samples[4, 0] = 30
    np.save(tmp_path / "samples.npy", samples)
    assert "on sample 1 result 0" in complaint(wider, text, tmp_path / "samples.npy")


def test_samples_are_checked(tmp_path: Path) -> None:
    np.save(tmp_path / "samples.npy", np.zeros((2, 3), np.float32))
    module = read_module(CLAMP, "net.mlir", AipuContext())
    with pytest.raises(AipuError, match="expected samples of shape"):
        draws(module, tmp_path / "samples.npy")


def without_results(module: ModuleOp) -> None:
    function = main_function(module)
    returned = function.get_return_op()
    assert returned is not None
    returned.operands = ()
    function.update_function_type()


def test_results_that_are_gone_or_of_another_type() -> None:
    gone = "but the results were float32 [8], and are none"
    assert gone in complaint(Exact(without_results))
    check(OnPurpose(without_results))


def test_inputs_of_another_type_are_new_ones(
    capsys: pytest.CaptureFixture[str],
) -> None:
    narrower = rewritten("tensor<8xf32>", "tensor<4xf32>")
    assert "but the inputs were tensor<8xf32>, and are tensor<4x" in complaint(
        Exact(narrower)
    )
    check(OnPurpose(narrower))
    assert "not compared: the inputs were" in capsys.readouterr().err


def test_what_does_not_run_is_an_error_of_the_pass() -> None:
    """Two functions, and none of them is the network."""

    def doubled(module: ModuleOp) -> None:
        main = main_function(module)
        for name in ("one", "two"):
            other = main.clone()
            other.sym_name = StringAttr(name)
            module.body.block.add_op(other)
        module.body.block.erase_op(main)

    message = complaint(Exact(doubled))
    assert "pass 'change' left a module that does not run: expected a f" in message


# On the machine

SUMS = """\
!x = !quant.uniform<i8, 0.05:0>
func.func @main(%x: tensor<1x4x4x4x!x>) -> tensor<1x1x1x4x!x> {
  %0 = nn.requantise %x rescale [1] >> 4
    : (tensor<1x4x4x4x!x>) -> tensor<1x4x4x4x!x> loc("narrow")
  %1 = nn.add %0, %0 rescale [1, 1, 1] >> 0
    : (tensor<1x4x4x4x!x>, tensor<1x4x4x4x!x>) -> tensor<1x4x4x4x!x> loc("sum")
  %2 = nn.avg_pool2d %1 kernel [4, 4] rescale [1] >> 31
    : (tensor<1x4x4x4x!x>) -> tensor<1x1x1x4x!x> loc("mean")
  func.return %2 : tensor<1x1x1x4x!x>
}
"""
"""Whose results are 0 whatever its sums are, and these are between -16 and 16."""


POOL = """\
!x = !quant.uniform<i8, 0.05:0>
func.func @main(%x: tensor<1x4x4x4x!x>) -> tensor<1x4x4x4x!x> {
  %0 = nn.max_pool2d %x kernel [3, 3] pad [1, 1, 1, 1]
    : (tensor<1x4x4x4x!x>) -> tensor<1x4x4x4x!x> loc("pool")
  func.return %0 : tensor<1x4x4x4x!x>
}
"""


def lowered(text: str, change: Callable[[Operation], None]) -> str:
    """What is said of a pass that changes instructions of the program of a text, every
    operator a piece of work.
    """

    def changed(module: ModuleOp) -> None:
        for op in module.walk():
            change(op)

    context = AipuContext(WeightStore())
    module = read_module(text, "net.mlir", context)
    checker = CheckNumerics(Executable, draws, context.weights)
    pipeline = "schedule{strategy=layerwise},lower"
    passes = [*build_pipeline(pipeline, PASSES), Exact(changed)]
    with pytest.raises(AipuError) as caught:
        run_pipeline(passes, module, context, [checker])
    return caught.value.message


def clamped(low: int, high: int) -> Callable[[Operation], None]:
    def change(op: Operation) -> None:
        if isinstance(op, aipu.AddOp):
            op.low, op.high = IntegerAttr(low, i64), IntegerAttr(high, i64)

    return change


def test_a_piece_of_work_is_compared_though_the_results_do_not_depend_on_it() -> None:
    message = lowered(SUMS, clamped(-128, 3))
    assert "other bytes come from the piece of work 'sum', on noise" in message


@pytest.mark.parametrize(("low", "high"), [(-128, 126), (-127, 127), (-128, 20)])
def test_a_clamp_is_tried_where_the_network_does_not_come(low: int, high: int) -> None:
    message = lowered(SUMS, clamped(low, high))
    assert "other bytes come from the piece of work 'sum', by itself" in message


def test_a_border_of_another_value_is_found() -> None:
    def filled(op: Operation) -> None:
        if isinstance(op, aipu.LoadOp):
            op.fill = IntegerAttr(-127, i64)

    assert "the first is the piece of work 'pool'" in lowered(POOL, filled)


def test_a_network_that_is_an_entry_point_is_run_as_one() -> None:
    """As it was before it was lowered, with inputs of the same types."""
    context = AipuContext(WeightStore())
    module = read_module(POOL, "net.mlir", context)
    before = Executable(module, context.weights)
    run_pipeline(build_pipeline("schedule,lower", PASSES), module, context)
    program = Executable(module, context.weights)
    assert program.inputs == before.inputs
    for draw in draws(module):
        (expected,), (found,) = before.run(draw.inputs), program.run(draw.inputs)
        assert found.tobytes() == expected.tobytes()


def test_a_program_with_a_hazard_is_an_error_of_the_pass() -> None:
    def unordered(op: Operation) -> None:
        if isinstance(op, aipu.StoreOp):
            op.wait = aipu.NamesAttr(())

    message = lowered(SUMS, unordered)
    assert "pass 'change' left a module that does not run: " in message
    assert "race" in message
