"""A smaller module with the same failure: what `aipu reduce` does."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from xdsl.dialects.builtin import ModuleOp
from xdsl.dialects.func import FuncOp, ReturnOp

from ...dialects import nn
from ...errors import AipuError
from ...extend.loading import loaded
from ...passes.authoring.context import AipuContext
from ...passes.running.printing import Locations, module_text
from ...passes.running.verification import first_fault
from ...passes.running.writing import write_module
from ..building.used_weights import used_weights
from .delta import fewest
from .program_subset import instructions, of_some_instructions, works
from .reading import read_only
from .reproducing import Case, opened, trial_of
from .request import Request
from .subset import of_each_function, of_some, operators
from .trial import Trial, same_fault

REPRODUCER = ".zip"

Fails = Callable[[ModuleOp], bool]
"""Whether a module fails, in the way that is wanted."""


@dataclass(frozen=True)
class Reduced:
    """What came of it: the module as a text, its failure, and operators by number."""

    text: str
    error: AipuError
    before: int
    after: int


def reduce(request: Request) -> Reduced:
    """Reduce the module of a request, or of a reproducer, and write what is left.

    Raises:
        AipuError: it cannot be read or written; or nothing fails.
    """
    if Path(request.name).suffix == REPRODUCER:
        with opened(Path(request.name)) as (folder, recipe):
            asked = replace(recipe.request(folder), output=request.output)
            return reduce(asked)
    with loaded(request.load):
        return _reduce(request)


def _reduce(request: Request) -> Reduced:
    """The same with all extensions there."""
    module, context = read_only(request)
    trial = trial_of(request)
    error = trial.failure(module, context)
    if error is None:
        raise AipuError(
            "nothing fails: there is no failure to keep",
            place=request.name,
            remedy="say what does: the passes by -p, --check-numerics for values, or "
            "by --expect a command that succeeds on good modules",
        )
    smaller = _smaller(module, context, trial, error)
    last = trial.failure(smaller, context) or error
    if request.output is not None:
        _write(request, request.output, Case(smaller, context, trial.passes, request))
    text = module_text(smaller, Locations.NAMES)
    return Reduced(text, last, _size(module), _size(smaller))


def _smaller(
    module: ModuleOp, context: AipuContext, trial: Trial, error: AipuError
) -> ModuleOp:
    """The smallest module that is found to fail in the same way."""

    def fails(other: ModuleOp) -> bool:
        if first_fault(other) is not None:
            return False
        return same_fault(error, trial.failure(other, context))

    inner = (other for other in of_each_function(module) if fails(other))
    module = next(inner, module)

    def happens(numbers: Sequence[int]) -> bool:
        return fails(of_some(module, numbers))

    every = range(len(operators(module)))
    if every and happens(every):
        module = of_some(module, fewest(every, happens))
    return _smaller_program(module, fails)


def _smaller_program(module: ModuleOp, fails: Fails) -> ModuleOp:
    """The same for the instructions of a module: pieces of work, then single ones."""
    module = _of_fewest_parts(module, works(module), fails)
    single = [[number] for number in range(len(instructions(module)))]
    return _of_fewest_parts(module, single, fails)


def _of_fewest_parts(
    module: ModuleOp, parts: Sequence[Sequence[int]], fails: Fails
) -> ModuleOp:
    """A module of the fewest parts of its instructions with which it fails."""

    def smaller(some: Sequence[int]) -> ModuleOp:
        numbers = {number for part in some for number in parts[part]}
        return of_some_instructions(module, numbers)

    def happens(some: Sequence[int]) -> bool:
        return fails(smaller(some))

    every = range(len(parts))
    if not every or not happens(every):
        return module
    return smaller(fewest(every, happens))


def _write(request: Request, output: Path, case: Case) -> None:
    if output.suffix == REPRODUCER:
        error = trial_of(request).failure(case.module, case.context)
        assert error is not None
        case.save(output, error)
        return
    context = AipuContext(used_weights([case.module], case.context.weights))
    write_module(output, module_text(case.module, Locations.NAMES), context)


def _size(module: ModuleOp) -> int:
    """How many operators there are, in all functions and groups."""
    frame = (ModuleOp, FuncOp, ReturnOp, nn.WeightOp)
    return sum(not isinstance(op, frame) for op in module.walk())
