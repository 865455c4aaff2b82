"""Which pass lost what others say of operators: where they run, what they reach.

What calibration and placement say stands on the operators. A pass that makes others
without `rewrite` may forget it, and a later one falls over that.
"""

from xdsl.dialects.builtin import ModuleOp
from xdsl.ir import Operation

from ...dialects import nn
from ..authoring.places import PLACE
from ..authoring.ranges import MEAN, RANGE
from ..authoring.unmarked import UnmarkedError

MARKS = (PLACE, RANGE, MEAN)

Losers = dict[Operation, str]
"""The operators that lack a mark, and the pass that lost it; empty if none has it."""


class Losses:
    """Follows the marks of a module from pass to pass."""

    def __init__(self, module: ModuleOp):
        self.losers: dict[str, Losers] = {mark: {} for mark in MARKS}
        self.note(module, "")

    def note(self, module: ModuleOp, name: str) -> None:
        """Look at a module after the pass `name`."""
        operators = [op for op in module.walk() if isinstance(op, nn.Operator)]
        for mark in MARKS:
            lacking = [op for op in operators if mark not in op.attributes]
            loser = name if len(lacking) < len(operators) else ""
            known = self.losers[mark]
            self.losers[mark] = {op: known.get(op, loser) for op in lacking}

    def blame(self, error: UnmarkedError) -> None:
        """Let an error say which pass lost what is missing, if one did."""
        loser = self.losers[error.mark].get(error.op, "") if error.op else ""
        if loser:
            error.remedy = (
                f"the pass '{loser}' made it without its '{error.mark}'; what "
                "`rewrite` puts in place of an operator keeps it"
            )
