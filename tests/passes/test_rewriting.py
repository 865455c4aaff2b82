"""Running patterns: locations are kept, and there is always an end."""

import pytest
from xdsl.dialects.builtin import ModuleOp, NameLoc
from xdsl.pattern_rewriter import (
    PatternRewriter,
    RewritePattern,
    op_type_rewrite_pattern,
)

from aipu.dialects import nn
from aipu.errors import AipuError
from aipu.passes.context import AipuContext
from aipu.passes.rewriting import rewrite
from aipu.passes.running.reading import read_module

TEXT = """\
func.func @main(%x: tensor<8xf32>) -> tensor<8xf32> {
  %0 = nn.abs %x : (tensor<8xf32>) -> tensor<8xf32> loc("abs1")
  func.return %0 : tensor<8xf32>
}
"""


class AbsToNeg(RewritePattern):
    @op_type_rewrite_pattern
    def match_and_rewrite(self, op: nn.AbsOp, rewriter: PatternRewriter) -> None:
        inner = nn.NegOp(op.ifm)
        rewriter.replace(op, [inner, nn.NegOp(inner.ofm)])


class NegToAbs(RewritePattern):
    @op_type_rewrite_pattern
    def match_and_rewrite(self, op: nn.NegOp, rewriter: PatternRewriter) -> None:
        rewriter.replace(op, nn.AbsOp(op.ifm))


class AbsToBroken(RewritePattern):
    @op_type_rewrite_pattern
    def match_and_rewrite(self, op: nn.AbsOp, rewriter: PatternRewriter) -> None:
        rewriter.replace(op, nn.TransposeOp(op.ifm, [1, 0]))


@pytest.fixture
def module() -> ModuleOp:
    return read_module(TEXT, "net.mlir", AipuContext())


def test_all_that_a_pattern_inserts_comes_from_what_it_matched(
    module: ModuleOp,
) -> None:
    assert rewrite(module, AbsToNeg())
    negations = [op for op in module.walk() if isinstance(op, nn.NegOp)]
    assert len(negations) == 2
    for op in negations:
        assert isinstance(op.location, NameLoc)
        assert op.location.desc.data == "abs1"


def test_nothing_to_do_is_told(module: ModuleOp) -> None:
    assert not rewrite(module, NegToAbs())


def test_patterns_that_undo_each_other_end_in_an_error(module: ModuleOp) -> None:
    with pytest.raises(AipuError, match=r"does not end: (NegToAbs|AbsToNeg)"):
        rewrite(module, AbsToNeg(), NegToAbs())


def test_an_operator_that_cannot_be_made_is_an_error_with_a_place(
    module: ModuleOp,
) -> None:
    with pytest.raises(AipuError, match="does not permute rank 1") as caught:
        rewrite(module, AbsToBroken())
    assert caught.value.place == "abs1"
