"""Reading what `aipu-opt` works on: a model, a text, or the parts of a text."""

import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from xdsl.dialects.builtin import ModuleOp

from ...errors import AipuError
from ...passes.authoring.context import AipuContext
from ...passes.running.beside import weights_of_text
from ...passes.running.reading import read_module, split_input
from ...passes.running.verification import Fault
from ...passes.running.verification.weights import weight_faults
from ...pipes import refuse_pipe
from ..building.measuring import simulated_cost
from .request import Request

OF_MODELS = ("shape", "batch", "fix")
OF_TEXTS = ("split_input_file", "verify_diagnostics")


class Source(NamedTuple):
    """What is read: `parts` give the modules one after the other, each valid.

    text: as it was read; of a model there is none.
    warnings: what the user should know of a model.
    """

    name: str
    text: str
    context: AipuContext
    parts: Sequence[Callable[[], ModuleOp]]
    warnings: tuple[str, ...] = ()


def open_source(request: Request) -> Source:
    """What a run is asked to work on.

    Raises:
        AipuError: it cannot be read, or an option is not for its kind.
    """
    if request.is_text:
        _refuse(request, OF_MODELS, "a model")
        return _open_text(request)
    _refuse(request, OF_TEXTS, "a text")
    return _open_model(request, Path(request.name))


def read_only(request: Request) -> tuple[ModuleOp, AipuContext]:
    """The one module of a run, and its context.

    Raises:
        AipuError: it cannot be read, or there are several.
    """
    source = open_source(request)
    if len(source.parts) > 1:
        raise AipuError(
            f"expected one module, found {len(source.parts)}", place=source.name
        )
    return source.parts[0](), source.context


def _refuse(request: Request, arguments: tuple[str, ...], kind: str) -> None:
    """Refuse arguments that only inputs of another kind can have."""
    for name in arguments:
        if getattr(request, name):
            option = f"--{name.replace('_', '-')}"
            raise AipuError(f"{option} is for {kind}", place=str(request.file))


def _open_model(request: Request, path: Path) -> Source:
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
    context.measure = simulated_cost
    return Source(str(path), "", context, [lambda: model.module], model.warnings)


def _open_text(request: Request) -> Source:
    name, text = _read_text(request.name)
    context = _context(request, request.name)
    context.allow_unregistered = request.allow_unregistered_dialect
    parts = split_input(text) if request.split_input_file else [text]
    readers = [partial(_read_part, request, part, name, context) for part in parts]
    return Source(name, text, context, readers)


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
    path = request.weights or weights_of_text(Path(file))
    if request.weights is None and not path.is_file():
        return AipuContext()
    from ...dialects.semantics.weights import WeightStore

    context = AipuContext(WeightStore.load(path))
    context.measure = simulated_cost
    return context


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
