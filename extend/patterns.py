"""A single pattern that becomes a pass, and joins a pipeline where it is wanted.

@pattern("drop-double-negation", EXACT, after="fold-constants")
def drop(op: nn.NegOp, rewriter: PatternRewriter) -> None: ...
"""

from collections.abc import Callable
from dataclasses import dataclass
from inspect import cleandoc, signature
from types import UnionType
from typing import TypeVar, Union, get_args, get_origin, get_type_hints

from xdsl.context import Context
from xdsl.dialects.builtin import ModuleOp
from xdsl.ir import Operation
from xdsl.passes import ModulePass
from xdsl.pattern_rewriter import PatternRewriter, RewritePattern

from ..errors import AipuError, nearest
from ..extensions import add, extension
from ..passes.authoring.promises import AipuPass, Semantics
from ..passes.authoring.rewriting import rewrite
from ..passes.pipelines import PIPELINES, Line
from ..passes.registry import PASSES

Pattern = TypeVar("Pattern", bound=Callable[..., None] | type[RewritePattern])
Kinds = tuple[type[Operation], ...]

JOINED: list[Line] = []
"""The stages that patterns of users are, by identity."""


def pattern(
    name: str, promise: Semantics, *, after: str | None = None
) -> Callable[[Pattern], Pattern]:
    """Make a pass of one pattern, and let it join a pipeline.

    The pattern is a function of an operator, whose type says what it matches, and a
    `PatternRewriter`; it may take the context as a third argument, for `weights_of`. Or
    it is a subclass of `RewritePattern` that is made without arguments.

    Args:
        name: of the pass, as on the command line.
        promise: what it does to values: `EXACT`, `approximate(1e-5)`, ...
        after: the pass, or the whole pipeline, behind which it runs from now on; by
            default only where it is named.

    Raises:
        AipuError: there is such a pass already, there is none to run after, or the
            function does not say what it matches.
    """

    def register(what: Pattern) -> Pattern:
        make = _maker(what)

        @dataclass(frozen=True)
        class PatternPass(AipuPass):
            def apply(self, ctx: Context, op: ModuleOp) -> None:
                rewrite(op, make(ctx))

        PatternPass.name, PatternPass.semantics = name, promise
        PatternPass.__doc__ = _said(what)
        PatternPass.__module__ = what.__module__

        def row() -> type[ModulePass]:
            return PatternPass

        add(what.__module__, PASSES, name, row, f"a pass '{name}'")
        if after is not None:
            _join(what.__module__, Line(name, _reason(what)), after)
        return what

    return register


class FunctionPattern(RewritePattern):
    """A pattern that a function is, for some kinds of operators."""

    def __init__(
        self, function: Callable[[Operation, PatternRewriter], None], kinds: Kinds
    ):
        self.function = function
        self.kinds = kinds

    def match_and_rewrite(self, op: Operation, rewriter: PatternRewriter) -> None:
        if isinstance(op, self.kinds):
            self.function(op, rewriter)


def _maker(
    what: Callable[..., None] | type[RewritePattern],
) -> Callable[[Context], RewritePattern]:
    """What makes the pattern, each time that its pass runs."""
    if isinstance(what, type):
        return lambda ctx: what()
    kinds = _kinds(what)
    takes_context = len(signature(what).parameters) == 3
    named = type(what.__name__, (FunctionPattern,), {})

    def made(ctx: Context) -> RewritePattern:
        if not takes_context:
            return named(what, kinds)
        return named(lambda op, rewriter: what(op, rewriter, ctx), kinds)

    return made


def _kinds(function: Callable[..., None]) -> Kinds:
    """The operators that a function matches: the type of its first argument."""
    hints = get_type_hints(function)
    first = next((name for name in signature(function).parameters), "")
    hint = hints.get(first)
    given = get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,)
    kinds = tuple(
        kind for kind in given if isinstance(kind, type) and issubclass(kind, Operation)
    )
    if len(kinds) < len(given):
        raise AipuError(
            f"the pattern {function.__name__} does not say what it matches",
            remedy="give its first argument the type of an operator: `op: nn.ClampOp`",
        )
    return kinds


def _said(what: Callable[..., None] | type[RewritePattern]) -> str:
    return cleandoc(what.__doc__ or "") or f"Apply the pattern {what.__name__}."


def _reason(what: Callable[..., None] | type[RewritePattern]) -> str:
    """What it says of itself, as reasons are written."""
    line = _said(what).splitlines()[0].rstrip(".")
    return line[:1].lower() + line[1:]


def _join(module: str, stage: Line, after: str) -> None:
    """Put a stage behind the first one that runs a pass, or at a pipeline's end."""
    pipeline, position = _position(after)
    _change(pipeline, lambda stages: stages.insert(position, stage))
    JOINED.append(stage)

    def leave() -> None:
        JOINED[:] = [each for each in JOINED if each is not stage]
        kept = tuple(each for each in PIPELINES[pipeline] if each is not stage)
        PIPELINES[pipeline] = kept

    extension(module).taking_back.append(leave)


def _change(pipeline: str, change: Callable[[list[Line]], None]) -> None:
    stages = [*PIPELINES[pipeline]]
    change(stages)
    PIPELINES[pipeline] = tuple(stages)


def _position(after: str) -> tuple[str, int]:
    """The pipeline and the position behind a pass, and behind what joined there."""
    if after in PIPELINES:
        return after, len(PIPELINES[after])
    for pipeline, stages in PIPELINES.items():
        for position, stage in enumerate(stages, start=1):
            if stage.text.partition("{")[0] == after:
                while any(
                    each is stages[position]
                    for each in JOINED
                    if position < len(stages)
                ):
                    position += 1
                return pipeline, position
    raise AipuError(
        f"no pipeline runs '{after}', to run after",
        remedy=nearest(after, [*PASSES, *PIPELINES]),
    )
