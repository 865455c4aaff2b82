"""Who watches the passes of `aipu-opt`, as it was asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from xdsl.dialects.builtin import ModuleOp
from xdsl.passes import ModulePass

from ...errors import AipuError, nearest
from ...passes.running.observer import Observer
from ...passes.running.pipeline import Planned
from ...passes.running.printing import Locations, module_text
from .reading import Source
from .request import Request

if TYPE_CHECKING:
    from ...passes.running.statistics import Statistics
    from ...passes.running.timing import Timing


def _untimed(_: str) -> AbstractContextManager[None]:
    return nullcontext()


class Watch(NamedTuple):
    """Who watches a whole run, and what its steps are timed with."""

    observers: Sequence[Observer]
    step: Callable[[str], AbstractContextManager[None]]


@contextmanager
def watching_all(request: Request, passes: Sequence[Planned]) -> Iterator[Watch]:
    """What watches all parts of a run, and tells of it in the end, whatever that is."""
    reporters: list[Statistics | Timing] = []
    step = _untimed
    if request.statistics:
        from ...passes.running.statistics import Statistics

        reporters.append(Statistics())
    if request.timing:
        from ...passes.running.timing import Timing

        timing = Timing(passes)
        reporters.append(timing)
        step = timing.step
    try:
        yield Watch(reporters, step)
    finally:
        for reporter in reporters:
            reporter.report(json=request.json)


def check_names(request: Request, passes: Sequence[Planned]) -> None:
    """Check that every pass that is to be shown is in the pipeline.

    Raises:
        AipuError: one is not.
    """
    known = [each.module_pass.name for each in passes]
    for name in (*request.print_ir_before, *request.print_ir_after):
        if name not in known:
            raise AipuError(
                f"no pass '{name}' in the pipeline to print the module at",
                remedy=nearest(name, known),
            )


def observers(
    request: Request, passes: Sequence[ModulePass], source: Source, part: str = ""
) -> Iterator[Observer]:
    """Those that a request asks for; the last may find a fault.

    Args:
        part: of a text in several parts, the name of the one that is run.
    """
    context = source.context
    text = partial(text_of, request)
    if _shows(request):
        from ...passes.running.showing import EVERY, PrintIR

        yield PrintIR(
            text,
            EVERY if request.print_ir_before_all else request.print_ir_before,
            EVERY if request.print_ir_after_all else request.print_ir_after,
            on_change=request.print_ir_after_change,
        )
    if request.print_ir_diff:
        from ...passes.running.showing import PrintDiff
        from .cycles import cycles

        yield PrintDiff(text, partial(cycles, context=context, passes=passes))
    if request.dump_dir is not None:
        from ...passes.running.dumping import DumpAfter

        yield DumpAfter(request.dump_dir / part, context)
    if request.reproducer is not None:
        from .reproducing import Reproducing

        yield Reproducing(request, passes, context)
    if request.check_numerics:
        from .promise_check import numerics_check

        yield numerics_check(passes, context, request.data)


def _shows(request: Request) -> bool:
    """Whether a module is to be shown before or after any pass."""
    return bool(
        request.print_ir_before_all
        or request.print_ir_before
        or request.print_ir_after_all
        or request.print_ir_after
        or request.print_ir_after_change
    )


def text_of(request: Request, module: ModuleOp) -> str:
    """A module as it is to be printed."""
    read_back = Locations.NONE if request.output is None else Locations.NAMES
    locations = Locations.ALL if request.print_debuginfo else read_back
    return module_text(module, locations, generic=request.print_op_generic)
