"""How far results lie apart, and holding a pass to it."""

from dataclasses import dataclass
from math import inf, nan
from typing import ClassVar

import numpy as np
import pytest
from xdsl.context import Context
from xdsl.dialects.builtin import ModuleOp

from aipu.errors import AipuError
from aipu.passes.context import AipuContext
from aipu.passes.running.numerics import CheckNumerics, deviation
from aipu.passes.running.pipeline import run_pipeline
from aipu.passes.running.reading import read_module
from aipu.passes.semantics import (
    EXACT,
    REQUANTISING,
    AipuPass,
    Semantics,
    approximate,
)
from aipu.runtime.numerics import execute, sample_inputs

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


@dataclass(frozen=True)
class ScaleEverything(AipuPass):
    """A pass that does harm: it makes every result the negative of itself."""

    name = "negate"
    semantics: ClassVar[Semantics] = EXACT

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        text = str(op).replace("nn.abs", "nn.neg")
        other = read_module(text, "other", AipuContext())
        for old, new in zip(op.walk(), other.walk(), strict=True):
            new.location = old.location
        op.detach_region(0)
        op.add_region(other.detach_region(0))


@dataclass(frozen=True)
class NearEnough(ScaleEverything):
    semantics: ClassVar[Semantics] = approximate(3.0)


@dataclass(frozen=True)
class OnPurpose(ScaleEverything):
    semantics: ClassVar[Semantics] = REQUANTISING


def check(module_pass: AipuPass) -> None:
    module = read_module(TEXT, "net.mlir", AipuContext())
    checker = CheckNumerics(execute, sample_inputs(module, 0), {})
    run_pipeline([module_pass], module, AipuContext(), [checker])


def test_a_pass_that_changes_values_must_say_so(
    capsys: pytest.CaptureFixture[str],
) -> None:
    check(OnPurpose())
    assert "negate: requantising: largest deviation" in capsys.readouterr().err


def test_within_the_declared_tolerance_is_fine() -> None:
    check(NearEnough())


def test_the_first_operator_that_differs_is_named() -> None:
    with pytest.raises(AipuError) as caught:
        check(ScaleEverything())
    assert "pass 'negate' is declared exact" in caught.value.message
    assert "the first is nn.neg of abs1" in caught.value.message
