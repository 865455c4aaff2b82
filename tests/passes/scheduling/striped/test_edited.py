"""A group in stripes that is edited in the text of the `tile` level."""

import pytest
from xdsl.dialects.builtin import ModuleOp

from aipu.errors import AipuError
from aipu.passes.authoring.context import AipuContext
from aipu.passes.registry import PASSES
from aipu.passes.running.pipeline import build_pipeline, run_pipeline
from aipu.passes.running.reading import read_module

MAP = "tensor<1x6x5x4x!quant.uniform<i8, 0.1:0>>"
GROUP = f"""
func.func @segment_1(%x: {MAP}) -> ({MAP}) {{
  %y = tile.group "y" (%x) schedule rows 2 weights [once, once] ws {{
  ^bb0(%0: {MAP}):
    %1 = nn.max_pool2d %0 kernel [3, 3] pad [1, 1, 1, 1] : ({MAP}) -> {MAP}
    %2 = nn.max_pool2d %1 kernel [3, 3] pad [1, 1, 1, 1] : ({MAP}) -> {MAP}
    tile.yield %2 : {MAP}
  }} : ({MAP}) -> {MAP}
  func.return %y : {MAP}
}}
func.func @main(%x: {MAP}) -> ({MAP}) {{
  %y = func.call @segment_1(%x) : ({MAP}) -> {MAP}
  func.return %y : {MAP}
}}
"""


def lowered(before: str, after: str) -> ModuleOp:
    context = AipuContext()
    module = read_module(GROUP.replace(before, after), "edited.mlir", context)
    run_pipeline(build_pipeline("lower", PASSES), module, context)
    return module


@pytest.mark.parametrize("dataflow", ["ws", "os"])
def test_what_can_be_is_lowered(dataflow: str) -> None:
    pools = str(lowered("] ws", f"] {dataflow}")).count("aipu.vector.max_pool")
    assert pools == 2 * 3  # stripes of two rows of six


@pytest.mark.parametrize(
    "before, after, message",
    [
        ("[once, once]", "[once]", r"y: .* 1 operators .* the group has 2"),
        ("[once, once]", "[once, once, once]", r"y: .* 3 operators .* has 2"),
        ("[once, once]", "[stream 0 of 0, once]", r"has a slot at least"),
        ("[once, once]", "[stream 1 of 0, once]", r"count at least 1"),
        ("[once, once]", "[stream 1 of 4, once]", r"y: .* has no weights"),
        ("rows 2", "rows 0", r"count at least 1"),
        ("rows 2", f"rows {1 << 31}", r"is more than 2147483647"),
        ("[once, once]", f"[stream {1 << 64} of 4, once]", r"is more than 2147483647"),
        (f"yield %2 : {MAP}", f"yield %1 : {MAP}", r"y: .* gives away the result of"),
        ("nn.max_pool2d %1", "nn.max_pool2d %0", r"y: .* no operator .* reads a map"),
        (
            "rows 2 weights [once, once] ws",
            "order [row] tile [2, 5, 4, 4] ws slots 2",
            r"y: .* runs 2 operators in stripes, not in tiles\n  write `rows 4 weights",
        ),
    ],
)
def test_what_cannot_be_is_one_message(before: str, after: str, message: str) -> None:
    with pytest.raises(AipuError, match=message):
        lowered(before, after)
