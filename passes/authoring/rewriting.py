"""The one way our passes run patterns: greedily, keeping what is known, to an end."""

from collections import Counter
from collections.abc import Sequence

from xdsl.dialects.builtin import UNKNOWN_LOC, ModuleOp
from xdsl.ir import Operation, OpResult, SSAValue
from xdsl.pattern_rewriter import (
    PatternRewriter,
    PatternRewriterListener,
    PatternRewriteWalker,
    RewritePattern,
)
from xdsl.transforms.dead_code_elimination import is_trivially_dead
from xdsl.utils.exceptions import VerifyException

from ...dialects import nn
from ...dialects.locations import place
from ...errors import AipuError
from .applications import watching
from .places import place_alike
from .ranges import say_alike

REWRITES_PER_OPERATION = 100
"""Far more than any pass of ours needs: beyond it, patterns undo each other."""


def rewrite(module: ModuleOp, *patterns: RewritePattern) -> bool:
    """Apply `patterns` until none matches, and erase dead operators.

    An operation that a pattern inserts takes the location of the one it matched, and
    runs where that one does. What takes the place of a value keeps what calibration
    says of the value. Returns whether the module changed.

    Raises:
        AipuError: a pattern makes what cannot be; or they do not come to an end, and
            it names the busiest.
    """
    operations = sum(1 for _ in module.walk())
    applier = LimitedApplier(patterns, REWRITES_PER_OPERATION * operations)
    listener = PatternRewriterListener(
        operation_insertion_handler=[applier.inserted],
        operation_replacement_handler=[applier.replaced],
    )
    return PatternRewriteWalker(applier, listener=listener).rewrite_module(module)


class LimitedApplier(RewritePattern):
    """The first pattern that matches, so many times in all and no more."""

    def __init__(self, patterns: Sequence[RewritePattern], limit: int):
        self.patterns = patterns
        self.limit = limit
        self.matches: Counter[str] = Counter()
        self.matched: Operation | None = None
        self.made: set[Operation] = set()
        self.watching = watching()

    def match_and_rewrite(self, op: Operation, rewriter: PatternRewriter) -> None:
        if is_trivially_dead(op):
            rewriter.erase(op)
            return
        self.matched = op
        self.made.clear()
        for pattern in self.patterns:
            if self.watching and not self.watching.allows(pattern, op):
                continue
            try:
                pattern.match_and_rewrite(op, rewriter)
            except VerifyException as error:
                raise AipuError(str(error), place=place(op)) from error
            if rewriter.has_done_action:
                self._count(pattern, op)
                return

    def inserted(self, op: Operation) -> None:
        """Say that `op` comes from the matched operation, and runs where that does."""
        if self.matched is None:
            return
        self.made.add(op)
        if op.location == UNKNOWN_LOC:
            op.location = self.matched.location
        if isinstance(op, nn.Operator):
            place_alike(op, self.matched)

    def replaced(self, op: Operation, new_results: Sequence[SSAValue | None]) -> None:
        """Say of what was made for results of `op` what calibration says of those."""
        for old, new in zip(op.results, new_results, strict=True):
            if isinstance(new, OpResult) and new.op in self.made:
                say_alike(new, old)

    def _count(self, pattern: RewritePattern, op: Operation) -> None:
        self.matches[type(pattern).__name__] += 1
        if self.watching:
            self.watching.note()
        if self.matches.total() > self.limit:
            busiest, times = self.matches.most_common(1)[0]
            raise AipuError(
                f"rewriting does not end: {busiest} matched {times} times",
                place=place(op),
                remedy="a pattern must not match what it, or another, has made",
            )
