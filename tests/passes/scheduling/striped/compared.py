"""A network by one strategy after another, beside the same layer by layer."""

import numpy as np
import onnx

from aipu.passes.scheduling.strategy import AimlessStrategy, Strategy
from aipu.runtime.building.package import Package
from aipu.tests.quantised import Quantised


class Compared:
    """A network that is quantised once; `layerwise` is its package layer by layer."""

    def __init__(self, model: onnx.ModelProto, samples: np.ndarray, batch: int = 1):
        self.quantised = Quantised(model, samples, batch=batch)
        self.layerwise = self.quantised.by("layerwise")
        self._images = samples[:batch]

    def by(self, strategy: str | Strategy | AimlessStrategy) -> Package:
        """What a strategy makes of it; each group computes what it should."""
        package = self.quantised.by(strategy)
        assert all(row.equal for row in package.verify({"x": self._images}))
        return package
