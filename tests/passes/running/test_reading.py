"""Reading modules: every fault is one error, with its line and a caret below it."""

from pathlib import Path

import pytest

from aipu.dialects.locations import place
from aipu.errors import AipuError
from aipu.passes.authoring.context import AipuContext
from aipu.passes.running.reading import read_module, split_input

FUNCTION = """\
func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {{
  {}
  func.return %x : tensor<4xf32>
}}
"""
ABS = "%0 = nn.abs %x : (tensor<4xf32>) -> tensor<4xf32>"
NETWORK = Path(__file__).parents[2] / "cli" / "network.mlir"


def fault(text: str) -> AipuError:
    with pytest.raises(AipuError) as caught:
        read_module(text, "net.mlir", AipuContext())
    return caught.value


def underlined(error: AipuError) -> str:
    """What the carets of an error stand under."""
    line, carets = error.message.splitlines()[1:3]
    return line[carets.index("^") : carets.rindex("^") + 1]


@pytest.mark.parametrize(
    ("line", "column", "words", "marked"),
    [
        ("%0 = nn.absolute %x : tensor<4xf32>", 8, "'nn.absolute'", "nn.absolute"),
        (ABS.replace("%x", "%y"), 15, "%y is not defined", "%y"),
        (ABS.replace("(tensor<4xf32>)", "(i32)"), 8, "tensor", "nn.abs"),
        (ABS.replace("-> tensor<4", "-> tensor<5"), 8, "must have shape", "nn.abs"),
        (
            "%0 = nn.clamp %x [2.0, 1.0] : (tensor<4xf32>) -> tensor<4xf32>",
            8,
            "clamp from 2.0 to 1.0",
            "nn.clamp",
        ),
        (
            ABS.replace("-> tensor<4xf32>", "-> tensor<4x!quant.uniform<i8, 0.0:0>>"),
            48,
            "the scale must be positive",
            "!quant.uniform<i8, 0.0:0>",
        ),
        (ABS.replace(":", ";"), 18, "", ";"),
        ('%0 = nn.weight "w : tensor<4xf32>', 18, "closing string", '"'),
        ('%0 = "nn.abs"(%x) : (tensor<4xf32>) -> i32', 9, "i32", "nn.abs"),
    ],
)
def test_the_place_is_shown(line: str, column: int, words: str, marked: str) -> None:
    error = fault(FUNCTION.format(line))
    assert error.place == f"net.mlir:2:{column}"
    assert words in error.message
    assert underlined(error) == marked


def test_a_value_read_too_early_is_shown_where_it_is_read() -> None:
    early = ABS.replace("%x", "%late")
    error = fault(FUNCTION.format(f"{early}\n  {ABS.replace('%0', '%late')}"))
    assert error.place == "net.mlir:2:8"
    assert "reads %late before it is made" in error.message


def test_the_nearest_name_is_suggested() -> None:
    assert fault(FUNCTION.format(ABS.replace("abs", "abz"))).remedy == (
        "did you mean 'nn.abs'?"
    )
    assert fault(FUNCTION.format(ABS.replace("%x", "%xx"))).remedy == (
        "did you mean 'x'?"
    )


def test_an_operation_knows_its_line_or_its_node() -> None:
    text = FUNCTION.format(f'{ABS} loc("abs1")')
    module = read_module(text, "net.mlir", AipuContext())
    places = [place(op) for op in module.walk()]
    assert places == ["builtin.module", "net.mlir:1:1", "abs1", "net.mlir:3:3"]


def test_lines_may_be_wanted_even_of_nodes() -> None:
    text = FUNCTION.format(f'{ABS} loc("abs1")')
    module = read_module(text, "net.mlir", AipuContext(), lines_only=True)
    assert [place(op) for op in module.walk()][2] == "net.mlir:2:8"


def test_a_string_that_is_not_closed_is_found_at_once() -> None:
    fault(FUNCTION.format('%0 = nn.weight "' + "w" * 200))


@pytest.mark.parametrize("length", range(0, 540, 23))
def test_a_truncated_text_is_one_error(length: int) -> None:
    text = NETWORK.read_text()[:length]
    assert "net.mlir:" in fault(text).place


def test_parts_keep_their_lines() -> None:
    parts = split_input("a\nb\n// -----\nc\n// -----\nd")
    assert [part.split() for part in parts] == [
        ["a", "b"],
        ["//", "-----", "c"],
        ["//", "-----", "d"],
    ]
    assert [part.splitlines().index(part.split()[-1]) for part in parts] == [1, 3, 5]
