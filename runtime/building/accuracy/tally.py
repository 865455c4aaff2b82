"""What is counted of a tensor inside of a network: reals against their integers."""

from dataclasses import dataclass, field

import numpy as np

from ....dialects.quant import UniformType
from ....dialects.semantics.uniform import to_reals
from ..closeness import Closeness
from ..reals import Real

FEWEST_STEPS = 4
"""A tensor that takes fewer integers than these has lost what it said."""


@dataclass
class Tally:
    """A tensor over all samples.

    element: of its integers; None where it is in reals, on the host.
    layer: the node that makes it.
    cut, rounding: the power of what the range of its integers cuts off of its reals,
        and of what their steps round off.
    largest: of its reals, without sign.
    steps, reals: the integers that it takes, and its reals, as long as they are few.
    """

    element: UniformType | None
    layer: str
    closeness: Closeness = field(default_factory=Closeness)
    cut: float = 0.0
    rounding: float = 0.0
    largest: float = 0.0
    steps: set[int] = field(default_factory=set)
    reals: set[float] = field(default_factory=set)

    def see(self, real: Real, found: np.ndarray) -> None:
        """Count one sample."""
        reals = real.seen(real.values)
        self.largest = max(self.largest, float(np.abs(reals).max(initial=0)))
        if self.element is None:
            self.closeness.see(reals, real.seen(found))
            return
        self.closeness.see(reals, real.seen(to_reals(found, self.element)))
        kept = np.clip(reals, *self.element.real_limits)
        off = kept - np.rint(kept / self.element.scale) * self.element.scale
        self.cut += float(np.square(reals - kept, dtype=np.float64).sum())
        self.rounding += float(np.square(off, dtype=np.float64).sum())
        if len(self.steps) < FEWEST_STEPS:
            self.steps.update(np.unique(found).tolist())
            self.reals.update(np.unique(reals)[: 2 * FEWEST_STEPS].tolist())

    @property
    def is_starved(self) -> bool:
        """Whether its integers tell fewer than four values apart, its reals more."""
        few = self.element is not None and len(self.steps) < FEWEST_STEPS
        return few and len(self.reals) > len(self.steps)

    @property
    def loss(self) -> float:
        """The power of the noise over that of the signal."""
        signal, noise = self.closeness.signal, self.closeness.noise
        if not np.isfinite(noise):
            return 1e9
        return noise / signal if signal else float(noise > 0)
