"""Try the ranges that a calibration leaves open; keep what alters the outputs least.

    %1 = nn.add %0, %b {range = [-9.0, 40.0],              %1 = nn.add %0, %b
           ranges = [[-9.0, 40.0], [-3.0, 12.0]]}    ==>          {range = [-3.0, 12.0]}

How much of its largest values a tensor can do without cannot be told from the values:
of a network for keywords, a frame of digital silence reaches further than all speech,
and says no more than that nobody speaks. So the first ranges of all tensors are tried
together, then the second ones, each time by quantising the network and running it on
samples. Then sums and products are cut off at ever smaller values: what a recurrent
network accumulates over its steps reaches far beyond what the rest of it can tell
apart, and there are few such values.

Needs `calibrate` before, comes before `narrow-ranges`. Where nothing is left to choose,
nothing is done.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter

import numpy as np
from threadpoolctl import threadpool_limits
from xdsl.context import Context
from xdsl.dialects.builtin import ModuleOp
from xdsl.dialects.func import FuncOp
from xdsl.ir import SSAValue
from xdsl.passes import ModulePass

from ..dialects import nn
from ..dialects.semantics.evaluate import evaluate
from .calibrate import CalibratePass
from .calibration.attributes import Range, take_candidates, write_range
from .calibration.samples import Input, batches, noise
from .context import AipuContext, weights_of
from .correct_biases import CorrectBiasesPass
from .functions import input_name, main_function
from .narrow_ranges import NarrowRangesPass
from .quantisation.scales import significant
from .quantise_operators import QuantiseOperatorsPass
from .semantics import EXACT, AipuPass

TRIAL_BATCHES = 50
"""At most so many are tried, evenly taken from all."""

DIGITS = 3
"""Of an error: what sums differ by on other machines must not decide."""

ELEMENTWISE = (nn.AddOp, nn.SubOp, nn.MulOp)

BOUNDS = (1.0, 0.7, 0.5, 0.35, 0.25, 0.18, 0.125)
"""Where sums and products are cut off, as parts of the largest of them."""

Arrays = Sequence[np.ndarray]
Choice = Mapping[SSAValue, Range]


@dataclass(frozen=True)
class ChooseRangesPass(AipuPass):
    """Of several ranges, every tensor has the one of the candidate that does best.

    data: an `.npy` or `.npz` of samples, in place of those of the context.
    arithmetic: as in `quantise-operators`.
    """

    name = "choose-ranges"
    semantics = EXACT

    data: str = ""
    arithmetic: str = "aipu"

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        candidates = {
            value: found for value in tensors(op) if (found := take_candidates(value))
        }
        if not candidates:
            return
        trial = self.trial(ctx, op)
        tried = zip(*candidates.values(), strict=True)
        choice = trial.best(dict(zip(candidates, each, strict=True)) for each in tried)
        write(trial.best(bounded(choice, part) for part in BOUNDS))

    def trial(self, ctx: Context, module: ModuleOp) -> "Trial":
        assert isinstance(ctx, AipuContext)
        function = main_function(module)
        inputs = [Input(input_name(each), nn.shape(each)) for each in function.args]
        samples = CalibratePass(data=self.data).samples(ctx, inputs)
        runs = list(batches(samples or noise(inputs), inputs))
        chosen = np.linspace(0, len(runs) - 1, min(len(runs), TRIAL_BATCHES))
        passes = (
            NarrowRangesPass(self.arithmetic),
            CorrectBiasesPass(self.arithmetic),
            QuantiseOperatorsPass(self.arithmetic),
        )
        return Trial(ctx, module, passes, [runs[int(number)] for number in chosen])


class Trial:
    """A network in reals, to be quantised by some passes and compared with itself."""

    def __init__(
        self,
        ctx: AipuContext,
        module: ModuleOp,
        passes: Sequence[ModulePass],
        runs: Sequence[Arrays],
    ):
        self.ctx = ctx
        self.module = module
        self.passes = passes
        self.runs = runs
        self.expected = list(self.results(main_function(module), ctx))
        self.errors: dict[tuple[Range, ...], float] = {}

    def best(self, choices: Iterable[Choice]) -> Choice:
        """The choice of ranges with the least error; of equals the first."""
        errors: list[tuple[float, Choice]] = []
        for choice in choices:
            least = min((error for error, _ in errors), default=np.inf)
            key = tuple(choice.values())
            if key not in self.errors:
                self.errors[key] = self.error(choice, least)
            errors.append((self.errors[key], choice))
        return min(errors, key=itemgetter(0))[1]

    def error(self, choice: Choice, least: float) -> float:
        """How far the quantised outputs are off, on average, from 0 to 1.

        Every run weighs the same, however large its outputs are. Infinite as soon as it
        is clear that it exceeds `least`.
        """
        write(choice)
        module, ctx = self.module.clone(), self.ctx.clone()
        for each in self.passes:
            each.apply(ctx, module)
        total, most = 0.0, least * len(self.runs)
        for found, reals in zip(
            self.results(main_function(module), ctx), self.expected, strict=True
        ):
            total += float(np.mean([*map(distance, found, reals)]))
            if total > most:
                return np.inf
        return float(f"{total / len(self.runs):.{DIGITS - 1}e}")

    def results(self, function: FuncOp, ctx: AipuContext) -> Iterator[Arrays]:
        """The outputs of each run, the same with any number of threads."""
        for run in self.runs:
            with threadpool_limits(1):
                yield evaluate(function, run, weights_of(ctx), precision=np.float64)


def tensors(module: ModuleOp) -> list[SSAValue]:
    """All that a range can be said of."""
    block = main_function(module).body.block
    return [*block.args, *(result for op in block.ops for result in op.results)]


def bounded(choice: Choice, part: float) -> Choice:
    """No sum or product reaches further than a part of what the largest does."""
    elementwise = [v for v in choice if isinstance(v.owner, ELEMENTWISE)]
    ends = (abs(end) for value in elementwise for end in choice[value])
    bound = significant(part * max(ends, default=0.0))
    cut = {
        value: (max(low, -bound), min(high, bound))
        for value, (low, high) in choice.items()
        if value in elementwise
    }
    return {**choice, **cut}


def write(choice: Choice) -> None:
    """Give every tensor its range."""
    for value, (low, high) in choice.items():
        write_range(value, low, high)


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
