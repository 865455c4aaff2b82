"""What is checked after every pass: the module, and the weights beside it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest
from xdsl.context import Context
from xdsl.dialects.builtin import ModuleOp, StringAttr

from aipu.backend_aipu.codegen import to_program
from aipu.dialects import aipu, nn, tile
from aipu.dialects.semantics.weights import WeightStore
from aipu.errors import AipuError
from aipu.passes.authoring.context import AipuContext, weights_of
from aipu.passes.authoring.promises import EXACT, AipuPass, Semantics
from aipu.passes.registry import PASSES
from aipu.passes.running.numerics import CheckNumerics
from aipu.passes.running.pipeline import build_pipeline, run_pipeline
from aipu.passes.running.reading import read_module
from aipu.runtime.optimising.draws import draws
from aipu.runtime.optimising.numerics import Executable

PROGRAM = Path(__file__).parents[2] / "filecheck" / "dialects" / "aipu" / "program.mlir"
NETWORK = """\
func.func @main(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  %w = nn.weight "w" : tensor<2x2xf32> loc("dense")
  %b = nn.weight "b" : tensor<2xf32> loc("dense")
  %0 = nn.fully_connected %x, %w, %b
    : (tensor<1x2xf32>, tensor<2x2xf32>, tensor<2xf32>) -> tensor<1x2xf32> loc("dense")
  func.return %0 : tensor<1x2xf32>
}
"""
Change = Callable[[ModuleOp, Context], None]


@dataclass(frozen=True)
class Changed(AipuPass):
    """A pass that does what a test says."""

    name = "change"
    semantics: ClassVar[Semantics] = EXACT

    change: Change = lambda module, ctx: None

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        self.change(op, ctx)


def after(change: Change, text: str, context: AipuContext | None = None) -> AipuError:
    """The error of a pass that does `change` to a sound module."""
    context = context or AipuContext()
    module = read_module(text, "net.mlir", context)
    with pytest.raises(AipuError) as caught:
        run_pipeline([Changed(change)], module, context)
    assert "pass 'change' left a module that is not valid: " in caught.value.message
    return caught.value


def rekey(key: str, array: np.ndarray | None = None) -> Change:
    """Let the first weight be read under another key, kept as `array` if given."""

    def change(module: ModuleOp, ctx: Context) -> None:
        weight = next(op for op in module.walk() if isinstance(op, nn.WeightOp))
        kept = key if array is None else weights_of(ctx).add(key, array)
        weight.key = StringAttr(kept)

    return change


def weights() -> AipuContext:
    w, b = np.ones((2, 2), np.float32), np.ones(2, np.float32)
    return AipuContext(WeightStore({"w": w, "b": b}))


def test_a_weight_that_is_lost_is_found_after_the_pass_that_lost_it() -> None:
    error = after(rekey("gone"), NETWORK, weights())
    assert 'no weight "gone" in the weight store of 2 weights' in error.message
    assert error.place == "dense"


@pytest.mark.parametrize(
    ("array", "words"),
    [
        (np.ones((2, 1), np.float32), "has shape [2, 1]"),
        (np.ones((2, 2), np.float64), "is of float64 in the weight store, its type"),
        (np.ones((2, 2), np.int8), "is of int8 in the weight store, its type says fl"),
    ],
)
def test_a_weight_of_another_shape_or_type(array: np.ndarray, words: str) -> None:
    assert words in after(rekey("w2", array), NETWORK, weights()).message


def test_a_text_goes_through_passes_without_its_weights() -> None:
    context = AipuContext()
    module = read_module(NETWORK, "net.mlir", context)
    run_pipeline([Changed()], module, context)


def test_without_weights_keys_are_still_those_of_the_text() -> None:
    assert 'no weight "gone"' in after(rekey("gone"), NETWORK).message


def test_what_a_pass_keeps_is_checked_without_the_other_weights() -> None:
    error = after(rekey("w2", np.ones((3, 3), np.float32)), NETWORK)
    assert "has shape [3, 3]" in error.message


# The program of a module


def test_a_token_that_nobody_declared_is_found_after_the_pass() -> None:
    def change(module: ModuleOp, _: Context) -> None:
        sync = next(op for op in module.walk() if isinstance(op, aipu.SyncOp))
        sync.wait = aipu.NamesAttr(("nobody",))

    error = after(change, PROGRAM.read_text())
    assert "unknown token 'nobody'" in error.message
    assert "entry 'segment 1', instruction" in error.place
    assert "sync" in error.place


def test_the_weights_of_a_program_have_its_bytes() -> None:
    def change(module: ModuleOp, ctx: Context) -> None:
        weights_of(ctx).add("conv1.weight", np.zeros(4607, np.int8))

    error = after(change, PROGRAM.read_text())
    assert 'the weight "conv1.weight" has 4607 bytes' in error.message
    assert "its buffer has 4608" in error.message


# Names

NODES = ("one", "two", "two/ofm", "segment_1/input0", "two")
SUMS = """\
!x = !quant.uniform<i8, 0.05:-3>
func.func @segment_1(%x0: tensor<4x!x>) -> tensor<4x!x> {{
  %w = nn.weight "two" : tensor<4x!x>
{sums}
  func.return %x{last} : tensor<4x!x>
}}
""".format(
    sums="\n".join(
        f"  %x{number + 1} = nn.add %x{number}, %w rescale [1, 1, 1] >> 1"
        f' : (tensor<4x!x>, tensor<4x!x>) -> tensor<4x!x> loc("{node}")'
        for number, node in enumerate(NODES)
    ),
    last=len(NODES),
)


def test_a_result_has_the_name_of_its_work_whatever_else_is_called_so() -> None:
    """As another operator, a weight, a tile on chip or an input of the program; and the
    program computes what the operators say.
    """
    context = AipuContext(WeightStore({"two": np.ones(4, np.int8)}))
    module = read_module(SUMS, "sums.mlir", context)
    checker = CheckNumerics(Executable, draws, context.weights)
    run_pipeline(build_pipeline("schedule", PASSES), module, context, [checker])
    works = [op.work.data for op in module.walk() if isinstance(op, tile.GroupOp)]
    assert works == [*NODES[:-1], "two/add"]
    run_pipeline(build_pipeline("lower", PASSES), module, context, [checker])
    program = to_program(
        next(op for op in module.ops if isinstance(op, aipu.ProgramOp))
    )
    assert [program.buffer(work).space for work in works] == [aipu.Space.DRAM] * 5
    assert not {*program.entries[0].inputs} & {*works}
