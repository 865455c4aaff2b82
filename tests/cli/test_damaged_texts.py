"""Texts that somebody damaged, through passes: a module or one message, no more.

The sound ones are those of tests/filecheck; a few of their words are lost, doubled or
become others.
"""

import re
from pathlib import Path

from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from aipu.cli.aipu_opt import main
from aipu.passes.registry import PASSES

FOLDER = Path(__file__).parents[1] / "filecheck"
TEXTS = [
    part
    for file in sorted(FOLDER.rglob("*.mlir"))
    for part in re.sub(r"(?m)^ *//(?! -----).*\n", "", file.read_text()).split(
        "// -----"
    )
]
APART = {"calibrate", "apply-pdl"}
"""What runs the network, which may have become large; and what needs a file."""

PIPELINES = (*(name for name in PASSES if name not in APART), "schedule,lower")
"""Every pass by itself."""

WORDS = (
    *("", "0", "-1", "3", "256", "inf", "nan", '""', "[]", "[1]", "[1, 1, 1, 1, 1]"),
    *("{", "}", "%x", "%0", "f32", "i8", "axis", "tensor<4xf32>", "tensor<f32>"),
    *("tensor<?x4xf32>", "tensor<0xf32>", "!quant.uniform<i8, 1.0:0>", "loc(unknown)"),
)


@st.composite
def damaged_texts(draw: st.DrawFn) -> str:
    words = re.findall(r"\w+|\s+|[^\w\s]", draw(st.sampled_from(TEXTS)))
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(words) - 1))
        words[at] = draw(st.sampled_from(WORDS) | st.sampled_from(words))
    return "".join(words)


@settings(max_examples=150)
@given(damaged_texts(), st.sampled_from(PIPELINES))
def test_a_damaged_text_is_a_module_or_one_message(text: str, pipeline: str) -> None:
    result = CliRunner().invoke(main, ["-", "-p", pipeline], input=text)
    assert isinstance(result.exception, SystemExit | None), result.exception
    assert result.exit_code in (0, 1)
    assert result.exit_code == 0 or result.stderr.startswith("aipu-opt: ")
    assert "failed: " not in result.stderr.replace("reading the module failed", "")
