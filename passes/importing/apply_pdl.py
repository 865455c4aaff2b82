"""Apply the patterns that a file of the dialect `pdl` says.

pdl.pattern : benefit(1) {                %1 = nn.neg %0
  %t = pdl.type                           %2 = nn.neg %1
  %x = pdl.operand                ==>     func.return %0
  ...                                     func.return %2
"""

from dataclasses import dataclass
from pathlib import Path

from xdsl.context import Context
from xdsl.dialects.builtin import ModuleOp
from xdsl.dialects.pdl import PDL, PatternOp, RewriteOp
from xdsl.interpreters.pdl import PDLRewritePattern
from xdsl.ir import Operation
from xdsl.parser import Parser
from xdsl.pattern_rewriter import PatternRewriter, RewritePattern
from xdsl.utils.exceptions import ParseError, VerifyException

from ...errors import AipuError
from ..authoring.context import AipuContext
from ..authoring.promises import UNDECLARED, AipuPass
from ..authoring.rewriting import rewrite


@dataclass(frozen=True)
class ApplyPdlPass(AipuPass):
    """Apply the patterns that a file of the dialect `pdl` says.

    file: text of MLIR with operations `pdl.pattern`.
    """

    name = "apply-pdl"
    semantics = UNDECLARED

    file: Path

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        rewrite(op, *patterns(self.file))


class PdlPattern(RewritePattern):
    """A pattern of a file."""

    def __init__(self, name: str, rewriting: RewriteOp, ctx: Context):
        self.name = name
        self.inner = PDLRewritePattern(rewriting, ctx)

    def match_and_rewrite(self, op: Operation, rewriter: PatternRewriter) -> None:
        self.inner.match_and_rewrite(op, rewriter)


def patterns(file: Path) -> list[RewritePattern]:
    """The patterns of a file, the most beneficial first.

    Raises:
        AipuError: it cannot be read, is no valid text, or has no pattern.
    """
    ctx = AipuContext()
    ctx.load_dialect(PDL)
    try:
        module = Parser(ctx, file.read_text("utf-8"), str(file)).parse_module()
        module.verify()
    except (OSError, UnicodeDecodeError) as error:
        raise AipuError(f"cannot read: {error}", place=str(file)) from None
    except (ParseError, VerifyException) as error:
        raise AipuError(f"not a text of patterns: {error}", place=str(file)) from None
    found = [op for op in module.walk() if isinstance(op, PatternOp)]
    if not found:
        raise AipuError("no pdl.pattern in this file", place=str(file))
    found.sort(key=lambda pattern: -pattern.benefit.value.data)
    return [
        PdlPattern(each.sym_name.data if each.sym_name else "PdlPattern", last, ctx)
        for each in found
        if isinstance(last := each.body.block.last_op, RewriteOp)
    ]
