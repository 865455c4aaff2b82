"""What texts say of an operator: its lines, and the loops and groups around them."""

import pytest

from aipu import compile
from aipu.runtime.report.graph.excerpts import excerpts
from aipu.tests.small_model import images, small_model

TEXT = """\
builtin.module {
  func.func @main() {
    %0 = tile.group "both"(%x) schedule rows 2 {
    ^bb0(%1: tensor<1x4xi8> loc(unknown)):
      %a = nn.add %1, %1 : tensor<1x4xi8> loc("a \\22quoted\\22 \\C3\\A9\\\\")
      %b = nn.add %a, %1 : tensor<1x4xi8> loc("b")
      tile.yield %b : tensor<1x4xi8>
    } : tensor<1x4xi8> loc("b")
  }
  aipu.entry "main" {
    aipu.loop "row" times 3 {
      aipu.loop "column" times 4 {
        one loc("b")
        two loc("c")
      } loc("c")
      three loc("b")
    } loc("b")
    four loc("c")
  }
}
"""


def test_lines_are_shown_with_what_is_around_them() -> None:
    assert excerpts(TEXT) == {
        'a "quoted" é\\': """\
%0 = tile.group "both"(%x) schedule rows 2 {
  %a = nn.add %1, %1 : tensor<1x4xi8>
} : tensor<1x4xi8>""",
        "b": """\
%0 = tile.group "both"(%x) schedule rows 2 {
  %b = nn.add %a, %1 : tensor<1x4xi8>
} : tensor<1x4xi8>
aipu.loop "row" times 3 {
  aipu.loop "column" times 4 {
    one
  }
  three
}""",
        "c": """\
aipu.loop "row" times 3 {
  aipu.loop "column" times 4 {
    two
  }
}
four""",
    }


@pytest.mark.parametrize("text", ["", "}\n}", "{\n{", 'loc("a")', '\x00 loc("\\")'])
def test_no_text_is_an_error(text: str) -> None:
    assert excerpts(text) == {}


def test_every_instruction_is_of_one_operator() -> None:
    package = compile(small_model(), strategy="dp", calibration=images(8))
    text = package.levels.text("aipu")
    lines = [line for line in text.splitlines() if " aipu.mac." in line]
    shown = [
        line
        for excerpt in excerpts(text).values()
        for line in excerpt.splitlines()
        if line.lstrip().startswith("aipu.mac.")
    ]
    assert len(lines) == len(shown) > 0
