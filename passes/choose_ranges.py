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

from dataclasses import dataclass

import numpy as np
from xdsl.context import Context
from xdsl.dialects.builtin import ModuleOp

from ..dialects import nn
from .calibrate import CalibratePass
from .calibration.attributes import take_candidates
from .calibration.samples import Input, batches, noise
from .calibration.trial import Choice, Trial, tensors, write
from .context import AipuContext
from .correct_biases import CorrectBiasesPass
from .functions import input_name, main_function
from .narrow_ranges import NarrowRangesPass
from .quantisation.scales import significant
from .quantise_operators import QuantiseOperatorsPass
from .semantics import EXACT, AipuPass

TRIAL_BATCHES = 40
"""At most so many are tried, evenly taken from all."""

ELEMENTWISE = (nn.AddOp, nn.SubOp, nn.MulOp)

BOUNDS = (1.0, 0.7, 0.5, 0.35, 0.25, 0.18, 0.125)
"""Where sums and products are cut off, as parts of the largest of them."""


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

    def trial(self, ctx: Context, module: ModuleOp) -> Trial:
        assert isinstance(ctx, AipuContext)
        function = main_function(module)
        inputs = [Input(input_name(each), nn.shape(each)) for each in function.args]
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
            ),
            runs=[runs[int(number)] for number in chosen],
        )


def bounded(choice: Choice, part: float) -> Choice:
    """No sum or product reaches further than a part of what the largest does."""
    elementwise = {
        value: ends
        for value, ends in choice.items()
        if isinstance(value.owner, ELEMENTWISE)
    }
    largest = max((max(-low, high) for low, high in elementwise.values()), default=0.0)
    bound = significant(part * largest)
    cut = {
        value: (max(low, -bound), min(high, bound))
        for value, (low, high) in elementwise.items()
    }
    return {**choice, **cut}
