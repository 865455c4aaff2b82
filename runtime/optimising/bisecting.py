"""Which pass first breaks a module, and which single application of which pattern.

A pass is run alone on what the passes before it have left, and judged: it may fail,
leave a module that is not valid, break its promise, or leave a module on which a
command no longer succeeds. If it does, it is run again and again with fewer
applications of patterns, until one is left that makes the difference.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import unified_diff

from xdsl.dialects.builtin import ModuleOp
from xdsl.passes import ModulePass

from ...errors import AipuError
from ...passes.authoring.applications import Application, Applications, watched
from ...passes.authoring.context import AipuContext
from ...passes.running.options import pass_text
from ...passes.running.printing import module_text
from .promise_check import calibration_data
from .request import Request
from .state import State
from .trial import Trial
from .wrong_operators import wrong_operators

MOST_APPLICATIONS = 20
"""So many wrong applications of one pass are looked for."""


@dataclass
class Culprit:
    """A pass that breaks the module, and what of it does.

    applications: those that make the difference; none if the pass does it outside of
        patterns, or with patterns that it does not apply by `rewrite`.
    of: how many applications there were.
    diff: what the first of them changes, as a unified diff.
    operators: in place of which it suffices to put what they gave before.
    """

    number: int
    text: str
    error: AipuError
    applications: list[Application] = field(default_factory=list)
    of: int = 0
    diff: list[str] = field(default_factory=list)
    operators: list[str] = field(default_factory=list)


class Bisection:
    """The search for what breaks a module on its way through passes.

    Args:
        request: says how a module is judged: by a command, or else by its values.
        passes: in order.
        everything: whether to go on behind a culprit, without what is wrong of it.
    """

    def __init__(
        self, request: Request, passes: Sequence[ModulePass], *, everything: bool
    ):
        self.passes = passes
        self.everything = everything
        self.data = request.data or calibration_data(passes)
        self.command = request.expect or ""
        self.numerics = request.check_numerics or not self.command

    def culprits(self, module: ModuleOp, context: AipuContext) -> Iterator[Culprit]:
        """What breaks the module, in order; the first alone if that was asked for.

        Raises:
            AipuError: it is broken before any pass.
        """
        Trial((), self.numerics, self.data, self.command).run(module, context)
        state = State(module, context)
        for number, module_pass in enumerate(self.passes, 1):
            after, error = self._judged(state, module_pass, Applications())
            if error is None:
                state = after
                continue
            culprit = Culprit(number, pass_text(module_pass), error)
            state = self._without_fault(state, module_pass, culprit)
            if self.numerics:
                culprit.operators += wrong_operators(
                    state, after, module_pass, self.data
                )
            yield culprit
            if not self.everything:
                return

    def _judged(
        self, before: State, module_pass: ModulePass, applications: Applications
    ) -> tuple[State, AipuError | None]:
        """What a pass leaves with some of its applications, and what is wrong with it.

        Raises:
            AipuError: the module cannot be judged even before.
        """
        after = before.copy()
        trial = Trial([module_pass], self.numerics, self.data, self.command)
        with watched(applications):
            return after, trial.outcome(after.module, after.context)

    def _without_fault(
        self, before: State, module_pass: ModulePass, culprit: Culprit
    ) -> State:
        """Find the wrong applications of a pass; return what it leaves without them.

        If it is wrong without any, that is what was there before the pass.
        """
        without: frozenset[int] = frozenset()
        for _ in range(MOST_APPLICATIONS if self.everything else 1):
            found = self._first_wrong(before, module_pass, without, culprit)
            if found is None:
                return before
            culprit.applications.append(found)
            without |= {found.attempt}
            applications = Applications(without=without)
            after, error = self._judged(before, module_pass, applications)
            if error is None:
                return after
        return before

    def _first_wrong(
        self,
        before: State,
        module_pass: ModulePass,
        without: frozenset[int],
        culprit: Culprit,
    ) -> Application | None:
        """The first application with which a pass goes wrong; None if without any."""
        every = Applications(without=without)
        self._judged(before, module_pass, every)
        tried = [*every.made, *([every.last] if every.last else [])]
        culprit.of = culprit.of or len(every.made)

        def state(limit: int) -> tuple[State, AipuError | None]:
            return self._judged(before, module_pass, Applications(limit, without))

        if not tried or state(0)[1] is not None:
            return None
        good, bad = -1, len(tried) - 1
        while bad - good > 1:
            middle = (good + bad) // 2
            if state(tried[middle].attempt)[1] is None:
                good = middle
            else:
                bad = middle
        found = tried[bad]
        if not culprit.diff:
            shown = [state(n)[0].module for n in (found.attempt - 1, found.attempt)]
            culprit.diff = _diff(*shown)
        return found


def bisect(
    request: Request,
    passes: Sequence[ModulePass],
    module: ModuleOp,
    context: AipuContext,
) -> str:
    """What `--bisect` and `--bisect-all` print.

    Raises:
        AipuError: nothing breaks the module, or it is broken before any pass.
    """
    search = Bisection(request, passes, everything=request.bisect_all)
    culprits = list(search.culprits(module, context))
    if not culprits:
        raise AipuError(
            "nothing to find: no pass of the pipeline breaks the module",
            remedy="--expect says what else a good module is, by a command",
        )
    return "\n".join(
        "".join(f"{line}\n" for line in _lines(each, len(passes))) for each in culprits
    )


def _lines(culprit: Culprit, passes: int) -> Iterator[str]:
    """A culprit for a person."""
    yield f"pass {culprit.number} of {passes}: {culprit.text}"
    yield f"  {culprit.error.head}"
    for each in culprit.applications:
        yield f"application {each}, one of {culprit.of}"
    if not culprit.applications:
        yield "not by one application of a pattern"
    for each in culprit.operators:
        yield f"wrong: {each}"
    yield from culprit.diff


def _diff(before: ModuleOp, after: ModuleOp) -> list[str]:
    """What changed between two modules; nothing if one cannot be printed."""
    try:
        texts = [module_text(module).splitlines() for module in (before, after)]
    except Exception:  # what a pass has left half done may be anything
        return []
    return list(unified_diff(texts[0], texts[1], "before", "after", lineterm="", n=1))
