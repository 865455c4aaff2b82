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

from xdsl.context import Context
from xdsl.dialects.builtin import ModuleOp
from xdsl.ir import OpResult, SSAValue

from ...dialects import nn
from ..authoring.context import AipuContext
from ..authoring.functions import main_function
from ..authoring.places import runs_on_machine
from ..authoring.promises import EXACT, AipuPass
from ..authoring.ranges import take_candidates
from .calibration.cuts import PARTS, all_cut, each_cut
from .calibration.given_samples import given_samples, some_batches
from .calibration.network_input import network_inputs
from .calibration.samples import noise
from .calibration.trial import Trial, tensors, write_choice
from .trial_passes import narrowing, quantising

TRIAL_BATCHES = 40
"""At most so many are tried."""

ACCUMULATING = nn.Sums | nn.MulOp
"""What a recurrent network adds up over its steps."""


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
        sums = {
            v: ends for v, ends in choice.items() if isinstance(v.owner, ACCUMULATING)
        }
        write_choice(trial.best(choice | all_cut(sums, part) for part in PARTS))

    def trial(self, ctx: Context, module: ModuleOp) -> Trial:
        assert isinstance(ctx, AipuContext)
        function = main_function(module)
        inputs = network_inputs(function)
        samples = given_samples(ctx, inputs, self.data) or noise(inputs)
        return Trial(
            ctx,
            module,
            narrow=narrowing(self.arithmetic),
            passes=quantising(self.arithmetic),
            runs=some_batches(samples, inputs, TRIAL_BATCHES),
        )


def is_input(value: SSAValue) -> bool:
    """Whether the machine gets a tensor from the host."""
    return not (isinstance(value, OpResult) and runs_on_machine(value.op))
