"""Run a float network on samples and write down what values its tensors take.

%1 = nn.conv2d %0, %w, %b then relu6
==>
%1 = nn.conv2d %0, %w, %b then relu6 {range = array<f64: 0.0, 5.871>, mean = "key"}

Every tensor gets its range; one that weights are multiplied with also the mean of each
of its channels, as a weight. What the model itself has quantised needs neither. With
the method `best`, a tensor gets several `ranges`, for `choose-ranges` to try. The
samples are those of the context, or of the file
`data`; without either, noise, and the context says so. Values are computed in float64
and on one thread, and a range keeps six digits, so it is the same on any machine and
with any number of threads.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from xdsl.context import Context
from xdsl.dialects.builtin import ModuleOp
from xdsl.ir import SSAValue

from ..authoring.context import AipuContext, warn, weights_of
from ..authoring.functions import main_function
from ..authoring.promises import EXACT, AipuPass
from ..authoring.ranges import source, write_mean
from .arithmetic.arithmetic import arithmetic
from .calibration.channel_mean import ChannelMean
from .calibration.doubts import NOT_USED, BestClasses, doubts
from .calibration.given_samples import given_samples, say_source
from .calibration.halves import Halves
from .calibration.methods import Methods
from .calibration.network_input import network_inputs
from .calibration.observation import observe
from .calibration.observers import CANDIDATES
from .calibration.open_scales import check_inputs, has_pins, is_pinned, multiplied
from .calibration.samples import batches, noise
from .calibration.tensor_ranges import TensorRanges, has_open_range


@dataclass(frozen=True)
class CalibratePass(AipuPass):
    """The range of every tensor becomes an attribute of what makes it.

    method: how a range follows from values, percentile, batch-percentile, min-max,
        mean or moving-mean, or the best of several; an operator that has an attribute
        `calibration` with another method goes by that. By default the best, or what the
        arithmetic is used to. The best of noise, and of what a model that has integers
        of its own leaves open, is a percentile: there is nothing to judge by.
    percentile: of the values, or of the batches, that lie in the range, for the
        methods of that name; 99.999 by default. Alone it asks for `percentile`.
    data: an `.npy` or `.npz` of samples, in place of those of the context.
    symmetric_inputs: the zero point of every input is 0.
    arithmetic: as in `quantise-operators`; it says what of a range is kept.
    """

    name = "calibrate"
    semantics = EXACT

    method: str = ""
    percentile: float | None = None
    data: str = ""
    symmetric_inputs: bool = False
    arithmetic: str = "aipu"

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        function, weights = main_function(op), weights_of(ctx)
        block = function.body.block
        check_inputs(function)
        inputs = network_inputs(function)
        means = {value: ChannelMean() for value in multiplied(block)}
        if not means and is_pinned(block):
            say_source(ctx, "model")
            if self.data or (isinstance(ctx, AipuContext) and ctx.samples is not None):
                warn(ctx, NOT_USED)
            return
        samples = given_samples(ctx, inputs, self.data)
        runs = list(batches(noise(inputs) if samples is None else samples, inputs))
        several = samples is not None and not has_pins(block)
        best = CANDIDATES if several else CANDIDATES[:1]
        ranges = TensorRanges(self.methods(best, len(runs)))
        classes, halves = BestClasses(function), Halves()

        def see(value: SSAValue, values: np.ndarray) -> None:
            classes.see(value, values)
            if has_open_range(value):
                ranges.see(value, values)
                halves.see(value, values)
            if value in means:
                means[value].see(values)

        observe(function, weights, runs, see)
        for doubt in doubts(samples, classes, halves):
            warn(ctx, doubt)
        kept = arithmetic(self.arithmetic).kept
        ranges.write(kept, symmetric_inputs=self.symmetric_inputs)
        for value, observer in means.items():
            key = weights.add(f"{source(value)}/mean", observer.mean())
            write_mean(value, key)

    def methods(self, best: Sequence[str], batches: int) -> Methods:
        """What was asked for, or what the arithmetic is used to."""
        usual = arithmetic(self.arithmetic).method
        asked = self.method or (usual if self.percentile is None else "percentile")
        return Methods(asked, self.percentile, best, batches)
