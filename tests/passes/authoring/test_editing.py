"""What makes an edit short: constants, and patterns that stand on an operator."""

from pathlib import Path

import numpy as np
import pytest
from xdsl.context import Context

from aipu.errors import AipuError
from aipu.passes.authoring.constants import constant
from aipu.passes.authoring.context import AipuContext
from aipu.tests.cli.opt import run

OWN = '''
from aipu.dialects import nn
from aipu.extend import PatternRewriter, RewritePattern, op_type_rewrite_pattern, real


class StepOp(nn.UnaryOperator):
    """`ofm = ifm > 0`"""

    name = "mine.step"

    @classmethod
    def canonicalisations(cls):
        return [DropTwice()]


class DropTwice(RewritePattern):
    """Twice is once."""

    @op_type_rewrite_pattern
    def match_and_rewrite(self, op: StepOp, rewriter: PatternRewriter) -> None:
        if isinstance(op.ifm.owner, StepOp):
            rewriter.replace(op, op.with_(ifm=op.ifm.owner.ifm))


@real(StepOp)
def step(op, x):
    return (x > 0) * 1.0
'''


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("float32", "float32"),
        ("float64", "float32"),
        ("float16", "float32"),
        ("int8", "int8"),
        ("int16", "int16"),
        ("int32", "int32"),
        ("int64", "int32"),
    ],
)
def test_an_array_becomes_a_constant(given: str, kept: str) -> None:
    ctx = AipuContext()
    op = constant(np.array([[1, 2]], given), ctx, "ones")
    op.verify()
    array = ctx.weights[op.key.data]
    assert op.key.data == "ones"
    assert (array.dtype.name, array.tolist()) == (kept, [[1, 2]])


def test_another_array_has_another_key() -> None:
    ctx = AipuContext()
    keys = [constant(np.array([x]), ctx).key.data for x in (1, 2, 1)]
    assert keys == ["constant", "constant.2", "constant"]


def test_a_context_without_weights_is_refused() -> None:
    with pytest.raises(AipuError, match="the context carries none"):
        constant(np.zeros(1), Context())


def test_an_operator_brings_its_patterns_along(tmp_path: Path) -> None:
    own = tmp_path / "own.py"
    own.write_text(OWN)
    type = "tensor<4xf32>"
    text = (
        f"func.func @main(%x: {type}) -> {type} {{\n"
        f'  %0 = "mine.step"(%x) : ({type}) -> {type}\n'
        f'  %1 = "mine.step"(%0) : ({type}) -> {type}\n'
        f"  func.return %1 : {type}\n}}\n"
    )
    done = run("-", "--load", own, "-p", "canonicalise", text=text)
    assert done.exit_code == 0, done.stderr
    assert done.stdout.count("mine.step") == 1
