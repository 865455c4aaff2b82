"""What `aipu-opt` does: read a module, run passes over it, write what came of it.

What only some runs need is imported where they need it, so that a small text goes
through a pass in a few tenths of a second.
"""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from xdsl.dialects.builtin import ModuleOp
from xdsl.passes import ModulePass

from ...errors import AipuError
from ...passes.authoring.context import AipuContext
from ...passes.registry import PASSES
from ...passes.running.diagnostics import compare, expected_diagnostics
from ...passes.running.loading import load_passes
from ...passes.running.observer import Observer
from ...passes.running.pipeline import build_pipeline, run_pipeline
from ...passes.running.printing import Locations, PrintAfter, module_text
from ...passes.running.reading import read_module, split_input
from ...passes.running.timing import Timing
from ...passes.running.verification import Fault
from ...passes.running.verification.weights import weight_faults
from ...passes.running.writing import DumpAfter, weights_beside, write_module
from ...pipes import refuse_pipe


@dataclass(frozen=True)
class Request:
    """What a run of `aipu-opt` was asked for: its arguments, by their names."""

    file: str | None = None
    pass_pipeline: str = ""
    load_pass: tuple[Path, ...] = ()
    list_passes: bool = False
    json: bool = False
    output: Path | None = None
    weights: Path | None = None
    random_weights: int | None = None
    shape: tuple[tuple[str, tuple[int, ...]], ...] = ()
    batch: int | None = None
    fix: tuple[tuple[str, str], ...] = ()
    split_input_file: bool = False
    verify_diagnostics: bool = False
    print_ir_after_all: bool = False
    print_ir_after_change: bool = False
    print_debuginfo: bool = False
    print_op_generic: bool = False
    dump_dir: Path | None = None
    timing: bool = False
    traceback: bool = False
    check_numerics: bool = False
    data: Path | None = None


OF_MODELS = ("shape", "batch", "fix")
OF_TEXTS = ("split_input_file", "verify_diagnostics")


def optimise(request: Request) -> Sequence[str]:
    """Read what is asked for, run the passes, write the result.

    Returns:
        What the user should know of the model, or of what passes did.

    Raises:
        AipuError: anything is wrong with the input, a pass or the output; or, with
            `verify_diagnostics`, an error is not one that the text announces.
    """
    registry = load_passes(request.load_pass, PASSES)
    if request.list_passes:
        from ...passes.running.listing import list_passes

        list_passes(registry, json=request.json)
        return ()
    passes = build_pipeline(request.pass_pipeline, registry)
    file = request.file or "-"
    if file == "-" or Path(file).suffix == ".mlir":
        _refuse(request, OF_MODELS, "a model")
        return _optimise_text(request, file, passes)
    _refuse(request, OF_TEXTS, "a text")
    return _optimise_model(request, Path(file), passes)


def _refuse(request: Request, arguments: tuple[str, ...], kind: str) -> None:
    """Refuse arguments that only inputs of another kind can have."""
    for name in arguments:
        if getattr(request, name):
            option = f"--{name.replace('_', '-')}"
            raise AipuError(f"{option} is for {kind}", place=str(request.file))


def _optimise_model(
    request: Request, path: Path, passes: list[ModulePass]
) -> Sequence[str]:
    from ...frontends.formats import importer
    from ..building.fixed_values import read_fixed

    model = importer(path, request.weights)(
        path,
        shapes=dict(request.shape),
        batch=request.batch,
        random_weights=request.random_weights,
        fixed=read_fixed(request.fix),
    )
    context = AipuContext(model.weights)
    _write(request, [_run(request, passes, model.module, context)], context)
    return model.warnings + context.warnings.lines()


def _optimise_text(
    request: Request, file: str, passes: list[ModulePass]
) -> Sequence[str]:
    name, text = _read_text(file)
    context = _context(request, file)
    results: list[str] = []
    errors: list[AipuError] = []
    for part in split_input(text) if request.split_input_file else [text]:
        try:
            module = _read_part(request, part, name, context)
            results.append(_run(request, passes, module, context))
        except AipuError as error:
            if not request.verify_diagnostics:
                raise
            errors.append(error)
    if request.verify_diagnostics:
        compare(expected_diagnostics(text), errors, name)
    _write(request, results, context)
    return context.warnings.lines()


def _read_text(file: str) -> tuple[str, str]:
    """The name of an input, and its text."""
    name = "<stdin>" if file == "-" else file
    if file != "-":
        refuse_pipe(Path(file))
    try:
        data = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
        return name, data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise AipuError(f"not a text in UTF-8: {error.reason}", place=name) from error
    except OSError as error:
        raise AipuError(f"cannot read: {error.strerror}", place=name) from error


def _context(request: Request, file: str) -> AipuContext:
    """A context with the weights that are asked for, or that lie beside the text."""
    path = request.weights or weights_beside(Path(file))
    if request.weights is None and not path.is_file():
        return AipuContext()
    from ...dialects.semantics.weights import WeightStore

    return AipuContext(WeightStore.load(path))


def _read_part(
    request: Request, text: str, name: str, context: AipuContext
) -> ModuleOp:
    """A valid module, with its weights if there are any."""

    def weights_fit(module: ModuleOp) -> Fault | None:
        if request.random_weights is not None:
            from ...passes.running.weights import draw_missing_weights

            draw_missing_weights(module, context.weights, request.random_weights)
        if not context.has_weights:
            return None
        return next(weight_faults(module, context.weights), None)

    lines_only = request.verify_diagnostics
    return read_module(text, name, context, lines_only=lines_only, rules=[weights_fit])


def _run(
    request: Request, passes: list[ModulePass], module: ModuleOp, context: AipuContext
) -> str:
    """Run the passes over a module, watched as asked for; return its text."""
    observers = list(_observers(request, passes, context))
    run_pipeline(passes, module, context, observers)
    if request.output is not None and context.has_weights:
        _check_readable(module, context, request.output)
    return _text(request, module)


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


def _observers(
    request: Request, passes: Sequence[ModulePass], context: AipuContext
) -> Iterator[Observer]:
    if request.timing:
        yield Timing()
    if request.print_ir_after_all or request.print_ir_after_change:
        changes_only = not request.print_ir_after_all
        yield PrintAfter(partial(_text, request), changes_only=changes_only)
    if request.dump_dir is not None:
        yield DumpAfter(request.dump_dir, context)
    if request.check_numerics:
        from ...passes.running.numerics import CheckNumerics
        from .draws import draws
        from .numerics import Executable

        draw = partial(draws, data=request.data or _calibration_data(passes))
        yield CheckNumerics(Executable, draw, context.weights)


def _calibration_data(passes: Sequence[ModulePass]) -> Path | None:
    """The samples that a pass is given as its option `data`, if one is."""
    given = (getattr(each, "data", "") for each in passes)
    return next((Path(file) for file in given if file and isinstance(file, str)), None)


def _text(request: Request, module: ModuleOp) -> str:
    read_back = Locations.NONE if request.output is None else Locations.NAMES
    locations = Locations.ALL if request.print_debuginfo else read_back
    return module_text(module, locations, generic=request.print_op_generic)


def _write(request: Request, results: list[str], context: AipuContext) -> None:
    text = "// -----\n".join(results)
    if request.output is None:
        sys.stdout.write(text)
    else:
        write_module(request.output, text, context)
