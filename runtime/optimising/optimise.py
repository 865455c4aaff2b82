"""What `aipu-opt` does: read modules, run passes over them, write what came of it.

What only some runs need is imported where they need it, so that a small text goes
through a pass in a few tenths of a second.
"""

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from xdsl.dialects.builtin import ModuleOp

from ...errors import AipuError
from ...extend.loading import loaded
from ...passes.authoring.context import AipuContext
from ...passes.registry import PASSES
from ...passes.running.pipeline import Planned, plan_pipeline, run_pipeline
from ...passes.running.verification.weights import weight_faults
from .reading import open_source, read_only
from .request import Request
from .watching import Watch, check_names, observers, text_of, watching_all

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
    if request.list_passes or request.show_dialects:
        from ...passes.running import listing

        if request.list_passes:
            listing.list_passes(PASSES, json=request.json)
        else:
            listing.list_dialects(json=request.json)
        return ()
    planned = _planned(request)
    if request.bisect or request.bisect_all:
        from .bisecting import bisect

        passes = [each.module_pass for each in planned]
        sys.stdout.write(bisect(request, passes, *read_only(request)))
        return ()
    with watching_all(request, planned) as watch:
        return _run_all(request, planned, watch)


def _planned(request: Request) -> list[Planned]:
    """The passes that are asked for, in order."""
    planned = plan_pipeline(request.pipeline, PASSES)
    for text in request.insert:
        from ...passes.running.insertion import insert

        planned = insert(planned, text, PASSES)
    check_names(request, planned)
    return planned


def _run_all(
    request: Request, planned: Sequence[Planned], watch: Watch
) -> Sequence[str]:
    """Run the passes over every part, and write the results."""
    passes = [each.module_pass for each in planned]
    with watch.step("reading"):
        source = open_source(request)
    results: list[str] = []
    errors: list[AipuError] = []
    for number, read in enumerate(source.parts):
        part = f"part-{number}" if len(source.parts) > 1 else ""
        try:
            with watch.step("reading"):
                module = read()
            watchers = [*watch.observers, *observers(request, passes, source, part)]
            run_pipeline(passes, module, source.context, watchers)
            if request.expect:
                from .trial import expect

                expect(request.expect, module, source.context)
            with watch.step("printing"):
                results.append(_checked_text(request, module, source.context))
        except AipuError as error:
            if not request.verify_diagnostics:
                raise
            errors.append(error)
    if request.verify_diagnostics:
        from ...passes.running import diagnostics

        found = diagnostics.diagnostics(errors, source.context.warnings.each())
        announced = diagnostics.expected_diagnostics(source.text)
        diagnostics.compare(announced, found, source.name)
    with watch.step("printing"):
        _write(request, results, source.context)
    if request.verify_diagnostics:
        return source.warnings
    return source.warnings + source.context.warnings.lines()


def _checked_text(request: Request, module: ModuleOp, context: AipuContext) -> str:
    """The text of a module that can be read back, if it is for a file."""
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
        from ...passes.running.writing import write_module

        write_module(request.output, text, context)
