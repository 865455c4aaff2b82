"""The one way our passes run patterns: greedily, keeping locations, to an end."""

from collections import Counter
from collections.abc import Sequence

from xdsl.dialects.builtin import UNKNOWN_LOC, ModuleOp
from xdsl.ir import Operation
from xdsl.pattern_rewriter import (
    PatternRewriter,
    PatternRewriterListener,
    PatternRewriteWalker,
    RewritePattern,
)
from xdsl.transforms.dead_code_elimination import is_trivially_dead
from xdsl.utils.exceptions import VerifyException

from ..dialects.locations import place
from ..errors import AipuError

REWRITES_PER_OPERATION = 100
"""Far more than any pass of ours needs: beyond it, patterns undo each other."""


def rewrite(module: ModuleOp, *patterns: RewritePattern) -> bool:
    """Apply `patterns` until none matches, and erase dead operators.

    An operation that a pattern inserts takes the location of the one it matched.
    Returns whether the module changed.

    Raises:
        AipuError: a pattern makes what cannot be; or they do not come to an end, and
            it names the busiest.
    """
    operations = sum(1 for _ in module.walk())
    applier = LimitedApplier(patterns, REWRITES_PER_OPERATION * operations)
    listener = PatternRewriterListener(operation_insertion_handler=[applier.locate])
    return PatternRewriteWalker(applier, listener=listener).rewrite_module(module)


class LimitedApplier(RewritePattern):
    """The first pattern that matches, so many times in all and no more."""

    def __init__(self, patterns: Sequence[RewritePattern], limit: int):
        self.patterns = patterns
        self.limit = limit
        self.matches: Counter[str] = Counter()
        self.location = UNKNOWN_LOC

    def match_and_rewrite(self, op: Operation, rewriter: PatternRewriter) -> None:
        if is_trivially_dead(op):
            rewriter.erase(op)
            return
        self.location = op.location
        for pattern in self.patterns:
            try:
                pattern.match_and_rewrite(op, rewriter)
            except VerifyException as error:
                raise AipuError(str(error), place=place(op)) from error
            if rewriter.has_done_action:
                self._count(pattern, op)
                return

    def locate(self, inserted: Operation) -> None:
        """Say that `inserted` comes from where the matched operation came from."""
        if inserted.location == UNKNOWN_LOC:
            inserted.location = self.location

    def _count(self, pattern: RewritePattern, op: Operation) -> None:
        self.matches[type(pattern).__name__] += 1
        if self.matches.total() > self.limit:
            busiest, times = self.matches.most_common(1)[0]
            raise AipuError(
                f"rewriting does not end: {busiest} matched {times} times",
                place=place(op),
                remedy="a pattern must not match what it, or another, has made",
            )
