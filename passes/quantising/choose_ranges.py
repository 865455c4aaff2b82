"""Try the ranges that a calibration leaves open; keep what alters the outputs least.

    %1 = nn.add %0, %b {range = [-9.0, 40.0],              %1 = nn.add %0, %b
           ranges = [[-9.0, 40.0], [-3.0, 12.0]]}    ==>          {range = [-3.0, 12.0]}

How much of its largest values a tensor can do without cannot be told from the values:
of a network for keywords, a frame of digital silence reaches further than all speech,
and says no more than that nobody speaks. So the first ranges of all tensors are tried
together, then the second ones, each time by quantising the network and running it on
samples. Then the inputs are cut off at one value after another, and so are sums and
products: what a recurrent network accumulates over its steps reaches far beyond what
the rest of it can tell apart, and there are few such values.

Needs `calibrate` before, comes before `narrow-ranges`. Where nothing is left to choose,
nothing is done.
"""

from dataclasses import dataclass
from math import isclose

import numpy as np
from xdsl.context import Context
from xdsl.dialects.builtin import ModuleOp
from xdsl.ir import OpResult, SSAValue

from ...dialects import nn
from ..authoring.context import AipuContext
from ..authoring.functions import main_function
from ..authoring.places import runs_on_machine
from ..authoring.promises import EXACT, AipuPass
from ..authoring.ranges import Range, take_candidates
from .arithmetic.scales import significant, symmetric
from .calibrate import CalibratePass
from .calibration.network_input import network_inputs
from .calibration.samples import batches, noise
from .calibration.trial import Choice, Trial, tensors, write_choice
from .correct_biases import CorrectBiasesPass
from .guard_quotients import GuardQuotientsPass
from .narrow_ranges import NarrowRangesPass
from .quantise_operators import QuantiseOperatorsPass

TRIAL_BATCHES = 40
"""At most so many are tried, evenly taken from all."""

SUMS = (nn.AddOp, nn.SubOp, nn.MulOp)

ROUNDING = 1e-5
"""Of the ends of a range, which keep six digits."""

PARTS = (1.0, 0.7, 0.5, 0.35, 0.25, 0.18, 0.125)
"""Where ranges are cut off, as parts of how far they reach."""


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
        together = zip(*candidates.values(), strict=True)
        choice = trial.best(
            dict(zip(candidates, each, strict=True)) for each in together
        )
        inputs = {v: ranges[0] for v, ranges in candidates.items() if is_input(v)}
        choice = trial.best(
            [choice, *(choice | each_cut(inputs, part) for part in PARTS)]
        )
        sums = {v: ends for v, ends in choice.items() if isinstance(v.owner, SUMS)}
        write_choice(trial.best(choice | all_cut(sums, part) for part in PARTS))

    def trial(self, ctx: Context, module: ModuleOp) -> Trial:
        assert isinstance(ctx, AipuContext)
        function = main_function(module)
        inputs = network_inputs(function)
        samples = CalibratePass(data=self.data).samples(ctx, inputs)
        runs = list(batches(samples or noise(inputs), inputs))
        chosen = np.linspace(0, len(runs) - 1, min(len(runs), TRIAL_BATCHES))
        return Trial(
            ctx,
            module,
            narrow=NarrowRangesPass(self.arithmetic),
            passes=(
                CorrectBiasesPass(self.arithmetic),
                QuantiseOperatorsPass(self.arithmetic),
                GuardQuotientsPass(),
            ),
            runs=[runs[int(number)] for number in chosen],
        )


def is_input(value: SSAValue) -> bool:
    """Whether the machine gets a tensor from the host."""
    return not (isinstance(value, OpResult) and runs_on_machine(value.op))


def each_cut(ranges: Choice, part: float) -> Choice:
    """No range reaches further than a part of what it did."""
    return {value: cut(ends, part * reach(ends)) for value, ends in ranges.items()}


def all_cut(ranges: Choice, part: float) -> Choice:
    """No range reaches further than a part of what the widest did."""
    bound = part * max(map(reach, ranges.values()), default=0.0)
    return {value: cut(ends, bound) for value, ends in ranges.items()}


def reach(ends: Range) -> float:
    low, high = ends
    return max(-low, high)


def cut(ends: Range, bound: float) -> Range:
    """The part of a range within a bound; one that is symmetric stays so."""
    low, high = ends
    ends_alike = isclose(low, symmetric(-high, high)[0], rel_tol=ROUNDING)
    least, most = symmetric(-bound, bound) if ends_alike else (-bound, bound)
    return significant(max(low, least)), significant(min(high, most))
