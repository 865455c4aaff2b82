"""A network by one strategy after another, beside the same layer by layer."""

import numpy as np
import onnx

from aipu.passes.scheduling.strategy import AimlessStrategy, Strategy
from aipu.runtime.building.package import Package
from aipu.tests.quantised import Quantised


class Compared:
    """A network that is quantised once.

    images: what it is run on: float32 [batch, C, H, W].
    layerwise: its package layer by layer.
    """

    def __init__(self, model: onnx.ModelProto, samples: np.ndarray, batch: int = 1):
        self.quantised = Quantised(model, samples, batch=batch)
        self.images = samples[:batch]
        self.layerwise = self.quantised.by("layerwise")
        self._expected = self._made_by(self.layerwise)

    def by(self, strategy: str | Strategy | AimlessStrategy) -> Package:
        """What a strategy makes of it; it computes the same, each group exactly."""
        package = self.quantised.by(strategy)
        np.testing.assert_array_equal(self._made_by(package), self._expected)
        assert all(row.equal for row in package.verify({"x": self.images}))
        return package

    def _made_by(self, package: Package) -> np.ndarray:
        (output,) = package.run({"x": self.images}).outputs.values()
        return output
