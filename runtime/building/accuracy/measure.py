"""How far a network in integers is from its reals, on calibration samples."""

from collections.abc import Mapping

import numpy as np
from xdsl.dialects.builtin import ModuleOp

from ....passes.authoring.functions import main_function
from ....passes.quantising.calibration.network_input import network_inputs
from ....passes.quantising.calibration.samples import Samples, batches
from ..kept_samples import frames_in, spread
from .comparison import Comparison

MOST_SAMPLES = 16
"""So many show what is lost; each is one run of the network on this computer, twice."""


def compared(
    prepared: ModuleOp,
    quantised: ModuleOp,
    weights: Mapping[str, np.ndarray],
    samples: Samples,
    batch: int,
) -> Comparison:
    """Both networks on prepared samples, evenly taken from all; they take so many
    frames at once.
    """
    inputs = network_inputs(main_function(prepared))
    chosen = spread(samples, inputs, MOST_SAMPLES)
    runs = (
        [
            array.astype(each.dtype, copy=False)
            for array, each in zip(run, inputs, strict=True)
        ]
        for run in batches(chosen, inputs)
    )
    comparison = Comparison(prepared, quantised, weights)
    comparison.see(runs, frames_in(chosen, inputs, batch))
    return comparison
