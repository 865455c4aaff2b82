"""Applications of patterns: told one by one, and left out where somebody asks.

`rewrite` tries patterns on operations, one attempt after the other, always in the same
order. So an attempt has a number, and a run that stops before it, or leaves it out, is
the same up to there: that is how a search finds the one application that breaks a
module.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import NamedTuple

from xdsl.ir import Operation
from xdsl.pattern_rewriter import RewritePattern

from ...dialects.locations import place


class Application(NamedTuple):
    """An attempt of a pattern on an operation, by its number."""

    attempt: int
    pattern: str
    operation: str
    place: str

    def __str__(self) -> str:
        return f"{self.pattern} on {self.operation} of {self.place}"


class Applications:
    """Notes what patterns do while it watches, and says what they may do.

    Args:
        limit: the last attempt that may be made; None for all.
        without: attempts that are left out, as are later ones of the same pattern on
            the same operation.

    `last` is the last attempt that was allowed, whatever came of it.
    """

    def __init__(self, limit: int | None = None, without: frozenset[int] = frozenset()):
        self.limit = limit
        self.without = without
        self.attempts = 0
        self.made: list[Application] = []
        self.last: Application | None = None
        self._refused: list[tuple[RewritePattern, Operation]] = []

    def allows(self, pattern: RewritePattern, op: Operation) -> bool:
        """Whether a pattern may be tried on an operation."""
        self.attempts += 1
        if self.limit is not None and self.attempts > self.limit:
            return False
        if self.attempts in self.without:
            self._refused.append((pattern, op))
        if any(pattern is one and op is other for one, other in self._refused):
            return False
        name = getattr(pattern, "name", type(pattern).__name__)
        self.last = Application(self.attempts, name, op.name, place(op))
        return True

    def note(self) -> None:
        """The last attempt has changed something."""
        if self.last is not None:
            self.made.append(self.last)


_WATCHING: ContextVar[Applications | None] = ContextVar("watching", default=None)


def watching() -> Applications | None:
    """Who watches at the moment, if anybody does."""
    return _WATCHING.get()


@contextmanager
def watched(applications: Applications) -> Iterator[Applications]:
    """A block in which `applications` watches what `rewrite` does."""
    token = _WATCHING.set(applications)
    try:
        yield applications
    finally:
        _WATCHING.reset(token)
