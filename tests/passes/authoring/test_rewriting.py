"""Running patterns: locations are kept, and there is always an end."""

import pytest
from xdsl.dialects.builtin import ModuleOp, NameLoc, StringAttr
from xdsl.pattern_rewriter import (
    PatternRewriter,
    RewritePattern,
    op_type_rewrite_pattern,
)

from aipu.dialects import nn
from aipu.errors import AipuError
from aipu.passes.authoring.context import AipuContext
from aipu.passes.authoring.functions import main_function
from aipu.passes.authoring.places import PLACE, REASON, run_on_host, run_on_machine
from aipu.passes.authoring.ranges import (
    MEAN,
    RANGE,
    read,
    read_mean,
    read_range,
    write_mean,
    write_range,
)
from aipu.passes.authoring.rewriting import rewrite
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


def test_what_is_known_of_an_operator_stays_with_what_replaces_it(
    module: ModuleOp,
) -> None:
    """All run where it did; the range and the mean are those of its result alone."""
    (old,) = (op for op in module.walk() if isinstance(op, nn.AbsOp))
    run_on_host(old, "it is asked for")
    write_range(old.ofm, -1.5, 2.0)
    write_mean(old.ofm, "abs1/mean")
    rewrite(module, AbsToNeg())
    first, second = (op for op in module.walk() if isinstance(op, nn.NegOp))
    for op in (first, second):
        assert op.attributes[PLACE] == StringAttr("host")
        assert op.attributes[REASON] == StringAttr("it is asked for")
    assert read_range(second.ofm) == (-1.5, 2.0)
    assert read_mean(second.ofm) == "abs1/mean"
    assert read(first.ofm, RANGE) is None
    assert read(first.ofm, MEAN) is None


def test_what_a_pattern_says_itself_counts(module: ModuleOp) -> None:
    class AbsToPlaced(RewritePattern):
        @op_type_rewrite_pattern
        def match_and_rewrite(self, op: nn.AbsOp, rewriter: PatternRewriter) -> None:
            new = nn.NegOp(op.ifm)
            run_on_machine(new)
            write_range(new.ofm, 0.0, 1.0)
            rewriter.replace(op, new)

    (old,) = (op for op in module.walk() if isinstance(op, nn.AbsOp))
    run_on_host(old, "it is asked for")
    write_range(old.ofm, -1.5, 2.0)
    rewrite(module, AbsToPlaced())
    (new,) = (op for op in module.walk() if isinstance(op, nn.NegOp))
    assert new.attributes[PLACE] == StringAttr("machine")
    assert REASON not in new.attributes
    assert read_range(new.ofm) == (0.0, 1.0)


def test_a_value_that_was_there_is_told_nothing_of_another(module: ModuleOp) -> None:
    class WithoutAbs(RewritePattern):
        @op_type_rewrite_pattern
        def match_and_rewrite(self, op: nn.AbsOp, rewriter: PatternRewriter) -> None:
            rewriter.replace(op, [], [op.ifm])

    (old,) = (op for op in module.walk() if isinstance(op, nn.AbsOp))
    write_range(old.ofm, 0.0, 2.0)
    rewrite(module, WithoutAbs())
    assert read(main_function(module).args[0], RANGE) is None


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
