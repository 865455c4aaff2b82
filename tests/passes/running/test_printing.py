"""What is printed is read back, whatever its values are called."""

from math import inf

import pytest
from xdsl.dialects.builtin import ModuleOp
from xdsl.rewriter import Rewriter

from aipu.dialects import nn
from aipu.passes.authoring.context import AipuContext
from aipu.passes.running.printing import Locations, module_text
from aipu.passes.running.reading import read_module

TEXT = """\
func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {{
  %{0} = nn.abs %x : (tensor<4xf32>) -> tensor<4xf32>
  %{1} = nn.neg %{0} : (tensor<4xf32>) -> tensor<4xf32>
  %{2} = nn.exp %{1} : (tensor<4xf32>) -> tensor<4xf32>
  func.return %{2} : tensor<4xf32>
}}
"""


def named(*names: str) -> ModuleOp:
    """A module whose values have the names that xDSL makes of these."""
    module = read_module(TEXT.format("a", "b", "c"), "net.mlir", AipuContext())
    operators = [op for op in module.walk() if isinstance(op, nn.Operator)]
    for op, name in zip(operators, names, strict=True):
        op.ofm.name_hint = name
    return module


@pytest.mark.parametrize(
    "names",
    [
        ("a", "a", "a_1_1"),
        ("a_1_1", "a", "a"),
        ("a", "a_1_2_3", "a_2"),
        ("_1_1", "_1", "x"),
        ("x_1_1", "v12_7", "x"),
    ],
)
def test_any_names_are_read_back_and_printed_alike(names: tuple[str, ...]) -> None:
    text = module_text(named(*names), Locations.NAMES)
    read = read_module(text, "text.mlir", AipuContext())
    assert module_text(read, Locations.NAMES) == text
    assert [type(op) for op in read.walk()] == [type(op) for op in named(*names).walk()]


@pytest.mark.parametrize(
    "value", [inf, -inf, 16777217.0, -(2.0**60) + 256, 0.1, 1e-300]
)
def test_any_real_is_read_back(value: float) -> None:
    module = named("a", "b", "c")
    old = next(op for op in module.walk() if isinstance(op, nn.NegOp))
    Rewriter.replace_op(old, nn.PadOp(old.ifm, [0], [0], value))
    text = module_text(module)
    read = read_module(text, "text.mlir", AipuContext())
    (pad,) = (op for op in read.walk() if isinstance(op, nn.PadOp))
    assert pad.value.value.data == value
    assert module_text(read) == text
