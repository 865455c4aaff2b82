"""What passes share beside the module: the weights, and what to calibrate with."""

from collections.abc import Mapping

import numpy as np
from xdsl.context import Context

from ..dialects.semantics.weights import WeightStore


class AipuContext(Context):
    """An xDSL context that carries the weight store and the calibration samples.

    `samples` maps the name of an input to an array [samples, ...], without the
    network's own batch; None where no data was given. `calibration` says what the
    network was calibrated with: "data" or "noise"; nothing before it was.
    """

    weights: WeightStore
    samples: Mapping[str, np.ndarray] | None
    calibration: str = ""

    def __init__(
        self,
        weights: WeightStore | None = None,
        samples: Mapping[str, np.ndarray] | None = None,
    ):
        super().__init__()
        self.weights = weights if weights is not None else WeightStore()
        self.samples = samples

    def clone(self) -> "AipuContext":
        other = AipuContext(self.weights.copy(), self.samples)
        vars(other).update(
            {
                name: value.copy() if isinstance(value, dict) else value
                for name, value in vars(super().clone()).items()
            }
        )
        return other


def weights_of(ctx: Context) -> WeightStore:
    """The weight store of a context; an empty one if it carries none."""
    return ctx.weights if isinstance(ctx, AipuContext) else WeightStore()
