"""What `aipu-opt` does: read modules, run passes over them, write what came of it.

What only some runs need is imported where they need it, so that a small text goes
through a pass in a few tenths of a second.
"""

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from xdsl.dialects.builtin import ModuleOp
from xdsl.passes import ModulePass

from ...errors import AipuError
from ...extend.loading import loaded
from ...passes.authoring.context import AipuContext
from ...passes.registry import PASSES
from ...passes.running.pipeline import build_pipeline, run_pipeline
from ...passes.running.timing import Timing
from ...passes.running.verification.weights import weight_faults
from ...passes.running.writing import write_module
from .reading import Source, open_source, read_only
from .request import Request
from .watching import observers, text_of

STANDARD_OUTPUT = Path("-")


def optimise(request: Request) -> Sequence[str]:
    """Read what is asked for, run the passes, write the result.

    Returns:
        What the user should know of the model, or of what passes did.

    Raises:
        AipuError: anything is wrong with the input, a pass or the output; or, with
            `verify_diagnostics`, an error is not one that the text announces.
    """
    if request.output == STANDARD_OUTPUT:
        return optimise(replace(request, output=None))
    if request.run_reproducer is not None:
        from .reproducing import replay

        return replay(request, optimise)
    with loaded(request.load):
        return _optimise(request)


def _optimise(request: Request) -> Sequence[str]:
    """The same with all extensions there."""
    if request.list_passes:
        from ...passes.running.listing import list_passes

        list_passes(PASSES, json=request.json)
        return ()
    passes = build_pipeline(request.pipeline, PASSES)
    if request.bisect or request.bisect_all:
        from .bisecting import bisect

        sys.stdout.write(bisect(request, passes, *read_only(request)))
        return ()
    return _run_all(request, open_source(request), passes)


def _run_all(
    request: Request, source: Source, passes: list[ModulePass]
) -> Sequence[str]:
    """Run the passes over every part, and write the results."""
    results: list[str] = []
    errors: list[AipuError] = []
    for number, read in enumerate(source.parts):
        part = f"part-{number}" if len(source.parts) > 1 else ""
        try:
            results.append(_run(request, passes, read(), source.context, part))
        except AipuError as error:
            if not request.verify_diagnostics:
                raise
            errors.append(error)
    if request.verify_diagnostics:
        from ...passes.running.diagnostics import compare, expected_diagnostics

        compare(expected_diagnostics(source.text), errors, source.name)
    _write(request, results, source.context)
    return source.warnings + source.context.warnings.lines()


def _run(
    request: Request,
    passes: list[ModulePass],
    module: ModuleOp,
    context: AipuContext,
    part: str,
) -> str:
    """Run the passes over a module, watched as asked for; return its text."""
    watchers = list(observers(request, passes, context, part))
    if request.timing:
        watchers.insert(0, Timing())
    run_pipeline(passes, module, context, watchers)
    if request.output is not None and context.has_weights:
        _check_readable(module, context, request.output)
    return text_of(request, module)


def _check_readable(module: ModuleOp, context: AipuContext, output: Path) -> None:
    """Check that what is to be written could be read: with every weight it names.

    Raises:
        AipuError: passes have added weights to a text whose own are not there.
    """
    for fault in weight_faults(module, context.weights):
        raise AipuError(
            f"{fault.message}, so {output} could not be read back",
            place=fault.error().place,
            remedy="give the weights of the input: --weights, or --random-weights",
        )


def _write(request: Request, results: list[str], context: AipuContext) -> None:
    text = "// -----\n".join(results)
    if request.output is None:
        sys.stdout.write(text)
    else:
        write_module(request.output, text, context)
