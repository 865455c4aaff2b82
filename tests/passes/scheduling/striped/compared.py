"""A network by one strategy after another, beside the same layer by layer."""

from collections.abc import Mapping

import numpy as np
import onnx

from aipu.passes.scheduling.strategies.strategy import AimlessStrategy, Strategy
from aipu.runtime.building.package import Package
from aipu.tests.quantised import Quantised


class Compared:
    """A network that is quantised once; `layerwise` is its package layer by layer."""

    def __init__(self, model: onnx.ModelProto, samples: np.ndarray, batch: int = 1):
        self.quantised = Quantised(model, samples, batch=batch)
        self.layerwise = self.quantised.by("layerwise")
        self._inputs = {"x": samples[:batch]}
        self._expected = self._outputs(self.layerwise)

    def checked(self, strategy: str | Strategy | AimlessStrategy) -> Package:
        """What a strategy makes of it: the same values, and each group exactly."""
        package = self.quantised.by(strategy)
        np.testing.assert_equal(self._outputs(package), self._expected)
        assert all(row.equal for row in package.verify(self._inputs))
        return package

    def _outputs(self, package: Package) -> Mapping[str, np.ndarray]:
        return package.run(self._inputs).outputs
