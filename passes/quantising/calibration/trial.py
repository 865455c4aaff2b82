"""How well a network does with a choice of ranges, measured by its outputs.

Errors are the same with any number of threads, and nearly so on any machine.
"""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from xdsl.dialects.builtin import ModuleOp
from xdsl.dialects.func import FuncOp
from xdsl.ir import SSAValue
from xdsl.passes import ModulePass

from ....dialects.semantics.evaluate import evaluate
from ....dialects.semantics.one_thread import on_one_thread
from ...authoring.context import AipuContext
from ...authoring.functions import main_function
from ...authoring.ranges import RANGE, Range, as_range, read, write_range
from .cuts import Choice

FEWEST, BEHIND = 10, 1.25
"""After so many runs a choice is given up if its errors are so many times the best's.

Before, chance decides too much: a few samples have most of the error.
"""

DIGITS = 3
"""Of an error: what sums differ by on other machines must not decide."""

Arrays = Sequence[np.ndarray]
Totals = Sequence[float]
"""The sum of the errors after each run."""


class Trial:
    """A network in reals, to be quantised by some passes and compared with itself.

    narrow: makes ranges narrower; choices that it makes equal are tried once.
    passes: what quantises it then.
    runs: the inputs, run by run.
    """

    def __init__(
        self,
        ctx: AipuContext,
        module: ModuleOp,
        narrow: ModulePass,
        passes: Sequence[ModulePass],
        runs: Sequence[Arrays],
    ):
        self.ctx = ctx
        self.module = module
        self.narrow = narrow
        self.passes = passes
        self.runs = runs
        self.expected = list(self.results(main_function(module), ctx))
        self.tried: dict[tuple[Range, ...], Totals] = {}

    def best(self, choices: Iterable[Choice]) -> Choice:
        """The choice of ranges with the least error; of equals the first."""
        best, *others = choices
        least = self.totals(best)
        for choice in others:
            totals = self.totals(choice, least)
            if len(totals) == len(least) and rounded(totals[-1]) < rounded(least[-1]):
                best, least = choice, totals
        return best

    def totals(self, choice: Choice, least: Totals | None = None) -> Totals:
        """How far the quantised outputs are off; only a start if that is clearly more.

        Every run adds from 0 to 1, however large its outputs are.
        """
        write_choice(choice)
        module, ctx = self.module.clone(), self.ctx.clone()
        self.narrow.apply(ctx, module)
        key = ranges_of(module)
        if key not in self.tried:
            for each in self.passes:
                each.apply(ctx, module)
            results = self.results(main_function(module), ctx)
            self.tried[key] = list(self.accumulated(results, least))
        return self.tried[key]

    def accumulated(
        self, results: Iterable[Arrays], least: Totals | None
    ) -> Iterator[float]:
        """The errors so far, after each run, as long as there is hope."""
        total = 0.0
        pairs = zip(results, self.expected, strict=True)
        for number, (found, reals) in enumerate(pairs):
            if least and number >= FEWEST and total > BEHIND * least[number - 1]:
                return
            total += float(np.mean([*map(distance, found, reals)]))
            yield total

    def results(self, function: FuncOp, ctx: AipuContext) -> Iterator[Arrays]:
        """The outputs of each run."""
        for run in self.runs:
            with on_one_thread():
                yield evaluate(function, run, ctx.weights, precision=np.float64)


def tensors(module: ModuleOp) -> list[SSAValue]:
    """All that a range can be said of."""
    block = main_function(module).body.block
    return [*block.args, *(result for op in block.ops for result in op.results)]


def ranges_of(module: ModuleOp) -> tuple[Range, ...]:
    """The ranges of all tensors that have one."""
    found = (as_range(read(value, RANGE)) for value in tensors(module))
    return tuple(each for each in found if each is not None)


def write_choice(choice: Choice) -> None:
    """Give every tensor its range."""
    for value, (low, high) in choice.items():
        write_range(value, low, high)


def rounded(error: float) -> float:
    return float(f"{error:.{DIGITS - 1}e}")


def distance(found: np.ndarray, expected: np.ndarray) -> float:
    """How far an output is off: of reals `|found - expected| / |expected|`, 1 at most.

    Of integers, such as classes, the share of those that differ.
    """
    if expected.dtype.kind != "f":
        return float(np.mean(found != expected))
    if not np.isfinite(found).all():
        return 1.0
    size, off = np.linalg.norm(expected), np.linalg.norm(found - expected)
    return float(min(off / size, 1.0)) if size else float(off > 0)
