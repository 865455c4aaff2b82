"""How close values are to those that they stand for: cosine and SQNR, over samples."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ...dialects.semantics.uniform import PART


@dataclass
class Closeness:
    """Sums over all elements that were seen, in float64.

    signal: of squares of the reference.
    power: of squares of the values.
    product: of reference times value.
    noise: of squares of their difference.
    seen: how many elements.
    """

    seen: int = 0
    signal: float = 0.0
    power: float = 0.0
    product: float = 0.0
    noise: float = 0.0

    def see(self, reference: ArrayLike, values: ArrayLike) -> None:
        """Count the elements of two arrays of one shape."""
        pairs = np.nditer(
            [np.asarray(reference), np.asarray(values)],
            ["buffered", "external_loop", "zerosize_ok"],
            op_dtypes=[np.dtype(np.float64)] * 2,
            order="C",
            buffersize=PART,
        )
        self.seen += pairs.itersize
        for a, b in pairs:
            self.signal += float(np.square(a).sum())
            self.power += float(np.square(b).sum())
            self.product += float((a * b).sum())
            self.noise += float(np.square(a - b).sum())

    @property
    def cosine(self) -> float:
        """Of the angle between both; 1 if both are zero, 0 if one is."""
        norms = float(np.sqrt(self.signal) * np.sqrt(self.power))
        if norms:
            return self.product / norms
        return float(not self.signal and not self.power)

    @property
    def sqnr_db(self) -> float:
        """Signal power over the power of the difference, in decibels."""
        if not self.noise:
            return float("inf")
        if not self.signal:
            return float("-inf")
        return 10 * float(np.log10(self.signal / self.noise))
