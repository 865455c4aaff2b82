"""What is remembered of a tensor's values, and the range that follows.

`METHODS` maps the name of a method to its observer; a method more is a class more.
"""

from collections.abc import Callable, Mapping
from statistics import fmean
from typing import NamedTuple, Protocol

import numpy as np

from ....dialects.semantics.uniform import parts
from ...authoring.ranges import Range


class RangeObserver(Protocol):
    """Sees the values of one tensor, batch after batch, then says its range.

    The range must not depend on the order of the batches.
    """

    def see(self, values: np.ndarray) -> None: ...

    def range(self) -> Range: ...


class Settings(NamedTuple):
    """percentile: of the values, or batches, that lie in the range; batches: in all."""

    percentile: float
    batches: int


class MinMax:
    """The least and the greatest value."""

    def __init__(self, settings: Settings):
        self.low, self.high = np.inf, -np.inf

    def see(self, values: np.ndarray) -> None:
        self.low = min(self.low, float(values.min()))
        self.high = max(self.high, float(values.max()))

    def range(self) -> Range:
        return self.low, self.high


class MeanOfExtremes:
    """The mean over the batches of their least, and of their greatest value."""

    def __init__(self, settings: Settings):
        self.lows: list[float] = []
        self.highs: list[float] = []

    def see(self, values: np.ndarray) -> None:
        self.lows.append(float(values.min()))
        self.highs.append(float(values.max()))

    def range(self) -> Range:
        return fmean(self.lows), fmean(self.highs)


class MovingMean:
    """As `MeanOfExtremes`, but each batch weighs nine times less than all before it.

    The exception to the rule: it depends on the order of the batches, as what Arm-China
    calls the mean does. In float32, as there.
    """

    def __init__(self, settings: Settings):
        self.low = self.high = None

    def see(self, values: np.ndarray) -> None:
        self.low = moved(self.low, np.float32(values.min()))
        self.high = moved(self.high, np.float32(values.max()))

    def range(self) -> Range:
        return float(self.low or 0), float(self.high or 0)


def moved(mean: np.float32 | None, value: np.float32) -> np.float32:
    """A moving mean with a momentum of 0.9, and one value more."""
    if mean is None:
        return value
    return np.float32(0.9) * mean + np.float32(1.0 - 0.9) * value


class BatchPercentile:
    """What so many per cent of the batches stay within, at either end.

    A few batches that are unlike all others, such as silence among words, then say
    nothing, however many of their values are large.
    """

    def __init__(self, settings: Settings):
        self.percentile = settings.percentile
        self.lows: list[float] = []
        self.highs: list[float] = []

    def see(self, values: np.ndarray) -> None:
        self.lows.append(float(values.min()))
        self.highs.append(float(values.max()))

    def range(self) -> Range:
        low = np.percentile(self.lows, 100 - self.percentile, method="higher")
        return float(low), float(
            np.percentile(self.highs, self.percentile, method="lower")
        )


class Percentile:
    """So many per cent of all values; what is left out is shared by both ends.

    Exact: it keeps the values at either end that may be left out, and one more.
    """

    def __init__(self, settings: Settings):
        self.settings = settings
        self.lowest = self.highest = np.empty(0)

    def see(self, values: np.ndarray) -> None:
        left_out = (100 - self.settings.percentile) / 100 / 2
        keep = int(values.size * self.settings.batches * left_out) + 1
        flat = values.ravel(order="K")
        for part in parts(flat.size):
            self.highest = largest(self.highest, flat[part], keep)
            self.lowest = -largest(-self.lowest, -flat[part], keep)

    def range(self) -> Range:
        return float(self.lowest.max()), float(self.highest.min())


def largest(kept: np.ndarray, values: np.ndarray, count: int) -> np.ndarray:
    """The `count` largest of two arrays."""
    if len(kept) == count:
        values = values[values > kept.min()]
    both = np.concatenate([kept, values])
    return np.partition(both, -count)[-count:] if len(both) > count else both


METHODS: Mapping[str, Callable[[Settings], RangeObserver]] = {
    "batch-percentile": BatchPercentile,
    "mean": MeanOfExtremes,
    "min-max": MinMax,
    "moving-mean": MovingMean,
    "percentile": Percentile,
}

BEST = "best"
"""The method that tries those of `CANDIDATES`; it needs the pass `choose-ranges`."""

CANDIDATES = (
    "percentile=99.999",
    "percentile=99.99",
    "batch-percentile=95",
    "batch-percentile=90",
)
"""Of equals the first is taken."""
