"""Whether one half of the samples leaves the ranges of the other.

Samples that are alike show no more than themselves. Of a set that is sorted, the first
half cannot know what the second holds: where the ranges of one do not hold for the
other, nor will those of both hold for what is in neither.
"""

from collections.abc import Iterator

import numpy as np
from xdsl.ir import SSAValue

from ...authoring.ranges import source

LEAST_JUDGED = 16
"""Halves of fewer samples leave each other's ranges by chance."""

MARGIN = 0.25
"""By how much of its extent a range is left, so that it counts."""

LARGEST_SHARE = 0.5
"""Of the samples of a half, what may leave the range of some tensor."""


class Halves:
    """How far every tensor reaches, run by run."""

    def __init__(self):
        self.ends: dict[SSAValue, list[tuple[float, float]]] = {}

    def see(self, value: SSAValue, values: np.ndarray) -> None:
        """Note how far a tensor reaches in the next run."""
        if values.size:
            ends = float(values.min()), float(values.max())
            self.ends.setdefault(value, []).append(ends)

    def doubts(self) -> Iterator[str]:
        """The tensor whose range of one half most samples of the other leave."""
        shares = {
            value: share_outside(np.array(ends))
            for value, ends in self.ends.items()
            if len(ends) >= LEAST_JUDGED
        }
        worst = max(shares, key=lambda value: shares[value], default=None)
        if worst is not None and shares[worst] > LARGEST_SHARE:
            yield (
                f"{100 * shares[worst]:.0f} % of one half of the calibration samples "
                f"leave the range that '{source(worst)}' has in the other half: other "
                "inputs may leave that of both; take samples of all kinds, and mix them"
            )


def share_outside(ends: np.ndarray) -> float:
    """Of the runs of one half, those that leave the other's range, the worse half.

    Args:
        ends: the least and the greatest value of each run: [runs, 2].
    """
    first, second = np.array_split(ends, 2)
    return max(outside(first, second), outside(second, first))


def outside(known: np.ndarray, others: np.ndarray) -> float:
    """The share of `others` that leave the range of `known`, and by how much counts."""
    low, high = known[:, 0].min(), known[:, 1].max()
    margin = MARGIN * (high - low)
    return float(
        np.mean((others[:, 0] < low - margin) | (others[:, 1] > high + margin))
    )
