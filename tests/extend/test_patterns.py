"""A pattern of a user's own is a pass, and joins the pipeline where it says."""

from pathlib import Path

import pytest

import aipu
from aipu.errors import AipuError
from aipu.extensions import for_a_while
from aipu.passes.pipelines import PIPELINES
from aipu.passes.registry import PASSES
from aipu.tests.cli.test_aipu_opt import error, run

HEAD = """\
from aipu.dialects import nn
from aipu.extend import (
    EXACT, PatternRewriter, RewritePattern, new_weight, op_type_rewrite_pattern,
    pattern, weights_of,
)
"""
DROP = '''
@pattern("drop-double-negation", EXACT, after="fold-constants")
def drop(op: nn.NegOp, rewriter: PatternRewriter) -> None:
    """-(-x) is x."""
    before = op.ifm.owner
    if isinstance(before, nn.NegOp):
        rewriter.replace(op, [], [before.ifm])
'''
OF_TWO_KINDS = '''
@pattern("drop-pairs", EXACT, after="canonicalise")
def drop(op: nn.NegOp | nn.SquareOp, rewriter: PatternRewriter) -> None:
    """-(-x) is x."""
    if isinstance(op, nn.NegOp) and isinstance(op.ifm.owner, nn.NegOp):
        rewriter.replace(op, [], [op.ifm.owner.ifm])
'''
WITH_CONTEXT = '''
@pattern("negate-by-product", EXACT, after="import")
def negate(op: nn.NegOp, rewriter: PatternRewriter, ctx) -> None:
    """-x is x * -1."""
    import numpy as np
    factor = new_weight(weights_of(ctx), "minus", np.array(-1))
    rewriter.replace(op, [factor, nn.MulOp(op.ifm, factor.value)])
'''
A_CLASS = '''
@pattern("drop-double-negation", EXACT)
class Drop(RewritePattern):
    """-(-x) is x."""
    @op_type_rewrite_pattern
    def match_and_rewrite(self, op: nn.NegOp, rewriter: PatternRewriter):
        if isinstance(op.ifm.owner, nn.NegOp):
            rewriter.replace(op, [], [op.ifm.owner.ifm])
'''
TEXT = """\
func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = nn.neg %x : (tensor<4xf32>) -> tensor<4xf32>
  %1 = nn.neg %0 : (tensor<4xf32>) -> tensor<4xf32>
  func.return %1 : tensor<4xf32>
}
"""


def stages(pipeline: str) -> list[str]:
    return [line.text for line in PIPELINES[pipeline]]


@pytest.fixture
def text(tmp_path: Path) -> Path:
    path = tmp_path / "negations.mlir"
    path.write_text(TEXT)
    return path


@pytest.mark.parametrize(
    ("source", "name", "pipeline"),
    [
        (DROP, "drop-double-negation", "import"),
        (OF_TWO_KINDS, "drop-pairs", "import"),
        (A_CLASS, "drop-double-negation", "drop-double-negation"),
    ],
)
def test_it_runs_and_keeps_its_promise(
    write, text: Path, source: str, name: str, pipeline: str
) -> None:
    file = write(HEAD + source)
    assert "nn.neg" in run(text, "-p", "import").stdout
    checked = run(text, "--load", file, "-p", pipeline, "--check-numerics")
    assert "nn.neg" not in checked.stdout
    assert f"{name}: exact: equal" in checked.stderr


def test_it_stands_behind_what_it_names_until_it_is_taken_back(write) -> None:
    before = stages("import")
    second = DROP.replace("drop-double", "second-drop").replace("def drop", "def two")
    with for_a_while():
        aipu.load_extension(write(HEAD + DROP + second))
        at = stages("import").index("fold-constants")
        assert stages("import")[at : at + 3] == [
            "fold-constants",
            "drop-double-negation",
            "second-drop-negation",
        ]
    assert stages("import") == before
    assert "drop-double-negation" not in PASSES


def test_it_may_end_a_pipeline_and_add_weights(write, text: Path) -> None:
    file = write(HEAD + WITH_CONTEXT)
    out = run(text, "--load", file, "-p", "import", "--check-numerics").stdout
    assert "nn.mul" in out
    with for_a_while():
        aipu.load_extension(file)
        assert stages("import")[-1] == "negate-by-product"


def test_a_package_is_built_with_it(write, tmp_path: Path) -> None:
    from aipu.tests.small_model import model_of

    aipu.load_extension(write(HEAD + WITH_CONTEXT))
    package = aipu.compile(model_of("Neg", (1, 4, 4, 2)))
    assert "nn.mul" in package.levels.texts()["levels/float.mlir"]
    assert [each.name for each in package.manifest.extensions] == ["mine.py"]
    package.save(tmp_path / "package")
    with for_a_while():
        assert aipu.load(tmp_path / "package").run(package.noise()).outputs


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (DROP.replace("op: nn.NegOp", "op"), "does not say what it matches"),
        (DROP.replace("op: nn.NegOp", "op: int"), "does not say what it matches"),
        (DROP.replace("fold-constants", "fold-constant"), "did you mean 'fold-consta"),
        (DROP.replace("drop-double-negation", "layout"), "a pass 'layout' exists"),
        (DROP.replace("@pattern", "\n@patern"), "NameError"),
    ],
)
def test_what_is_wrong_is_said_with_the_line(write, source: str, words: str) -> None:
    file = write(HEAD + source)
    with pytest.raises(AipuError) as raised:
        aipu.load_extension(file)
    assert words in str(raised.value)
    assert f"{file}:" in str(raised.value)
    assert stages("import").count("layout") == 1


def test_a_pattern_that_fails_is_named_with_its_line(write, text: Path) -> None:
    source = HEAD + DROP.replace("rewriter.replace(op", "rewriter.repalce(op")
    file = write(source)
    line = source[: source.index("repalce")].count("\n") + 1
    message = error(text, "--load", file, "-p", "import")
    assert f"{file}:{line}: pass 'drop-double-negation' failed" in message


def test_a_pattern_without_an_end_is_named(write, text: Path) -> None:
    again = "rewriter.replace(op, nn.NegOp(op.ifm))"
    source = DROP.replace("rewriter.replace(op, [], [before.ifm])", again)
    message = error(text, "--load", write(HEAD + source), "-p", "import")
    assert "rewriting does not end: drop matched" in message
