"""A model that is quantised once, and built by one strategy after another."""

from unittest.mock import patch

from aipu.passes.scheduling.strategies.goal import LATENCY, Goal
from aipu.passes.scheduling.strategies.strategy import (
    STRATEGIES,
    AimlessStrategy,
    Strategy,
)
from aipu.runtime.building.driver import Build, Calibration, Model, Options
from aipu.runtime.building.levels import AIPU, QUANTISED
from aipu.runtime.building.package import Package

OWN = "own"
"""What a strategy of a test's own is called while it decides."""


class Quantised:
    """A model at the level at which strategies begin."""

    def __init__(
        self,
        model: Model,
        calibration: Calibration = None,
        target: str = "r329",
        batch: int | None = None,
    ):
        options = Options(target, calibration=calibration, batch=batch)
        self._build = Build(model, options)
        self._build.reach(QUANTISED)

    def by(
        self, strategy: str | Strategy | AimlessStrategy, goal: Goal = LATENCY
    ) -> Package:
        """What a strategy makes of it: one of a name, or a test's own.

        Raises:
            AipuError: the schedules are not as they should be.
        """
        if isinstance(strategy, str):
            return self._by_name(strategy, goal)
        with patch.dict(STRATEGIES, {OWN: lambda: strategy}):
            return self._by_name(OWN, goal)

    def _by_name(self, strategy: str, goal: Goal) -> Package:
        steps = self._build.again(strategy, goal)
        steps.reach(AIPU)
        return steps.package()
