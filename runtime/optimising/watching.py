"""Who watches the passes of `aipu-opt`, as it was asked for."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

from xdsl.dialects.builtin import ModuleOp
from xdsl.passes import ModulePass

from ...passes.authoring.context import AipuContext
from ...passes.running.observer import Observer
from ...passes.running.printing import Locations, PrintAfter, module_text
from .request import Request


def observers(
    request: Request,
    passes: Sequence[ModulePass],
    context: AipuContext,
    part: str = "",
) -> Iterator[Observer]:
    """Those that a request asks for; the last may find a fault.

    Args:
        part: of a text in several parts, the name of the one that is run.
    """
    if request.print_ir_after_all or request.print_ir_after_change:
        changes_only = not request.print_ir_after_all
        yield PrintAfter(partial(text_of, request), changes_only=changes_only)
    if request.dump_dir is not None:
        from ...passes.running.writing import DumpAfter

        yield DumpAfter(request.dump_dir / part, context)
    if request.reproducer is not None:
        from .reproducing import Reproducing

        yield Reproducing(request, passes, context)
    if request.check_numerics:
        yield numerics_check(passes, context, request.data)


def numerics_check(
    passes: Sequence[ModulePass],
    context: AipuContext,
    data: Path | None,
    say: Callable[[str], object] | None = None,
) -> Observer:
    """What holds passes to their promises, on samples of their own if they have any.

    Args:
        say: told what is found; default: the standard error is.
    """
    from ...passes.running.numerics import CheckNumerics
    from .draws import draws
    from .numerics import Executable

    draw = partial(draws, data=data or calibration_data(passes))
    return CheckNumerics(Executable, draw, context.weights, say)


def calibration_data(passes: Sequence[ModulePass]) -> Path | None:
    """The samples that a pass is given as its option `data`, if one is."""
    given = (getattr(each, "data", "") for each in passes)
    return next((Path(file) for file in given if file and isinstance(file, str)), None)


def text_of(request: Request, module: ModuleOp) -> str:
    """A module as it is to be printed."""
    read_back = Locations.NONE if request.output is None else Locations.NAMES
    locations = Locations.ALL if request.print_debuginfo else read_back
    return module_text(module, locations, generic=request.print_op_generic)
