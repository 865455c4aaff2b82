"""Try the ranges that a calibration leaves open; keep what alters the outputs least.

    %1 = nn.add %0, %b {range = [-9.0, 40.0],              %1 = nn.add %0, %b
           ranges = [[-9.0, 40.0], [-3.0, 12.0]]}    ==>          {range = [-3.0, 12.0]}

How much of its largest values a tensor can do without cannot be told from the values:
of a network for keywords, a frame of digital silence reaches further than all speech,
and says no more than that nobody speaks. So the first ranges of all tensors are tried
together, then the second ones, each time by quantising the network and running it on
samples.

Needs `calibrate` before, comes before `narrow-ranges`. Where nothing is left to choose,
nothing is done.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

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
from .calibration.samples import Input, batches
from .context import AipuContext, weights_of
from .correct_biases import CorrectBiasesPass
from .functions import input_name, main_function
from .narrow_ranges import NarrowRangesPass
from .quantise_operators import QuantiseOperatorsPass
from .semantics import EXACT, AipuPass

TRIAL_BATCHES = 100
"""At most so many are tried, evenly taken from all."""

DIGITS = 3
"""Of an error: what sums differ by on other machines must not decide."""

Arrays = Sequence[np.ndarray]
Candidate = tuple[Range, ...]
"""A range for each tensor."""


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
        errors: dict[Candidate, float] = {}
        for candidate in zip(*candidates.values(), strict=True):
            if candidate not in errors:
                choose(candidates, candidate)
                errors[candidate] = trial.error()
        choose(candidates, min(errors, key=errors.__getitem__))

    def trial(self, ctx: Context, module: ModuleOp) -> "Trial":
        assert isinstance(ctx, AipuContext)
        function = main_function(module)
        inputs = [Input(input_name(each), nn.shape(each)) for each in function.args]
        samples = CalibratePass(data=self.data).samples(ctx, inputs)
        runs = list(batches(samples, inputs))
        chosen = np.linspace(0, len(runs) - 1, min(len(runs), TRIAL_BATCHES))
        passes = (
            NarrowRangesPass(),
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
        self.expected = self.results(main_function(module), ctx)

    def error(self) -> float:
        """How far the quantised outputs are off, on average, from 0 to 1.

        Every run weighs the same, however large its outputs are.
        """
        module, ctx = self.module.clone(), self.ctx.clone()
        for each in self.passes:
            each.apply(ctx, module)
        found = self.results(main_function(module), ctx)
        each_run = [
            np.mean([*map(distance, outputs, reals)])
            for outputs, reals in zip(found, self.expected, strict=True)
        ]
        return float(f"{np.mean(each_run):.{DIGITS - 1}e}")

    def results(self, function: FuncOp, ctx: AipuContext) -> list[Arrays]:
        """The outputs of each run, the same with any number of threads."""
        with threadpool_limits(1):
            return [
                evaluate(function, run, weights_of(ctx), precision=np.float64)
                for run in self.runs
            ]


def tensors(module: ModuleOp) -> list[SSAValue]:
    """All that a range can be said of."""
    block = main_function(module).body.block
    return [*block.args, *(result for op in block.ops for result in op.results)]


def choose(tensors: Iterable[SSAValue], candidate: Candidate) -> None:
    """Give every tensor its range."""
    for value, (low, high) in zip(tensors, candidate, strict=True):
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
